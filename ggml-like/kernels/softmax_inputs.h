// A step of a softmax whose weights become inputs of a product, for instruction sets that do one
// after the other. Everything is in an anonymous namespace, see kernels.h.
#pragma once

#include "kernels/kernels.h"

namespace quern {
namespace {

/// kStep: softmax_step(); kMake: quantize_rows() or round_rows().
template <void (*kStep)(const SoftmaxTask&), void (*kMake)(const InputTask&)>
void softmax_inputs(const SoftmaxTask& t, const InputTask& inputs) {
    kStep(t);
    for (int64_t row = 0; row < t.rows; ++row) {
        for (int64_t k = t.n; k < inputs.cols; ++k) t.scores[row * t.stride + k] = 0;
    }
    InputTask made = inputs;
    made.x = t.scores;
    made.x_stride = t.stride;
    made.rows = t.rows;
    kMake(made);
}

}  // namespace
}  // namespace quern
