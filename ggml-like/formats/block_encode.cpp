// Rounding of the block family: the specification of RTN (round to nearest) on the range of a
// group.
//
// Scale and minimum are rounded as stored before codes are chosen. Symmetric: s = (the value of
// largest magnitude) / -2^(bits-1), so that value is exact (GGUF Q4_0's grid). Integer zero: s =
// (max - min) / (2^bits - 1) with min <= 0 <= max, z = round(-min / s). Minimum: m = min, s = (max
// - min) / (2^bits - 1). Codes round half to even. NF4: s = max|w| / 127, the nearest value of the
// code book, ties to the lower code. An all-zero group gets s = 0. Two levels: the row's units
// reach its largest s and m, rounded to f16.
#include "formats/block_encode.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "formats/nf4.h"
#include "tensor/block.h"
#include "tensor/numeric.h"

namespace quern {
namespace {

float max_code(const Format& f) { return static_cast<float>((1 << f.bits) - 1); }

float round_half_even(float v) {
    // Adding 1.5 * 2^23 leaves no fraction bits, so the addition itself rounds (|v| < 2^22).
    constexpr float kMagic = 12582912.0f;
    return (v + kMagic) - kMagic;
}

/// Smallest and largest of w, in eight lanes so that the compiler can vectorize.
void find_range(const float* w, int64_t n, float* low, float* high) {
    float lows[8], highs[8];
    std::fill(lows, lows + 8, w[0]);
    std::fill(highs, highs + 8, w[0]);
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) {
        for (int j = 0; j < 8; ++j) {
            lows[j] = w[i + j] < lows[j] ? w[i + j] : lows[j];
            highs[j] = w[i + j] > highs[j] ? w[i + j] : highs[j];
        }
    }
    for (; i < n; ++i) {
        lows[0] = std::min(lows[0], w[i]);
        highs[0] = std::max(highs[0], w[i]);
    }
    *low = *std::min_element(lows, lows + 8);
    *high = *std::max_element(highs, highs + 8);
}

/// The range of a group, before anything is rounded.
struct Range {
    float scale;
    float low;  ///< where code 0 lies (integer zero and minimum)
};

Range range_of(const Format& f, const float* w, int64_t n) {
    float low, high;
    find_range(w, n, &low, &high);
    if (f.zero == Zero::kNf4) return {std::max(high, -low) / kNf4Largest, 0};
    if (f.zero == Zero::kSymmetric) {
        const float extreme = -low > high ? low : high;
        return {extreme / static_cast<float>(-(1 << (f.bits - 1))), 0};
    }
    if (f.zero == Zero::kInteger) {
        low = std::min(low, 0.0f);
        high = std::max(high, 0.0f);
    }
    return {(high - low) / max_code(f), low};
}

/// Units for all of a row's ranges.
void choose_units(const std::vector<Range>& ranges, BlockRow* block) {
    float scale = 0, minimum = 0;
    for (const Range& range : ranges) {
        scale = std::max(scale, std::fabs(f16_to_f32(f32_to_f16(range.scale))));
        minimum = std::max(minimum, std::fabs(f16_to_f32(f32_to_f16(range.low))));
    }
    block->scale_unit = unit_of(scale);
    block->minimum_unit = unit_of(minimum);
}

/// Scale, zero or minimum of a group as stored, and its codes.
void encode_group(const Format& f, const float* w, int64_t n, const Range& range, int64_t g,
                  uint8_t* codes, BlockRow* block) {
    block->scales[g] = stored_bits(f, range.scale, block->scale_unit);
    const float scale = stored_value(f, block->scales[g], block->scale_unit);
    float zero = 0, minimum = 0;
    if (f.zero == Zero::kSymmetric) zero = static_cast<float>(1 << (f.bits - 1));
    if (f.zero == Zero::kInteger) {
        if (scale != 0) {
            zero = std::min(std::max(0.0f, round_half_even(-range.low / scale)), max_code(f));
        }
        block->offsets[g] = static_cast<uint16_t>(zero);
    }
    if (f.zero == Zero::kMinimum) {
        block->offsets[g] = stored_bits(f, range.low, block->minimum_unit);
        minimum = stored_value(f, block->offsets[g], block->minimum_unit);
    }
    choose_codes(f, w, n, scale, minimum, zero, codes);
}

}  // namespace

// Divides, as the references do: a product with the inverse can fall on the other side of a tie.
void choose_codes(const Format& f, const float* w, int64_t n, float scale, float minimum,
                  float zero, uint8_t* codes) {
    if (f.zero == Zero::kNf4) return nf4_codes(w, n, scale * kNf4Largest, codes);
    if (scale == 0) {
        std::fill(codes, codes + n, static_cast<uint8_t>(zero));
        return;
    }
    const float top = max_code(f);
    for (int64_t i = 0; i < n; ++i) {
        const float v = round_half_even((w[i] - minimum) / scale) + zero;  // NaN ends as 0
        codes[i] = static_cast<uint8_t>(static_cast<int32_t>(std::min(std::max(0.0f, v), top)));
    }
}

void encode_block_row(const Format& f, const float* w, int64_t row, int64_t cols, uint8_t* tile) {
    BlockRow block;
    block.resize(f, cols);
    const int64_t size = f.group_size(cols);
    std::vector<Range> ranges(block.scales.size());
    for (int64_t g = 0; g < f.n_groups(cols); ++g) {
        ranges[g] = range_of(f, w + g * size, std::min(size, cols - g * size));
    }
    if (f.two_level) choose_units(ranges, &block);
    for (int64_t g = 0; g < f.n_groups(cols); ++g) {
        encode_group(f, w + g * size, std::min(size, cols - g * size), ranges[g], g,
                     &block.codes[g * size], &block);
    }
    pack_row(f, block, cols, tile, row);
}

}  // namespace quern
