// How the block family rounds floats (block_encode.cpp).
#pragma once

#include "tensor/format.h"

namespace quern {

/// Format::encode_row of the block family.
void encode_block_row(const Format& f, const float* w, int64_t row, int64_t cols, uint8_t* tile);

/// codes = clamp(round((w - minimum) / scale) + zero); NF4: the code book decides.
void choose_codes(const Format& f, const float* w, int64_t n, float scale, float minimum,
                  float zero, uint8_t* codes);

}  // namespace quern
