// How much work a run is, and how fast it could be at most. Counted is what cannot be avoided:
//
//   operations   2 (weights of linear layers) per token + 2 (weights of the head) per token with
//                logits; attention and the rest are not counted
//   bytes        per evaluation: the linear layers' weights, the head's if logits are asked for,
//                the cache up to the last token; not norms, activations and the embedding's rows
//
// A prompt is evaluated in chunks, a generated token by itself or with those of other sequences,
// which have caches of their own. The limit of a run is the larger of
// its operations over the machine's peak and its bytes over the machine's read bandwidth.
#pragma once

#include <cstdint>
#include <string_view>

#include "tensor/format.h"
#include "tensor/model_file.h"
#include "tensor/profile.h"

namespace quern {

/// A model's matrices by how a token uses them.
struct ModelWork {
    double linear_weights = 0, linear_bytes = 0;  ///< of every layer, once per token
    double head_weights = 0, head_bytes = 0;      ///< output.weight, or the embedding if tied
    const Format* format = nullptr;               ///< product_format() of most linear weights
    double cache_bytes_per_token = 0;             ///< all layers; known once there is a session

    /// What an evaluation of one token at `position` must read.
    double bytes_per_token(int64_t position) const {
        return linear_bytes + head_bytes + cache_bytes_per_token * static_cast<double>(position);
    }
};
ModelWork work_of(const ModelFile& file);

/// `tokens` prompt tokens behind `depth` tokens in the cache, in chunks, logits of the last one.
Cost prompt_cost(const ModelWork& model, int64_t depth, int64_t tokens, int64_t chunk);
/// `tokens` tokens one by one behind `depth` tokens in the cache, for each of `sequences` together.
Cost generate_cost(const ModelWork& model, int64_t depth, int64_t tokens, int64_t sequences = 1);

/// What the machine does at most, per second: operations and bytes.
struct Limits {
    double int8 = 0, f32 = 0, bf16 = 0, read = 0;
};

struct Limit {
    std::string_view name;  ///< "int8", "f32", "bf16" or "read"
    double value = 0;       ///< of Limits
    double seconds = 0;     ///< the work takes at least so long
};
/// `format`: of the weights that the operations are done with. Block formats are multiplied in
/// int8, bf16 with its dot product where there is one.
Limit limit_of(const Cost& cost, const Limits& limits, const Format& format);

}  // namespace quern
