// The grid of a group: its scale and its zero or minimum, chosen before its codes. Sixteen rows at
// a time (lanes.h), because GPTQ needs the grids of a group when it reaches it.
//
// Searched: minimise sum_j h_j (w_j - w'_j)^2, h = importance, over grids AS STORED, scale and
// minimum rounded to f16 first. For given codes the best scale (and minimum) is a linear least
// squares problem of one or two unknowns; for a given grid the best codes are the nearest. So a
// set of starting grids, ranges shrunk from either end, is improved by turns, and the best grid
// that was seen wins. The plain range is one of them: a search never ends worse than it.
#pragma once

#include <cstdint>

#include "lanes.h"
#include "tensor/format.h"

namespace quern {

/// The grids of one group in sixteen rows: w' = scale (code - zero) + minimum, with the minimum 0
/// unless the format has one, and the zero fixed unless it is an integer of the format's. NF4: w' =
/// scale v(code).
struct LaneGrids {
    alignas(64) float scale[kLanes], zero[kLanes], minimum[kLanes];
    float max_code;
    bool table;  ///< NF4
};

/// The specification of the formats: encode_group()'s scale and offset (tensor/block.h).
LaneGrids range_grids(const Format& format, const float* w /*[n][16]*/, int64_t n);

/// importance [n][16], not negative.
LaneGrids searched_grids(const Format& format, const float* w, const float* importance, int64_t n);

/// The nearest codes of one column w [16] and their values.
void nearest_codes(const LaneGrids& grids, const float* w, uint8_t* codes, float* values);

}  // namespace quern
