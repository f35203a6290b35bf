// Options, loading and tokens of the commands that walk a text.
#include "eval/evaluation.h"

#include "common/context_warning.h"
#include "common/table.h"
#include "common/text_file.h"

namespace quern {

cli::Option activations_option(std::string* target) {
    return cli::choice("activations", "A", target, {"int8", "f32"},
                       "what products take: int8 as in use (with matrices in floats of 8 or 16 "
                       "bits, bf16), or f32, which shows the error of the weights alone; all but "
                       "f16 matrices are then expanded to f32, so the model takes up to 8 times "
                       "the memory");
}

cli::OptionGroup measure_options(EvaluationSettings* s) {
    constexpr int64_t kMost = int64_t{1} << 30;
    std::vector<std::string> names;
    for (const PerplexityProtocol& p : perplexity_protocols()) names.emplace_back(p.name);
    return {"Measure",
            {cli::choice("protocol", "P", &s->protocol, names,
                         "how the text is cut and scored: llama.cpp or gptq"),
             cli::integer("chunks", "N", &s->chunks, 1, kMost, "score only the first N chunks")
                 .with_default("all"),
             cli::integer("context", "N", &s->session.context, 4, kMost, "tokens per chunk")
                 .with_default("the protocol's"),
             activations_option(&s->activations),
             cli::flag("no-map", &s->no_map, "copy the model into memory, do not map the file"),
             cli::flag("json", &s->json, "print one JSON object")}};
}

Result<std::shared_ptr<const Model>> load_for_evaluation(const std::string& path,
                                                         const EvaluationSettings& settings,
                                                         const std::string& activations,
                                                         const cli::Common& common) {
    ModelOptions options;
    options.map = !settings.no_map;
    options.threads = common.threads;
    options.exact_inputs = activations == "f32";
    return Model::load(path, options);
}

Result<std::shared_ptr<const Model>> load_base(const std::string& path,
                                               const EvaluationSettings& settings,
                                               const cli::Common& common) {
    return load_for_evaluation(path, settings, "f32", common);
}

Status check_same_vocabulary(const ModelFile& a, const ModelFile& b) {
    const auto of_a = a.metadata().get_strings("tokenizer.ggml.tokens");
    const auto of_b = b.metadata().get_strings("tokenizer.ggml.tokens");
    if (of_a.ok() && of_b.ok() && *of_a.value() == *of_b.value()) return {};
    return {Code::kWrongUse, b.path() + ": its vocabulary is not that of " + a.path() +
                                 ", so their predictions cannot be compared; expected a model that "
                                 "was made from it"};
}

PerplexityProtocol chosen_protocol(const EvaluationSettings& settings, const Model& model) {
    PerplexityProtocol protocol = *find_perplexity_protocol(settings.protocol);
    if (settings.session.context > 0) protocol.context = settings.session.context;
    cli::warn_of_long_context("quern-eval", protocol.context, model.info().context_length);
    return protocol;
}

Result<std::vector<int32_t>> read_tokens(const std::string& path, const Tokenizer& tokenizer) {
    auto text = cli::read_text_file(path);
    if (!text.ok()) return text.status();
    auto encoded = tokenizer.encode(*text, Tokenizer::Special::kText);
    if (!encoded.ok()) return about_text(path, encoded.status());
    const int32_t bos = tokenizer.text_bos();
    if (bos >= 0) encoded->insert(encoded->begin(), bos);
    return encoded;
}

Status about_text(const std::string& path, const Status& status) {
    if (status.code() != Code::kWrongUse) return status;
    return {status.code(), path + ": " + status.message()};
}

std::string walk_line(const PerplexityProtocol& protocol, const Walked& walked, int64_t scored,
                      double seconds) {
    const double rate = seconds > 0 ? static_cast<double>(walked.evaluated) / seconds : 0;
    return "  protocol " + std::string(protocol.name) + ", context " +
           std::to_string(protocol.context) + ", " + std::to_string(walked.windows) +
           (walked.windows == 1 ? " chunk, " : " chunks, ") + std::to_string(scored) +
           " tokens scored, " + cli::human_seconds(seconds) + ", " + cli::fixed(rate, 0) +
           " tokens/s\n";
}

}  // namespace quern
