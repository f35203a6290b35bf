// The block family, q<bits>[z|m]_g<group>[d] and nf4_g<group>[d], taken apart: codes, scales and
// offsets of one row. Methods (RTN, GPTQ, AWQ) and importers (GGUF) produce a BlockRow; pack_row()
// puts it into its tile exactly.
//
// Two levels, suffix "d" (the double quantization of QLoRA, Dettmers et al. 2023, section 3): the
// scales of a row are quantized too. A scale is a signed byte times the row's unit, an f16, and so
// is a minimum; both products are exact in f32.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/format.h"

namespace quern {

struct BlockRow {
    std::vector<uint8_t> codes;     ///< [cols], each < 2^bits
    std::vector<uint16_t> scales;   ///< [n_groups] f16 bits; two levels: a signed byte's bits
    std::vector<uint16_t> offsets;  ///< [n_groups] z as a number (Zero::kInteger), m stored like a
                                    ///< scale (Zero::kMinimum), else empty
    uint16_t scale_unit = 0, minimum_unit = 0;  ///< f16 bits; two levels only
    /// Sizes the vectors for a row of `cols` inputs of format f.
    void resize(const Format& f, int64_t cols);
};

/// Writes row `row` of a tile, over whatever was there. unpack_row(pack_row(x)) == x.
void pack_row(const Format& f, const BlockRow& in, int64_t cols, uint8_t* tile, int64_t row);
void unpack_row(const Format& f, const uint8_t* tile, int64_t row, int64_t cols, BlockRow* out);

/// NF4's code book: a code is chosen by the values c, which lie in [-1, 1], and stands for scale
/// times round(127 c).
std::span<const float, 16> nf4_book();

/// The unit of a row whose largest scale, or minimum, has this magnitude: the smallest f16 of which
/// 127 reach it.
uint16_t unit_of(float largest);

/// A scale or minimum as it is stored: the nearest f16, or number of units. What is not 0 counts a
/// unit at least: a group without a scale would vanish.
uint16_t stored_bits(const Format& f, float value, uint16_t unit);
/// What it stands for.
float stored_value(const Format& f, uint16_t bits, uint16_t unit);

}  // namespace quern
