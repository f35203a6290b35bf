// quern-eval compare BASE TEXT: which rows, loading, progress, where the results go.
#include <memory>

#include "common/cache_options.h"
#include "common/interrupt.h"
#include "common/output_file.h"
#include "common/progress.h"
#include "common/text_file.h"
#include "eval/commands.h"
#include "eval/compare.h"
#include "eval/compare_report.h"
#include "quantize/quantize.h"
#include "tensor/quoted.h"

namespace quern {
namespace {

constexpr char kProgram[] = "quern-eval";

struct Settings {
    std::string base;
    std::string methods = "rtn";
    std::string formats;
    std::string models;
    std::string calibration;  ///< file; empty: the built-in text
    CalibrationOptions calibration_options;
    std::string csv, svg, keep;
    EvaluationSettings evaluation;
};

/// "a,b" -> a, b; an empty text has no parts.
Result<std::vector<std::string>> split(const std::string& option, const std::string& text) {
    std::vector<std::string> parts;
    for (size_t at = 0; !text.empty() && at <= text.size();) {
        const size_t end = std::min(text.find(',', at), text.size());
        parts.push_back(text.substr(at, end - at));
        if (parts.back().empty()) {
            return Status(Code::kWrongUse, "--" + option + " " + quoted(text) +
                                               " has an empty part; separate names by one comma");
        }
        at = end + 1;
    }
    return parts;
}

std::string method_names() {
    std::string names;
    for (const Method& m : methods()) names += (names.empty() ? "" : ", ") + std::string(m.name);
    for (const Transform& t : transforms()) names += ", " + std::string(t.name);
    return names;
}

/// "awq+gptq+importance": each part must be known; how they go together is for quantize_file().
bool is_known(std::string_view method) {
    if (method.ends_with(kImportanceSuffix)) method.remove_suffix(kImportanceSuffix.size());
    while (true) {
        const size_t plus = std::min(method.find('+'), method.size());
        const std::string_view part = method.substr(0, plus);
        if (find_method(part) == nullptr && find_transform(part) == nullptr) return false;
        if (plus == method.size()) return true;
        method.remove_prefix(plus + 1);
    }
}

Result<std::vector<CompareSource>> make_sources(const Settings& settings) {
    auto wanted = split("methods", settings.methods);
    if (!wanted.ok()) return wanted.status();
    auto formats = split("formats", settings.formats);
    if (!formats.ok()) return formats.status();
    auto models = split("models", settings.models);
    if (!models.ok()) return models.status();
    if (formats->empty() && models->empty()) {
        return Status(Code::kWrongUse,
                      "nothing to compare: name --formats such as q4z_g64,q8_g32, or --models");
    }
    std::vector<CompareSource> sources;
    for (const std::string& method : *wanted) {
        if (!is_known(method)) {
            return Status(Code::kWrongUse, "--methods: " + quoted(method) +
                                               " is unknown; expected some of " + method_names() +
                                               ", joined by + where they go together");
        }
        for (const std::string& name : *formats) {
            auto format = parse_format(name);
            if (!format.ok()) {
                return Status(Code::kWrongUse, "--formats: " + format.status().message());
            }
            sources.push_back({method, (*format)->name, ""});
        }
    }
    for (const std::string& path : *models) sources.push_back({"file", path, path});
    return sources;
}

Status run(const Settings& settings, const cli::Common& common) {
    auto sources = make_sources(settings);
    if (!sources.ok()) return sources.status();
    cli::Interrupt interrupt;  // before any file is created
    cli::OutputFile csv("the CSV table"), svg("the chart");
    if (Status s = csv.open(settings.csv); !s.ok()) return s;
    if (Status s = svg.open(settings.svg); !s.ok()) return s;

    cli::Progress progress("comparing", "tokens", common.quiet);
    CompareOptions options;
    options.base = settings.base;
    options.sources = std::move(*sources);
    options.evaluation = settings.evaluation;
    options.keep = settings.keep;
    options.common = common;
    options.calibration = settings.calibration_options;
    if (common.seed >= 0) options.calibration.seed = static_cast<uint64_t>(common.seed);
    if (!settings.calibration.empty()) {
        auto text = cli::read_text_file(settings.calibration);
        if (!text.ok()) return text.status();
        options.calibration.text = std::move(*text);
        options.calibration.name = settings.calibration;
    }
    options.cancel = &interrupt.flag();
    options.progress = [&](const std::string& what, int64_t done, int64_t total) {
        progress.update(done, total, what);
    };
    options.warning = [&](const std::string& text) {
        progress.finish();
        cli::print_message(kProgram, "warning: " + text);
    };
    std::vector<CompareRow> rows;
    const Status outcome = compare_models(options, &rows);
    progress.finish();
    if (rows.empty()) return outcome;

    // What is complete is worth telling, even if the rest failed.
    if (Status s = csv.finish(comparison_csv(rows)); !s.ok()) return s;
    if (svg.is_open()) {
        if (Status s = svg.finish(comparison_svg(options, rows)); !s.ok()) return s;
    }
    const Status printed =
        cli::print(settings.evaluation.json ? comparison_json(options, rows)
                                            : comparison_markdown(options, rows));
    return outcome.ok() ? printed : outcome;
}

cli::OptionGroup measure_group(EvaluationSettings* s) {
    constexpr int64_t kMost = int64_t{1} << 30;
    return {"Measure",
            {cli::integer("chunks", "N", &s->chunks, 1, kMost,
                          "use only the first N chunks of 512 tokens, and as much of the text for "
                          "the protocol with chunks of 2048")
                 .with_default("all"),
             activations_option(&s->activations),
             cli::flag("no-map", &s->no_map, "copy the models into memory, do not map the files")}};
}

}  // namespace

cli::Command compare_command() {
    auto settings = std::make_shared<Settings>();
    cli::Command command;
    command.name = "compare";
    command.summary = "one table for any set of methods and formats: size, quality, speed";
    command.description =
        "Quantizes BASE with every method to every format, measures each result, and prints one "
        "table: size of the file, bits per weight, perplexity under both protocols and its ratio "
        "to "
        "BASE with the paired error, KL divergence from BASE, how often the most likely token "
        "stays "
        "the same, speed, memory, and the time to quantize. A row takes about as long as 'kl' "
        "under "
        "both protocols. Ctrl-C prints the rows that are complete.";
    command.positionals = {
        {"BASE", "the original: a .quern or .gguf file, best f16 or bf16", &settings->base},
        {"TEXT", "a UTF-8 text file, - for the standard input", &settings->evaluation.text}};
    command.groups = {
        {"Rows",
         {cli::text("methods", "M,...", &settings->methods,
                    "methods of quantization: " + method_names() +
                        "; joined by + as quern-quantize takes them, and +importance for its "
                        "--importance, such as rtn,rtn+importance,awq+gptq"),
          cli::text("formats", "F,...", &settings->formats,
                    "formats of most matrices, each with every method; 'quern-quantize formats' "
                    "lists all"),
          cli::text("models", "FILE,...", &settings->models,
                    "models that were made from BASE before"),
          cli::text(
              "keep", "DIR", &settings->keep,
              "keep the files as DIR/METHOD-FORMAT.quern; otherwise each lies in TMPDIR until "
              "it is measured")}},
        {"Calibration, for all methods but plain rtn",
         {cli::text("calibration", "FILE", &settings->calibration,
                    "text on which the activations are measured, UTF-8; not TEXT, which is to be "
                    "new to the model")
              .with_default("a small built-in text"),
          cli::integer("samples", "N", &settings->calibration_options.samples, 0, 1 << 16,
                       "pieces of text to run")
              .with_default("128, or as many as the built-in text has"),
          cli::integer("sample-tokens", "N", &settings->calibration_options.sample_tokens, 8,
                       1 << 16, "tokens of each")}},
        measure_group(&settings->evaluation),
        {"KV cache of the rows", cli::cache_options(&settings->evaluation.session)},
        {"Result",
         {cli::text("csv", "FILE", &settings->csv, "also write comma-separated values to FILE"),
          cli::text("svg", "FILE", &settings->svg,
                    "also draw quality against size and against speed, with the Pareto front"),
          cli::flag("json", &settings->evaluation.json,
                    "print one JSON object instead of the table")}}};
    command.examples = {
        {"quern-eval compare model-f16.gguf wiki.test.raw --formats q4_g32,q4z_g64,q8_g32 \\\n"
         "      --chunks 24 --svg compare.svg",
         "three formats with the default method, and a picture"},
        {"quern-eval compare model-f16.gguf wiki.test.raw --models a.quern,b.gguf --chunks 24",
         "files that are there already"}};
    command.random = true;
    command.run = [settings](const cli::Common& common) { return run(*settings, common); };
    return command;
}

}  // namespace quern
