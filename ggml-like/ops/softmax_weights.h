// The softmax of a whole row in one step (SoftmaxTask of kernels/kernels.h).
#pragma once

#include <cmath>

#include "kernels/kernels.h"

namespace quern {

/// Of weights 2^(scale * score - best), not divided by their total.
struct SoftmaxSums {
    float best = -INFINITY;
    float total = 0;
};

/// n scores become weights.
inline SoftmaxSums softmax_weights(const Kernels& kernels, float* scores, int64_t n, float scale) {
    SoftmaxSums sums;
    float shrink;
    kernels.softmax_step({.scores = scores,
                          .stride = n,
                          .rows = 1,
                          .n = n,
                          .scale = scale,
                          .best = &sums.best,
                          .total = &sums.total,
                          .shrink = &shrink});
    return sums;
}

}  // namespace quern
