// quern-eval compare BASE TEXT: which rows, loading, progress, where the results go.
#include <algorithm>
#include <iterator>
#include <memory>

#include "common/cache_options.h"
#include "common/interrupt.h"
#include "common/output_file.h"
#include "common/progress.h"
#include "common/same_file.h"
#include "common/text_file.h"
#include "eval/commands.h"
#include "eval/compare.h"
#include "eval/compare_report.h"
#include "eval/row_record.h"
#include "tensor/quoted.h"

namespace quern {
namespace {

constexpr char kProgram[] = "quern-eval";

struct CompareSettings {
    std::string base;
    std::string methods = "rtn";
    std::string formats;
    std::string rows;  ///< file
    std::string models;
    cli::QuantizationSettings quantization;  ///< of these: calibration
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
            return Status(Code::kWrongUse, "--" + option + " " + in_quotes(text) +
                                               " has an empty part; separate names by one comma");
        }
        at = end + 1;
    }
    return parts;
}

/// Every method with every format.
Status add_product(const CompareSettings& settings, std::vector<CompareSource>* rows) {
    auto methods = split("methods", settings.methods);
    if (!methods.ok()) return methods.status();
    auto formats = split("formats", settings.formats);
    if (!formats.ok()) return formats.status();
    for (const std::string& method : *methods) {
        for (const std::string& format : *formats) {
            auto row = quantized_row({method, format}, settings.quantization);
            if (!row.ok()) return row.status();
            rows->push_back(std::move(*row));
        }
    }
    return Status();
}

Result<std::vector<CompareSource>> make_sources(const CompareSettings& settings) {
    std::vector<CompareSource> sources;
    if (Status s = add_product(settings, &sources); !s.ok()) return s;
    if (!settings.rows.empty()) {
        auto text = cli::read_text_file(settings.rows);
        if (!text.ok()) return text.status();
        auto rows = parse_rows(*text, settings.rows, settings.quantization);
        if (!rows.ok()) return rows.status();
        std::move(rows->begin(), rows->end(), std::back_inserter(sources));
    }
    auto models = split("models", settings.models);
    if (!models.ok()) return models.status();
    for (const std::string& path : *models) sources.push_back(model_row(path));
    if (sources.empty()) {
        return Status(Code::kWrongUse,
                      "nothing to compare: name --formats such as q4z_g64,q8_g32, --rows or "
                      "--models");
    }
    if (Status s = check_distinct(sources); !s.ok()) return s;
    return sources;
}

/// Nothing that is written may be something that is read.
Status check_files(const CompareSettings& settings, const std::vector<CompareSource>& sources) {
    std::vector<cli::NamedFile> inputs = {
        {"BASE", settings.base}, {"TEXT", settings.evaluation.text}, {"--rows", settings.rows}};
    std::vector<cli::NamedFile> outputs = {{"--csv", settings.csv}, {"--svg", settings.svg}};
    for (const CompareSource& source : sources) {
        if (!source.path.empty()) {
            inputs.push_back({"--models", source.path});
            continue;
        }
        for (cli::NamedFile& file : cli::quantization_inputs(source.quantization)) {
            inputs.push_back(std::move(file));
        }
        if (settings.keep.empty()) continue;
        const std::string file = settings.keep + "/" + row_file_name(source);
        for (const std::string& made : {file, file + ".partial", record_path(file)}) {
            outputs.push_back({"--keep's", made});
        }
    }
    return cli::check_outputs(outputs, inputs);
}

/// What is complete is worth telling, even if the rest failed.
Status tell(const CompareOptions& options, const std::vector<CompareRow>& rows,
            cli::OutputFile* csv, cli::OutputFile* svg) {
    Status status = csv->finish(comparison_csv(rows));
    if (status.ok() && svg->is_open()) status = svg->finish(comparison_svg(options, rows));
    const Status printed = cli::print(options.evaluation.json ? comparison_json(options, rows)
                                                              : comparison_markdown(options, rows));
    return status.ok() ? printed : status;
}

Status run(CompareSettings settings, const cli::Common& common) {
    if (common.seed >= 0) {
        settings.quantization.options.calibration.seed = static_cast<uint64_t>(common.seed);
    }
    auto sources = make_sources(settings);
    if (!sources.ok()) return sources.status();
    if (Status s = check_files(settings, *sources); !s.ok()) return s;
    cli::Interrupt interrupt;  // before any file is created
    cli::OutputFile csv("the CSV table"), svg("the chart");
    if (Status s = csv.open(settings.csv); !s.ok()) return s;
    if (Status s = svg.open(settings.svg); !s.ok()) return s;

    cli::Progress progress("comparing", "", common.quiet);
    CompareOptions options;
    options.base = settings.base;
    options.sources = std::move(*sources);
    options.evaluation = settings.evaluation;
    options.keep = settings.keep;
    options.common = common;
    options.cancel = &interrupt.flag();
    options.progress = [&](const std::string& what, int64_t done, int64_t total) {
        progress.update(done, total, what);
    };
    options.message = [&](const std::string& text) {
        progress.finish();
        cli::print_message(kProgram, text);
    };
    options.finished = [&](const CompareRow& row) {
        if (!common.quiet) options.message(row_line(row));
    };
    std::vector<CompareRow> rows;
    const Status outcome = compare_models(options, &rows);
    progress.finish();
    if (rows.empty()) return outcome;
    const Status told = tell(options, rows, &csv, &svg);
    return outcome.ok() ? told : outcome;
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
    auto settings = std::make_shared<CompareSettings>();
    cli::Command command;
    command.name = "compare";
    command.summary = "one table for any set of methods and formats: size, quality, speed";
    command.description =
        "Quantizes BASE with every method to every format, measures each result, and prints one "
        "table: size of the file, bits per weight, perplexity under both protocols and its ratio "
        "to BASE with the paired error, KL divergence from BASE, how often the most likely token "
        "stays the same, speed, memory, and what it took to quantize. A row takes about as long as "
        "'kl' under both protocols. A row that fails is left out, and the command fails at the "
        "end; "
        "Ctrl-C prints the rows that are complete.";
    command.positionals = {
        {"BASE",
         "the original: a .quern or .gguf file, best f16; its products round nothing, and other "
         "formats are expanded to f32, up to 8 times the memory",
         &settings->base},
        {"TEXT", "a UTF-8 text file, - for the standard input", &settings->evaluation.text}};
    CalibrationOptions* calibration = &settings->quantization.options.calibration;
    command.groups = {
        {"Rows",
         {cli::text("methods", "M,...", &settings->methods,
                    "methods of quantization: " + known_method_parts() +
                        "; joined by + where they go together, such as "
                        "rtn,rtn+importance,awq+gptq,gptq+refine"),
          cli::text("formats", "F,...", &settings->formats,
                    "formats of most matrices, each with every method; 'quern-quantize formats' "
                    "lists all. 4.25bpw or 90M: formats chosen for that size"),
          cli::text("rows", "FILE", &settings->rows,
                    "more rows, a line 'METHOD FORMAT' each, with any other options of "
                    "quern-quantize behind it and 'NAME =' before it; # begins a comment"),
          cli::text("models", "FILE,...", &settings->models,
                    "models that were made from BASE before"),
          cli::text("keep", "DIR", &settings->keep,
                    "keep the files as DIR/METHOD-FORMAT.quern, and reuse those that were made "
                    "with the same settings before, and their quality; otherwise each lies in "
                    "TMPDIR until it is measured")}},
        {"Calibration, for all methods but plain rtn",
         {cli::text("calibration", "FILE", &settings->quantization.calibration,
                    "text on which the activations are measured, UTF-8; not TEXT, which is to be "
                    "new to the model")
              .with_default("a small built-in text"),
          cli::integer("samples", "N", &calibration->samples, 0, 1 << 16, "pieces of text to run")
              .with_default(std::to_string(CalibrationOptions::kDefaultSamples) +
                            ", or as many as the built-in text has"),
          cli::integer("sample-tokens", "N", &calibration->sample_tokens, 8, 1 << 16,
                       "tokens of each")}},
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
         "files that are there already"},
        {"quern-eval compare model-f16.gguf wiki.test.raw --rows table.txt --keep made \\\n"
         "      --calibration my-text.txt --csv table.csv --svg table.svg",
         "a long table, which can be stopped and gone on with; a line of table.txt may be "
         "'gptq q4z_g64', 'awq+gptq 4.25bpw' or "
         "'finer down = gptq q4z_g64 --tensor ffn_down=q6_g64'"}};
    command.seed_default = "0";
    command.run = [settings](const cli::Common& common) { return run(*settings, common); };
    return command;
}

}  // namespace quern
