// Activations quantized for the block kernels: int8, symmetric, one scale per token and group of
// inputs, with the group's sum of codes (so that a weight's zero point costs one multiplication per
// group).
//
//   row = [codes i8, padded_cols rounded up to 64][scales f32 x groups][sums i32 x groups], padded
//   to 64 bytes x = scale * code, scale = absmax / 127; codes of padding are 0
//
// The group is the weight's, at most 128 (Format::activation_group). Fixed-width integers only:
// kernels include it.
#pragma once

#include <cstdint>

namespace quern {

/// Groups whose largest magnitude is below this become all zero: 127 / absmax would overflow.
inline constexpr float kSmallestActivation = 1e-30f;

struct ActivationLayout {
    int64_t cols;
    int64_t group;  ///< 32, 64 or 128

    constexpr int64_t n_groups() const { return (cols + group - 1) / group; }
    constexpr int64_t scale_offset() const { return (cols + 63) / 64 * 64; }
    constexpr int64_t sum_offset() const { return scale_offset() + n_groups() * 4; }
    constexpr int64_t row_bytes() const { return (sum_offset() + n_groups() * 4 + 63) / 64 * 64; }
};

}  // namespace quern
