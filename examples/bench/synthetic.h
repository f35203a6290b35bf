// Models without files: the shapes of real ones with pseudo-random weights, made in memory in any
// format. They run exactly as fast as real ones, and say nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "tensor/model_file.h"
#include "tensor/status.h"

namespace quern {

struct SyntheticShape {
    std::string_view name;
    int64_t n_embd, n_layers, n_heads, n_kv_heads, n_ff, n_vocab;
    bool tied;              ///< the embedding is the head too
    std::string_view note;  ///< "like SmolLM2-135M"
};
std::span<const SyntheticShape> synthetic_shapes();

/// Matrices get the formats that the default recipe of quern-quantize gives them for `format`. All
/// weights are finite and of a size that keeps activations near 1.
Result<std::unique_ptr<ModelFile>> make_synthetic(const std::string& shape,
                                                  const std::string& format);

}  // namespace quern
