// What noise in a kind of tensor costs the whole model: numbers that were measured once, so that
// losses of different tensors can be compared.
#pragma once

#include <string_view>

namespace quern {

/// KL divergence per unit of relative noise in the outputs of the tensor with this name.
double noise_weight(std::string_view name);

/// Of an embedding that is not the head; assumed, not measured.
inline constexpr double kLookupWeight = 0.1;

}  // namespace quern
