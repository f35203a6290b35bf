// Activations quantized for the block kernels: int8, symmetric, one scale per token and chunk of 32
// inputs, whatever the weights' groups are, so that all products with a value share it. A row is
//
//   codes       i8  [cols]     padded with zeros to a multiple of 64
//   scales      f32 [chunks]   absmax / 127; x = scale * code
//   starts      i32 [chunks]   -128 * the sum of the codes
//   sums        f32 [chunks]   scale * the sum of the codes: the sum of the chunk's x
//               f32 [pairs]    the same of 64 inputs: of two chunks
//               f32 [quads]    of 128: of two pairs
//
// padded to 64 bytes. The sums of a weight's groups multiply its minima (or zero points), once per
// group. An integer product of values kept as value + 128, unsigned bytes, begins at a start; of
// codes of b bits that are value + 2^(b - 1), at a start shifted right by 8 - b, which is exact.
// Fixed-width integers only: kernels include it.
#pragma once

#include <cstdint>

namespace quern {

/// Chunks whose largest magnitude is below this become all zero: 127 / absmax would overflow.
inline constexpr float kSmallestActivation = 1e-30f;

inline constexpr int64_t kActivationChunk = 32;  ///< inputs per scale
inline constexpr int64_t kLargestGroup = 128;    ///< that there are sums of
inline constexpr int32_t kActivationStart = -128;

struct ActivationLayout {
    int64_t cols;

    /// Groups of so many inputs, the last may be cut.
    [[gnu::always_inline]] constexpr int64_t n_groups(int64_t group) const {
        return (cols + group - 1) / group;
    }
    [[gnu::always_inline]] constexpr int64_t n_chunks() const { return n_groups(kActivationChunk); }
    [[gnu::always_inline]] constexpr int64_t scale_offset() const { return (cols + 63) / 64 * 64; }
    [[gnu::always_inline]] constexpr int64_t start_offset() const {
        return scale_offset() + n_chunks() * 4;
    }
    /// Of the sums of groups of 32, 64 or 128 inputs; for twice the largest, the end of all.
    [[gnu::always_inline]] constexpr int64_t sum_offset(int64_t group) const {
        int64_t n = n_chunks(), offset = start_offset() + n * 4;
        for (int64_t before = kActivationChunk; before < group; before *= 2) {
            offset += n * 4;
            n = (n + 1) / 2;
        }
        return offset;
    }
    [[gnu::always_inline]] constexpr int64_t row_bytes() const {
        return (sum_offset(2 * kLargestGroup) + 63) / 64 * 64;
    }
};

}  // namespace quern
