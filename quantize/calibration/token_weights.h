// How much each token counts in what calibration measures of queries', keys' and values' inputs.
#pragma once

#include "tensor/graph.h"

namespace quern {

/// What tokens of the first attention in `g` receive; nullptr: all count alike, as `equal_tokens`
/// asks, or as there is no attention.
const Tensor* record_received(Graph& g, bool equal_tokens);

/// x [tokens, n] with rows multiplied by the square root of their token's weight, so that rows
/// count by it in x^T x. Half of a weight is what the token receives in the mean of all heads
/// (received_attention()), half is the same for all.
Tensor* weigh_tokens(Graph& g, const Tensor* x, const Tensor* received);

}  // namespace quern
