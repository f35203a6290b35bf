// quern-eval choice MODEL FILE: options, loading, progress and the printed result. The measure
// itself is in choice.cpp.
#include <chrono>
#include <memory>

#include "common/cache_options.h"
#include "common/context_warning.h"
#include "common/interrupt.h"
#include "common/json.h"
#include "common/progress.h"
#include "common/table.h"
#include "common/text_file.h"
#include "eval/choice.h"
#include "eval/commands.h"
#include "eval/evaluation.h"

namespace quern {
namespace {

struct ChoiceSettings {
    std::string model;
    std::string file;
    int64_t items = 0;
    EvaluationSettings evaluation;  // of these: activations, session, no_map, json
};

struct ChoiceOutcome {
    ChoiceScore score;
    double seconds = 0;
};

std::string json_line(const ChoiceSettings& settings, const ChoiceOutcome& outcome) {
    const ChoiceScore& s = outcome.score;
    cli::Json json;
    json.begin_object();
    json.member("accuracy", s.accuracy()).member("accuracy_standard_error", s.accuracy_error());
    json.member("normalized_accuracy", s.normalized());
    json.member("normalized_accuracy_standard_error", s.normalized_error());
    json.member("items", s.items).member("activations", settings.evaluation.activations);
    json.member("seconds", outcome.seconds);
    json.member("model", settings.model).member("file", settings.file);
    return json.end_object().text() + "\n";
}

std::string line(const std::string& what, double share, double error) {
    return what + cli::fixed(100 * share, 2) + " ± " + cli::fixed(100 * error, 2) + " %\n";
}

std::string result_lines(const ChoiceSettings& settings, const ChoiceOutcome& outcome) {
    const ChoiceScore& s = outcome.score;
    return line("accuracy ", s.accuracy(), s.accuracy_error()) +
           line("normalized by length ", s.normalized(), s.normalized_error()) + "  " +
           std::to_string(s.items) + (s.items == 1 ? " item, " : " items, ") +
           cli::human_seconds(outcome.seconds) + "\n  model " + settings.model + "\n  file " +
           settings.file + "\n";
}

Status in_file(const ChoiceSettings& settings, const Status& status) {
    return {status.code(), settings.file + ": " + status.message()};
}

Result<std::vector<ChoiceItem>> read_items(const ChoiceSettings& settings) {
    auto text = cli::read_text_file(settings.file);
    if (!text.ok()) return text.status();
    auto items = parse_choices(*text);
    if (!items.ok()) return in_file(settings, items.status());
    const auto wanted = static_cast<size_t>(settings.items);
    if (wanted > 0 && wanted < items->size()) items->resize(wanted);
    return items;
}

/// What the cache must hold for the longest item, known before the work begins.
Result<int64_t> needed_context(const std::vector<ChoiceItem>& items, const Tokenizer& tokenizer) {
    constexpr size_t kMost = size_t{1} << 16;
    size_t most = 1;
    for (const ChoiceItem& item : items) {
        auto tokens = tokenize_choice(item, tokenizer);
        const std::string where = "line " + std::to_string(item.line) + ": ";
        if (!tokens.ok()) return Status(tokens.status().code(), where + tokens.status().message());
        if (tokens->longest() > kMost) {
            return Status(Code::kBadFile, where + "context and ending have " +
                                              std::to_string(tokens->longest()) +
                                              " tokens, expected at most " + std::to_string(kMost));
        }
        most = std::max(most, tokens->longest());
    }
    return static_cast<int64_t>(most);
}

Result<ChoiceOutcome> run_choice(const ChoiceSettings& settings, const cli::Common& common) {
    auto items = read_items(settings);
    if (!items.ok()) return items.status();
    auto model = load_for_evaluation(settings.model, settings.evaluation,
                                     settings.evaluation.activations, common);
    if (!model.ok()) return model.status();
    const Tokenizer& tokenizer = (*model)->tokenizer();
    const auto context = needed_context(*items, tokenizer);
    if (!context.ok()) return in_file(settings, context.status());
    cli::warn_of_long_context("quern-eval", context.value(), (*model)->info().context_length);
    SessionOptions session_options = settings.evaluation.session;
    session_options.context = context.value();
    session_options.threads = common.threads;
    auto session = Session::create(*model, session_options);
    if (!session.ok()) return session.status();

    cli::Interrupt interrupt;
    cli::Progress progress("answering", "items", common.quiet);
    ChoiceOptions options;
    options.cancel = &interrupt.flag();
    options.progress = [&](const ChoiceScore& so_far) {
        progress.update(so_far.items, static_cast<int64_t>(items->size()),
                        "accuracy " + cli::fixed(100 * so_far.accuracy(), 1) + " %");
    };
    const auto start = std::chrono::steady_clock::now();
    auto score = measure_choices(session->get(), *items, tokenizer, options);
    if (score.status().code() == Code::kInterrupted) return score.status();
    if (!score.ok()) return in_file(settings, score.status());
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    return ChoiceOutcome{*score, seconds.count()};
}

}  // namespace

cli::Command choice_command() {
    constexpr int64_t kMost = int64_t{1} << 30;
    auto settings = std::make_shared<ChoiceSettings>();
    EvaluationSettings* shared = &settings->evaluation;
    cli::Command command;
    command.name = "choice";
    command.summary = "multiple choice: how often the likeliest ending is the right one";
    command.description =
        "Reads a file like HellaSwag's, one JSON object per line: {\"ctx\": \"...\", \"endings\": "
        "[\"...\", ...], \"label\": N}, where N is the number of the right ending from 0. The "
        "model's answer is the ending with the largest log-probability behind the context and a "
        "space; normalized by length, the largest log-probability per character.";
    command.positionals = {{"MODEL", "a .quern or .gguf file", &settings->model},
                           {"FILE", "JSON lines, - for the standard input", &settings->file}};
    command.groups = {
        {"Measure",
         {cli::integer("items", "N", &settings->items, 1, kMost, "only the first N items")
              .with_default("all"),
          activations_option(&shared->activations),
          cli::flag("no-map", &shared->no_map, "copy the model into memory, do not map the file"),
          cli::flag("json", &shared->json, "print one JSON object")}},
        {"KV cache", cli::cache_options(&shared->session)}};
    command.examples = {{"quern-eval choice model.quern hellaswag_val.jsonl --items 400",
                         "a first impression, to about ± 2.5 %"}};
    command.run = [settings](const cli::Common& common) {
        auto outcome = run_choice(*settings, common);
        if (!outcome.ok()) return outcome.status();
        return cli::print(settings->evaluation.json ? json_line(*settings, *outcome)
                                                    : result_lines(*settings, *outcome));
    };
    return command;
}

}  // namespace quern
