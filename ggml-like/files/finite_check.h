// Finds NaN and infinity in tiles in bulk: in the values of the float formats, in the scales and
// minima of the block family.
#pragma once

#include <cstdint>

#include "tensor/format.h"

namespace quern {

/// The row (0..15) of a number in the tile that is not finite, -1 if there is none.
int64_t find_nonfinite_row(const Format& format, const uint8_t* tile, int64_t cols);

/// The same for n plain f32 values: the index of one, or -1.
int64_t find_nonfinite(const float* values, int64_t n);

}  // namespace quern
