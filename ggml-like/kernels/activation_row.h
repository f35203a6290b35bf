// Rows of inputs one by one, and an activation row chunk by chunk, for instruction sets that make
// one at a time (AVX-512 makes four). Everything is in an anonymous namespace, see kernels.h.
#pragma once

#include <cstdint>

#include "formats/activation.h"
#include "kernels/kernels.h"

namespace quern {
namespace {

/// `row` has the sums of its chunks: adds those of pairs and, behind them, of quads.
inline void add_larger_sums(const ActivationLayout& layout, uint8_t* row) {
    auto* halves = reinterpret_cast<float*>(row + layout.sum_offset(kActivationChunk));
    int64_t n = layout.n_chunks();
    for (int64_t group = 2 * kActivationChunk; group <= kLargestGroup; group *= 2) {
        float* sums = halves + n;
        for (int64_t i = 0; i < n / 2; ++i) sums[i] = halves[2 * i] + halves[2 * i + 1];
        if (n % 2 == 1) sums[n / 2] = halves[n - 1] + 0.0f;
        halves = sums;
        n = (n + 1) / 2;
    }
}

/// find_absmax(begin, end) finds the largest magnitude of these inputs; write_codes(begin, end,
/// inverse) writes their codes and returns the codes' sum.
template <class FindAbsmax, class WriteCodes>
void quantize_row(int64_t cols, float range, uint8_t* out, FindAbsmax find_absmax,
                  WriteCodes write_codes) {
    const ActivationLayout layout{cols};
    auto* scales = reinterpret_cast<float*>(out + layout.scale_offset());
    auto* starts = reinterpret_cast<int32_t*>(out + layout.start_offset());
    auto* sums = reinterpret_cast<float*>(out + layout.sum_offset(kActivationChunk));
    __builtin_memset(out + layout.scale_offset() - 64, 0, 64);
    for (int64_t c = 0; c < layout.n_chunks(); ++c) {
        const int64_t begin = c * kActivationChunk, whole = begin + kActivationChunk;
        const int64_t end = whole < cols ? whole : cols;
        const float absmax = range > 0 ? range : find_absmax(begin, end);
        const float inverse = absmax > kSmallestActivation ? 127.0f / absmax : 0.0f;
        const int32_t sum = write_codes(begin, end, inverse);
        scales[c] = absmax / 127.0f;
        starts[c] = kActivationStart * sum;
        sums[c] = scales[c] * static_cast<float>(sum);
    }
    add_larger_sums(layout, out);
}

/// Calls make(x, out) for every row.
template <class Make>
void for_each_row(const InputTask& t, Make make) {
    for (int64_t r = 0; r < t.rows; ++r) make(t.x + r * t.x_stride, t.out + r * t.out_stride);
}

}  // namespace
}  // namespace quern
