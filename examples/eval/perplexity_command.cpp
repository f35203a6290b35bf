// quern-eval perplexity MODEL TEXT: options, loading, progress and the printed result. The measure
// itself is in perplexity.cpp.
#include <chrono>
#include <memory>

#include "common/cache_options.h"
#include "common/interrupt.h"
#include "common/json.h"
#include "common/progress.h"
#include "common/table.h"
#include "eval/commands.h"
#include "eval/evaluation.h"
#include "eval/perplexity.h"

namespace quern {
namespace {

struct PerplexitySettings : EvaluationSettings {
    std::string model;
};

struct PerplexityOutcome {
    PerplexityProtocol protocol;
    PerplexityResult result;
    double seconds = 0;
};

std::string json_line(const PerplexitySettings& settings, const PerplexityOutcome& outcome) {
    const NllStatistics& s = outcome.result.statistics;
    const double evaluated = static_cast<double>(outcome.result.walked.evaluated);
    cli::Json json;
    json.begin_object();
    json.member("perplexity", s.perplexity()).member("standard_error", s.perplexity_error());
    json.member("protocol", outcome.protocol.name).member("context", outcome.protocol.context);
    json.member("chunks", outcome.result.walked.windows).member("tokens", s.count());
    json.member("activations", settings.activations).member("seconds", outcome.seconds);
    json.member("tokens_per_second", outcome.seconds > 0 ? evaluated / outcome.seconds : 0);
    json.member("model", settings.model).member("text", settings.text);
    return json.end_object().text() + "\n";
}

std::string result_lines(const PerplexitySettings& settings, const PerplexityOutcome& outcome) {
    const NllStatistics& s = outcome.result.statistics;
    std::string out = "perplexity " + cli::fixed(s.perplexity(), 4) + " ± " +
                      cli::fixed(s.perplexity_error(), 4) + "\n";
    out += walk_line(outcome.protocol, outcome.result.walked, s.count(), outcome.seconds);
    return out + "  model " + settings.model + "\n  text " + settings.text + "\n";
}

Result<PerplexityOutcome> run_perplexity(const PerplexitySettings& settings,
                                         const cli::Common& common) {
    auto model = load_for_evaluation(settings.model, settings, settings.activations, common);
    if (!model.ok()) return model.status();
    const PerplexityProtocol protocol = chosen_protocol(settings, **model);
    auto tokens = read_tokens(settings.text, (*model)->tokenizer());
    if (!tokens.ok()) return tokens.status();
    SessionOptions session_options = settings.session;
    session_options.context = protocol.context;
    session_options.threads = common.threads;
    auto session = Session::create(*model, session_options);
    if (!session.ok()) return session.status();

    cli::Interrupt interrupt;
    cli::Progress progress("evaluating", "tokens", common.quiet);
    PerplexityOptions options;
    options.walk = {
        protocol, settings.chunks, (*model)->tokenizer().text_bos(), {}, &interrupt.flag()};
    options.threads = (*session)->threads();
    options.progress = [&](int64_t done, int64_t total, const NllStatistics& so_far) {
        const bool scored = so_far.count() > 0;
        progress.update(done, total,
                        scored ? "perplexity " + cli::fixed(so_far.perplexity(), 3) : "");
    };
    const auto start = std::chrono::steady_clock::now();
    auto result = measure_perplexity(session->get(), *tokens, options);
    if (!result.ok()) return about_text(settings.text, result.status());
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    return PerplexityOutcome{protocol, *result, seconds.count()};
}

}  // namespace

cli::Command perplexity_command() {
    auto settings = std::make_shared<PerplexitySettings>();
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
    command.groups = {measure_options(settings.get()),
                      {"KV cache", cli::cache_options(&settings->session)}};
    command.examples = {{"quern-eval perplexity model.quern wiki.test.raw --chunks 40",
                         "a first impression in a minute or two"},
                        {"quern-eval perplexity model.quern wiki.test.raw --protocol gptq --json",
                         "the number that papers print, for a program to read"}};
    command.run = [settings](const cli::Common& common) {
        auto outcome = run_perplexity(*settings, common);
        if (!outcome.ok()) return outcome.status();
        return cli::print(settings->json ? json_line(*settings, *outcome)
                                         : result_lines(*settings, *outcome));
    };
    return command;
}

}  // namespace quern
