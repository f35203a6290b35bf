// quern-eval perplexity MODEL TEXT: options, loading, progress and the printed result. The measure
// itself is in perplexity.cpp.
#include <chrono>
#include <memory>

#include "common/cache_options.h"
#include "common/context_warning.h"
#include "common/interrupt.h"
#include "common/json.h"
#include "common/progress.h"
#include "common/table.h"
#include "common/text_file.h"
#include "eval/commands.h"
#include "eval/perplexity.h"
#include "models/model.h"
#include "models/session.h"

namespace quern {
namespace {

struct Settings {
    std::string model;
    std::string text;
    std::string protocol = "llama.cpp";
    int64_t chunks = 0;
    SessionOptions session;  // context 0: the protocol's
    bool no_map = false;
    bool json = false;
};

struct Outcome {
    PerplexityProtocol protocol;
    PerplexityResult result;
    double seconds = 0;

    double tokens_per_second() const {
        return seconds > 0 ? static_cast<double>(result.evaluated) / seconds : 0;
    }
};

Result<std::vector<int32_t>> tokens_of(const Tokenizer& tokenizer, const std::string& text) {
    auto encoded = tokenizer.encode(text, Tokenizer::Special::kText);
    if (encoded.ok() && tokenizer.add_bos() && tokenizer.bos() >= 0) {
        encoded->insert(encoded->begin(), tokenizer.bos());
    }
    return encoded;
}

std::string json_line(const Settings& settings, const Outcome& outcome) {
    const NllStatistics& s = outcome.result.statistics;
    cli::Json json;
    json.begin_object();
    json.member("perplexity", s.perplexity()).member("standard_error", s.perplexity_error());
    json.member("protocol", outcome.protocol.name).member("context", outcome.protocol.context);
    json.member("chunks", outcome.result.windows).member("tokens", s.count());
    json.member("seconds", outcome.seconds);
    json.member("tokens_per_second", outcome.tokens_per_second());
    json.member("model", settings.model).member("text", settings.text);
    return json.end_object().text() + "\n";
}

std::string result_lines(const Settings& settings, const Outcome& outcome) {
    const NllStatistics& s = outcome.result.statistics;
    const int64_t windows = outcome.result.windows;
    std::string out = "perplexity " + cli::fixed(s.perplexity(), 4) + " ± " +
                      cli::fixed(s.perplexity_error(), 4) + "\n";
    out += "  protocol " + std::string(outcome.protocol.name) + ", context " +
           std::to_string(outcome.protocol.context) + ", " + std::to_string(windows) +
           (windows == 1 ? " chunk, " : " chunks, ") + std::to_string(s.count()) +
           " tokens scored, " + cli::human_seconds(outcome.seconds) + ", " +
           cli::fixed(outcome.tokens_per_second(), 0) + " tokens/s\n";
    return out + "  model " + settings.model + "\n  text " + settings.text + "\n";
}

PerplexityProtocol chosen_protocol(const Settings& settings, const Model& model) {
    PerplexityProtocol protocol = *find_perplexity_protocol(settings.protocol);
    if (settings.session.context > 0) protocol.context = settings.session.context;
    cli::warn_of_long_context("quern-eval", protocol.context, model.info().context_length);
    return protocol;
}

/// A text that cannot be used is named; everything else is not about it.
Status about_text(const Settings& settings, const Status& status) {
    if (status.code() != Code::kWrongUse) return status;
    return {status.code(), settings.text + ": " + status.message()};
}

Result<Outcome> measure(const Settings& settings, const cli::Common& common) {
    auto text = cli::read_text_file(settings.text);
    if (!text.ok()) return text.status();
    ModelOptions model_options;
    model_options.map = !settings.no_map;
    model_options.threads = common.threads;
    auto model = Model::load(settings.model, model_options);
    if (!model.ok()) return model.status();
    const PerplexityProtocol protocol = chosen_protocol(settings, **model);

    const Tokenizer& tokenizer = (*model)->tokenizer();
    auto tokens = tokens_of(tokenizer, *text);
    if (!tokens.ok()) return about_text(settings, tokens.status());
    SessionOptions session_options = settings.session;
    session_options.context = protocol.context;
    session_options.threads = common.threads;
    auto session = Session::create(*model, session_options);
    if (!session.ok()) return session.status();

    cli::Interrupt interrupt;
    cli::Progress progress("evaluating", "tokens", common.quiet);
    PerplexityOptions options;
    options.protocol = protocol;
    options.max_windows = settings.chunks;
    options.bos = tokenizer.add_bos() ? tokenizer.bos() : -1;
    options.threads = (*session)->threads();
    options.cancel = &interrupt.flag();
    options.progress = [&](int64_t done, int64_t total, const NllStatistics& so_far) {
        const bool scored = so_far.count() > 0;
        progress.update(done, total,
                        scored ? "perplexity " + cli::fixed(so_far.perplexity(), 3) : "");
    };
    const auto start = std::chrono::steady_clock::now();
    auto result = measure_perplexity(session->get(), *tokens, options);
    if (!result.ok()) return about_text(settings, result.status());
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    return Outcome{protocol, *result, seconds.count()};
}

}  // namespace

cli::Command perplexity_command() {
    auto settings = std::make_shared<Settings>();
    std::vector<std::string> names;
    for (const PerplexityProtocol& p : perplexity_protocols()) names.emplace_back(p.name);

    constexpr int64_t kMost = int64_t{1} << 30;
    cli::Command command;
    command.name = "perplexity";
    command.summary = "how surprised a model is by a text: lower is better";
    command.description =
        "Prints exp of the mean negative log-likelihood of the text's tokens, with its standard "
        "error. Numbers "
        "can be compared only if protocol, context, text and number of chunks are the same. "
        "Protocol "
        "llama.cpp: chunks of 512 tokens, the second half of each is scored. Protocol gptq: chunks "
        "of "
        "2048, all of each is scored, as in the papers on GPTQ and AWQ.";
    command.positionals = {
        {"MODEL", "a .quern or .gguf file", &settings->model},
        {"TEXT", "a UTF-8 text file, - for the standard input", &settings->text}};
    command.groups = {
        {"Measure",
         {cli::choice("protocol", "P", &settings->protocol, names,
                      "how the text is cut and scored: llama.cpp or gptq"),
          cli::integer("chunks", "N", &settings->chunks, 1, kMost, "score only the first N chunks")
              .with_default("all"),
          cli::integer("context", "N", &settings->session.context, 4, kMost, "tokens per chunk")
              .with_default("the protocol's"),
          cli::flag("no-map", &settings->no_map, "copy the model into memory, do not map the file"),
          cli::flag("json", &settings->json, "print one JSON object")}},
        {"KV cache", cli::cache_options(&settings->session)}};
    command.examples = {{"quern-eval perplexity model.quern wiki.test.raw --chunks 40",
                         "a first impression in a minute or two"},
                        {"quern-eval perplexity model.quern wiki.test.raw --protocol gptq --json",
                         "the number that papers print, for a program to read"}};
    command.run = [settings](const cli::Common& common) {
        auto outcome = measure(*settings, common);
        if (!outcome.ok()) return outcome.status();
        return cli::print(settings->json ? json_line(*settings, *outcome)
                                         : result_lines(*settings, *outcome));
    };
    return command;
}

}  // namespace quern
