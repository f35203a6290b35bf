// Between rows and lanes.
#include "lane_tile.h"

#include "tensor/numeric.h"

namespace quern {

void to_lanes(const float* w, int64_t rows, int64_t cols, float* lanes) {
    for (int64_t k = 0; k < cols; ++k) {
        for (int64_t r = 0; r < kLanes; ++r) {
            lanes[k * kLanes + r] = r < rows ? w[r * cols + k] : 0.0f;
        }
    }
}

LaneCodes::LaneCodes(const Format& format, int64_t cols) : format_(format), cols_(cols) {
    for (BlockRow& row : rows_) row.resize(format, cols);
}

void LaneCodes::set_units(const LaneUnits& units) {
    for (int r = 0; r < kLanes; ++r) {
        rows_[r].scale_unit = f32_to_f16(units.scale[r]);
        rows_[r].minimum_unit = f32_to_f16(units.minimum[r]);
    }
}

void LaneCodes::set_grids(int64_t group, const LaneGrids& grids) {
    const auto g = static_cast<size_t>(group);
    for (int r = 0; r < kLanes; ++r) {
        rows_[r].scales[g] = stored_bits(format_, grids.scale[r], rows_[r].scale_unit);
        if (format_.zero == Zero::kInteger) {
            rows_[r].offsets[g] = static_cast<uint16_t>(grids.zero[r]);
        } else if (format_.zero == Zero::kMinimum) {
            rows_[r].offsets[g] = stored_bits(format_, grids.minimum[r], rows_[r].minimum_unit);
        }
    }
}

void LaneCodes::pack(int64_t rows, uint8_t* tile) const {
    for (int64_t r = 0; r < rows; ++r) pack_row(format_, rows_[r], cols_, tile, r);
}

}  // namespace quern
