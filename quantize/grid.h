// The grid of a group: its scale and its zero or minimum, chosen before its codes. Sixteen rows at
// a time (lanes.h), because GPTQ needs the grids of a group when it reaches it.
//
// Searched: minimise sum_j h_j (w_j - w'_j)^2, h = importance, over grids AS STORED, scale and
// minimum rounded first, to f16 or to units of the row. For given codes the best scale (and
// minimum) is a linear least squares problem of one or two unknowns; for a given grid the best
// codes are the nearest. So a set of starting grids, ranges shrunk from either end, is improved by
// turns, and the best grid that was seen wins. The plain range is one of them: a search never ends
// worse than it.
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

/// What sixteen rows' scales and minima are multiples of, in formats of two levels.
struct LaneUnits {
    alignas(64) float scale[kLanes], minimum[kLanes];
};

/// Units for the grids of all groups, w and importance [cols][16], no importance: for their ranges.
/// `headroom` is how much larger a grid may become before it is cut off. Zeros in formats of one
/// level, which have none.
LaneUnits choose_units(const Format& format, const float* w, const float* importance, int64_t cols,
                       float headroom = 1);

/// The specification of the formats: scale and offset of RTN (formats/block_encode.cpp).
LaneGrids range_grids(const Format& format, const LaneUnits& units, const float* w /*[n][16]*/,
                      int64_t n);

/// importance [n][16], not negative.
LaneGrids searched_grids(const Format& format, const LaneUnits& units, const float* w,
                         const float* importance, int64_t n);

/// The nearest codes of one column w [16] and their values.
void nearest_codes(const LaneGrids& grids, const float* w, uint8_t* codes, float* values);

}  // namespace quern
