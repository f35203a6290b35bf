// quern-eval kl BASE MODEL TEXT: options, loading, progress and the printed result. The measure
// itself is in divergence.cpp.
#include <chrono>
#include <memory>

#include "common/cache_options.h"
#include "common/interrupt.h"
#include "common/json.h"
#include "common/progress.h"
#include "common/table.h"
#include "eval/commands.h"
#include "eval/divergence.h"
#include "eval/evaluation.h"

namespace quern {
namespace {

struct KlSettings : EvaluationSettings {
    std::string base;
    std::string model;
};

struct KlOutcome {
    PerplexityProtocol protocol;
    DivergenceResult result;
    double seconds = 0;
};

constexpr double kParts[] = {0.5, 0.99, 0.999, 1};

std::string json_line(const KlSettings& settings, const KlOutcome& outcome) {
    const Divergence& d = outcome.result.divergence;
    const std::vector<double> kl = d.kl_percentiles(kParts);
    cli::Json json;
    json.begin_object();
    json.member("kl_mean", d.kl_mean()).member("kl_standard_error", d.kl_error());
    json.member("kl_median", kl[0]).member("kl_p99", kl[1]).member("kl_p999", kl[2]);
    json.member("kl_max", kl[3]);
    json.member("top1", d.same_top()).member("top1_standard_error", d.same_top_error());
    json.member("ppl_ratio", d.ratio()).member("ppl_ratio_standard_error", d.ratio_error());
    json.member("perplexity", d.model().perplexity());
    json.member("standard_error", d.model().perplexity_error());
    json.member("base_perplexity", d.base().perplexity());
    json.member("base_standard_error", d.base().perplexity_error());
    json.member("delta_p_mean", d.delta_p_mean()).member("delta_p_rms", d.delta_p_rms());
    json.member("protocol", outcome.protocol.name).member("context", outcome.protocol.context);
    json.member("chunks", outcome.result.walked.windows).member("tokens", d.count());
    json.member("activations", settings.activations).member("seconds", outcome.seconds);
    json.member("base", settings.base).member("model", settings.model);
    json.member("text", settings.text);
    return json.end_object().text() + "\n";
}

std::string plus_minus(double value, double error, int digits) {
    return cli::fixed(value, digits) + " ± " + cli::fixed(error, digits);
}

std::string result_lines(const KlSettings& settings, const KlOutcome& outcome) {
    const Divergence& d = outcome.result.divergence;
    const std::vector<double> kl = d.kl_percentiles(kParts);
    std::string out = "KL divergence " + plus_minus(d.kl_mean(), d.kl_error(), 5) + " nats\n";
    out += "  median " + cli::fixed(kl[0], 5) + ", 99 % " + cli::fixed(kl[1], 4) + ", 99.9 % " +
           cli::fixed(kl[2], 4) + ", max " + cli::fixed(kl[3], 4) + "\n";
    out += "same top token " + plus_minus(100 * d.same_top(), 100 * d.same_top_error(), 2) + " %\n";
    out += "perplexity " + plus_minus(d.model().perplexity(), d.model().perplexity_error(), 4) +
           ", of the base " + plus_minus(d.base().perplexity(), d.base().perplexity_error(), 4) +
           "\n  ratio " + plus_minus(d.ratio(), d.ratio_error(), 5) + "\n";
    out += "delta p of the right token: mean " + cli::fixed(100 * d.delta_p_mean(), 3) +
           " %, RMS " + cli::fixed(100 * d.delta_p_rms(), 3) + " %\n";
    out += walk_line(outcome.protocol, outcome.result.walked, d.count(), outcome.seconds);
    return out + "  activations " + settings.activations + "\n  base " + settings.base +
           "\n  model " + settings.model + "\n  text " + settings.text + "\n";
}

Status interrupted(int64_t scored) {
    return Status(Code::kInterrupted,
                  "interrupted after " + std::to_string(scored) + " scored tokens");
}

Result<KlOutcome> run_kl(const KlSettings& settings, const cli::Common& common) {
    auto base = load_base(settings.base, settings, common);
    if (!base.ok()) return base.status();
    auto model = load_for_evaluation(settings.model, settings, settings.activations, common);
    if (!model.ok()) return model.status();
    if (Status s = check_same_vocabulary((*base)->file(), (*model)->file()); !s.ok()) return s;
    const PerplexityProtocol protocol = chosen_protocol(settings, **model);
    auto tokens = read_tokens(settings.text, (*base)->tokenizer());
    if (!tokens.ok()) return tokens.status();

    SessionOptions session_options = EvaluationSettings().session;
    session_options.context = protocol.context;
    session_options.threads = common.threads;
    auto base_session = Session::create(*base, session_options);
    if (!base_session.ok()) return base_session.status();
    session_options.cache_keys = settings.session.cache_keys;
    session_options.cache_values = settings.session.cache_values;
    auto session = Session::create(*model, session_options);
    if (!session.ok()) return session.status();

    cli::Interrupt interrupt;
    cli::Progress progress("comparing", "tokens", common.quiet);
    int64_t scored = 0;
    DivergenceOptions options;
    options.walk = {protocol, settings.chunks, (*base)->tokenizer().text_bos(), {}, nullptr};
    options.walk.cancel = &interrupt.flag();
    options.threads = (*session)->threads();
    options.progress = [&](int64_t done, int64_t total, const Divergence& so_far) {
        scored = so_far.count();
        progress.update(done, total, scored ? "KL " + cli::fixed(so_far.kl_mean(), 4) : "");
    };
    const auto start = std::chrono::steady_clock::now();
    auto result = measure_divergence(base_session->get(), session->get(), *tokens, options);
    if (result.status().code() == Code::kInterrupted) return interrupted(scored);
    if (!result.ok()) return about_text(settings.text, result.status());
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    return KlOutcome{protocol, std::move(*result), seconds.count()};
}

}  // namespace

cli::Command kl_command() {
    auto settings = std::make_shared<KlSettings>();
    cli::Command command;
    command.name = "kl";
    command.summary = "how far a quantized model's predictions are from the original's";
    command.description =
        "Runs two models over a text and compares their predictions at every position that the "
        "protocol scores: the Kullback-Leibler divergence of MODEL from BASE, how often both "
        "prefer the same token, and the ratio of their perplexities with its paired error. BASE's "
        "products round nothing, and its cache is f16. This tells small losses apart that "
        "perplexity alone cannot.";
    command.positionals = {
        {"BASE",
         "the original: a .quern or .gguf file, best f16; other formats are expanded to f32, up to "
         "8 times the memory",
         &settings->base},
        {"MODEL", "the model made from it", &settings->model},
        {"TEXT", "a UTF-8 text file, - for the standard input", &settings->text}};
    command.groups = {measure_options(settings.get()),
                      {"KV cache of MODEL", cli::cache_options(&settings->session)}};
    command.examples = {
        {"quern-eval kl model-f16.gguf model.quern wiki.test.raw --chunks 24",
         "what quantization cost, to two digits, in a minute"},
        {"quern-eval kl model-f16.gguf model.quern wiki.test.raw --activations f32 --json",
         "the cost of the rounded weights alone, for a program to read"},
        {"quern-eval kl model.quern model.quern wiki.test.raw --activations f32 --cache-k q8 "
         "--cache-v q8",
         "the cost of a smaller cache"}};
    command.run = [settings](const cli::Common& common) {
        auto outcome = run_kl(*settings, common);
        if (!outcome.ok()) return outcome.status();
        return cli::print(settings->json ? json_line(*settings, *outcome)
                                         : result_lines(*settings, *outcome));
    };
    return command;
}

}  // namespace quern
