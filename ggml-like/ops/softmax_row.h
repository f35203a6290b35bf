// The softmax of a whole row in one step (SoftmaxTask of kernels/kernels.h).
#pragma once

#include <cmath>

#include "kernels/kernels.h"

namespace quern {

/// Of weights 2^(scale * score - best), which are divided by nothing yet.
struct RowSums {
    float best = -INFINITY;
    float total = 0;  ///< what they add up to
};

/// n scores become weights.
inline RowSums weigh_row(const Kernels& kernels, float* scores, int64_t n, float scale) {
    RowSums sums;
    float shrink;
    kernels.softmax_step({scores, n, 1, n, scale, &sums.best, &sums.total, &shrink});
    return sums;
}

}  // namespace quern
