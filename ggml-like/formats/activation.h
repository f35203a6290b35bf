// Activations quantized for the block kernels: int8, symmetric, one scale per token and group of
// inputs, with sums of codes, so that a weight's zero point or minimum costs one operation per
// group. A row is
//
//   codes       i8  [cols]     padded with zeros to a multiple of 64
//   scales      f32 [groups]   absmax / 127; x = scale * code
//   sums        i32 [groups]   of codes
//   float sums  f32 [groups]   the same numbers
//
// padded to 64 bytes. The group is the weight's, at most 128 (Format::activation_group).
// Fixed-width integers only: kernels include it.
#pragma once

#include <cstdint>

namespace quern {

/// Groups whose largest magnitude is below this become all zero: 127 / absmax would overflow.
inline constexpr float kSmallestActivation = 1e-30f;

struct ActivationLayout {
    int64_t cols;
    int64_t group;  ///< inputs per scale and sum: 32, 64 or 128

    [[gnu::always_inline]] constexpr int64_t n_groups() const { return (cols + group - 1) / group; }
    [[gnu::always_inline]] constexpr int64_t scale_offset() const { return (cols + 63) / 64 * 64; }
    [[gnu::always_inline]] constexpr int64_t sum_offset() const {
        return scale_offset() + n_groups() * 4;
    }
    [[gnu::always_inline]] constexpr int64_t float_sum_offset() const {
        return sum_offset() + n_groups() * 4;
    }
    [[gnu::always_inline]] constexpr int64_t row_bytes() const {
        return (float_sum_offset() + n_groups() * 4 + 63) / 64 * 64;
    }
};

}  // namespace quern
