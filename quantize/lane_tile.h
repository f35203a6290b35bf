// A tile as methods work on it: values transposed to [cols][16] (lanes.h), and the codes and grids
// that are to be packed into the format's bytes.
#pragma once

#include <cstdint>

#include "grid.h"
#include "tensor/block.h"

namespace quern {

/// w [rows <= 16, cols] to lanes [cols][16]; missing rows are zero.
void to_lanes(const float* w, int64_t rows, int64_t cols, float* lanes);

/// The codes of sixteen rows in a format of the block family.
class LaneCodes {
  public:
    LaneCodes(const Format& format, int64_t cols);
    /// Before the grids.
    void set_units(const LaneUnits& units);
    void set_grids(int64_t group, const LaneGrids& grids);
    void set_codes(int64_t col, const uint8_t* codes /*[16]*/) {
        for (int r = 0; r < kLanes; ++r) rows_[r].codes[static_cast<size_t>(col)] = codes[r];
    }
    /// Packs the first `rows` rows into a tile.
    void pack(int64_t rows, uint8_t* tile) const;

  private:
    const Format& format_;
    int64_t cols_;
    BlockRow rows_[kLanes];
};

}  // namespace quern
