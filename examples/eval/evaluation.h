// What the commands that walk a text share: their options, loading, tokens.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/program.h"
#include "eval/window_walk.h"
#include "models/model.h"
#include "models/session.h"

namespace quern {

struct EvaluationSettings {
    std::string text;
    std::string protocol = "llama.cpp";
    int64_t chunks = 0;                ///< 0: all
    std::string activations = "int8";  ///< or "f32"
    /// Context 0: the protocol's. The cache is f16 on every CPU: results can be compared.
    SessionOptions session{.cache_keys = "f16", .cache_values = "f16"};
    bool no_map = false;
    bool json = false;
};

/// --protocol, --chunks, --context, --activations, --no-map, --json
cli::OptionGroup measure_options(EvaluationSettings* settings);
cli::Option activations_option(std::string* target);

/// A model to measure; `activations` as in EvaluationSettings.
Result<std::shared_ptr<const Model>> load_for_evaluation(const std::string& path,
                                                         const EvaluationSettings& settings,
                                                         const std::string& activations,
                                                         const cli::Common& common);
/// One that others are compared with: its products round nothing.
Result<std::shared_ptr<const Model>> load_base(const std::string& path,
                                               const EvaluationSettings& settings,
                                               const cli::Common& common);
/// Refuses models whose token ids mean different things.
Status check_same_vocabulary(const ModelFile& a, const ModelFile& b);

/// The protocol with --context put in; warns if the model was trained with less.
PerplexityProtocol chosen_protocol(const EvaluationSettings& settings, const Model& model);
/// The tokens of the text file, begun with BOS if the model wants one.
Result<std::vector<int32_t>> read_tokens(const std::string& path, const Tokenizer& tokenizer);
/// A text that cannot be used is named; everything else is not about it.
Status about_text(const std::string& path, const Status& status);

/// "  protocol llama.cpp, context 512, 24 chunks, 6120 tokens scored, 31 s, 402 tokens/s\n"
std::string walk_line(const PerplexityProtocol& protocol, const Walked& walked, int64_t scored,
                      double seconds);

}  // namespace quern
