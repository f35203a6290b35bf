// What attention's gradient function records (ops/attention_gradient.cpp).
#pragma once

#include "ops/attention_unit.h"
#include "tensor/gradient.h"

namespace quern {

/// Adds to the gradients at queries, keys and values, as the cache got them.
void add_attention_gradient(Gradients& gradients, const AttentionParams& params, const Tensor* q,
                            const Tensor* k, const Tensor* v, const Tensor* at_y);

}  // namespace quern
