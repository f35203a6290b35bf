// A step of an online softmax row by row, for instruction sets that take one at a time (AVX-512
// takes batches). Everything is in an anonymous namespace, see kernels.h.
#pragma once

#include <cstdint>

#include "kernels/kernels.h"

namespace quern {
namespace {

/// find_largest(scores, n); weigh(scores, n, scale, best) makes weights and returns what they add
/// up to; exp2(x) is 2^x.
template <class FindLargest, class Weigh, class Exp2>
void softmax_rows(const SoftmaxTask& t, FindLargest find_largest, Weigh weigh, Exp2 exp2) {
    for (int64_t row = 0; row < t.rows; ++row) {
        float* scores = t.scores + row * t.stride;
        const float before = t.best[row], largest = find_largest(scores, t.n) * t.scale;
        const float best = largest > before ? largest : before;
        const float sum = weigh(scores, t.n, t.scale, best);
        t.shrink[row] = exp2(before - best);
        t.total[row] = t.total[row] * t.shrink[row] + sum;
        t.best[row] = best;
    }
}

}  // namespace
}  // namespace quern
