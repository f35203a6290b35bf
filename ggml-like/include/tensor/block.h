// The block family, q<bits>[z|m]_g<group> and nf4_g<group>, taken apart: codes, scales and offsets
// of one row. Methods (RTN, GPTQ, AWQ) and importers (GGUF) produce a BlockRow; pack_row() puts it
// into its tile exactly.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/format.h"

namespace quern {

struct BlockRow {
    std::vector<uint8_t> codes;     ///< [cols], each < 2^bits
    std::vector<uint16_t> scales;   ///< [n_groups] f16 bits
    std::vector<uint16_t> offsets;  ///< [n_groups] z as a number (Zero::kInteger), m as f16 bits
                                    ///< (Zero::kMinimum), else empty
    /// Sizes the vectors for a row of `cols` inputs of format f.
    void resize(const Format& f, int64_t cols);
};

/// Writes row `row` of a tile, over whatever was there. unpack_row(pack_row(x)) == x.
void pack_row(const Format& f, const BlockRow& in, int64_t cols, uint8_t* tile, int64_t row);
void unpack_row(const Format& f, const uint8_t* tile, int64_t row, int64_t cols, BlockRow* out);

/// NF4's code book: a code is chosen by the values c, which lie in [-1, 1], and stands for scale
/// times round(127 c).
std::span<const float, 16> nf4_book();

/// RTN of one group of n weights with the scale rounded to f16 before codes are chosen.
/// Symmetric: s = (the value of largest magnitude) / -2^(bits-1), so that value is exact (GGUF
/// Q4_0's grid). Integer zero: s = (max - min) / (2^bits - 1) with min <= 0 <= max, z = round(-min
/// / s). Minimum: m = min, s = (max - min) / (2^bits - 1). Codes round half to even. NF4: s =
/// max|w| / 127, the nearest value of the code book, ties to the lower code. An all-zero group gets
/// s = 0.
void encode_group(const Format& f, const float* w, int64_t n, uint8_t* codes, uint16_t* scale,
                  uint16_t* offset);

}  // namespace quern
