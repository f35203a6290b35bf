// The last step of quantizing a row, the same for every instruction set: sums of larger groups.
// Everything is in an anonymous namespace, see kernels.h.
#pragma once

#include "formats/activation.h"

namespace quern {
namespace {

/// `row` has the sums of its chunks: adds those of pairs and, behind them, of quads.
inline void add_larger_sums(const ActivationLayout& layout, uint8_t* row) {
    auto* halves = reinterpret_cast<float*>(row + layout.sum_offset(kActivationChunk));
    int64_t n = layout.n_chunks();
    for (int64_t group = 2 * kActivationChunk; group <= kLargestGroup; group *= 2) {
        float* sums = halves + n;
        for (int64_t i = 0; i < n / 2; ++i) sums[i] = halves[2 * i] + halves[2 * i + 1];
        if (n % 2 == 1) sums[n / 2] = halves[n - 1];
        halves = sums;
        n = (n + 1) / 2;
    }
}

}  // namespace
}  // namespace quern
