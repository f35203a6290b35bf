// RTN, round to nearest: every weight becomes the nearest value of its group's grid.
//
// On the range of the group, minimum to maximum: that is the specification of the formats
// themselves (formats/block_encode.cpp), so each format's encoder is the method. Inside the range
// the error of a weight is uniform in a step D = scale, with mean square D^2 / 12.
//
// On a searched grid: grid.h for the block family; formats that scale by the largest magnitude
// (f8) get the best of some magnitudes that values are clipped to.
#include <algorithm>
#include <cmath>

#include "importance.h"
#include "lane_tile.h"
#include "methods/methods.h"

namespace quern {
namespace {

/// Clipping to this part of the largest magnitude; 1 is the range itself.
constexpr float kClips[] = {1.0f,  0.96f, 0.92f, 0.88f, 0.84f, 0.8f, 0.76f,
                            0.72f, 0.68f, 0.64f, 0.6f,  0.56f, 0.52f};

class RangeRounding final : public Rounding {
  public:
    explicit RangeRounding(const Format& format) : format_(format) {}

    std::vector<double> encode_tile(const float* w, int64_t rows, int64_t cols,
                                    uint8_t* tile) const override {
        format_.encode_tile(w, rows, cols, tile);
        return {};
    }

  private:
    const Format& format_;
};

class SearchedRounding final : public Rounding {
  public:
    SearchedRounding(const Format& format, const InputStatistics* statistics) : format_(format) {
        if (statistics) importance_ = column_importance(statistics->mean_square);
    }

    std::vector<double> encode_tile(const float* w, int64_t rows, int64_t cols,
                                    uint8_t* tile) const override {
        std::vector<float> lanes(static_cast<size_t>(cols * kLanes)), importance(lanes.size());
        to_lanes(w, rows, cols, lanes.data());
        if (importance_.empty()) {
            magnitude_importance(lanes.data(), cols, importance.data());
        } else {
            for (size_t i = 0; i < lanes.size(); ++i) importance[i] = importance_[i / kLanes];
        }
        if (format_.is_block()) {
            encode_block(lanes.data(), importance.data(), rows, cols, tile);
        } else {
            for (int64_t r = 0; r < rows; ++r) {
                encode_clipped(w + r * cols, importance.data() + r, r, cols, tile);
            }
        }
        return {};
    }

  private:
    void encode_block(const float* lanes, const float* importance, int64_t rows, int64_t cols,
                      uint8_t* tile) const {
        LaneCodes out(format_, cols);
        const LaneUnits units = choose_units(format_, lanes, importance, cols);
        out.set_units(units);
        for (int64_t g = 0; g < format_.n_groups(cols); ++g) {
            const int64_t begin = g * format_.group_size(cols);
            const int64_t end = std::min(begin + format_.group_size(cols), cols);
            const LaneGrids grids = searched_grids(format_, units, lanes + begin * kLanes,
                                                   importance + begin * kLanes, end - begin);
            out.set_grids(g, grids);
            for (int64_t k = begin; k < end; ++k) {
                uint8_t codes[kLanes];
                float values[kLanes];
                nearest_codes(grids, lanes + k * kLanes, codes, values);
                out.set_codes(k, codes);
            }
        }
        out.pack(rows, tile);
    }

    /// importance: of this row, kLanes apart.
    void encode_clipped(const float* w, const float* importance, int64_t row, int64_t cols,
                        uint8_t* tile) const {
        const auto size = static_cast<size_t>(cols);
        std::vector<float> clipped(size), written(size), best_clipped(size);
        std::vector<double> best(static_cast<size_t>(format_.n_groups(cols)), HUGE_VAL);
        for (const float clip : kClips) {
            for_each_group(cols, [&](int64_t, int64_t begin, int64_t end) {
                float limit = 0;
                for (int64_t k = begin; k < end; ++k) limit = std::max(limit, std::fabs(w[k]));
                limit *= clip;
                for (int64_t k = begin; k < end; ++k) {
                    clipped[k] = std::min(std::max(w[k], -limit), limit);
                }
            });
            format_.encode_row(format_, clipped.data(), row, cols, tile);
            format_.decode_row(format_, tile, row, cols, written.data());
            for_each_group(cols, [&](int64_t g, int64_t begin, int64_t end) {
                double error = 0;
                for (int64_t k = begin; k < end; ++k) {
                    const float difference = written[k] - w[k];
                    error += static_cast<double>(difference * difference * importance[k * kLanes]);
                }
                if (!(error < best[g]) && clip < 1) return;
                best[g] = error;
                std::copy(&clipped[begin], &clipped[begin] + (end - begin), &best_clipped[begin]);
            });
        }
        format_.encode_row(format_, best_clipped.data(), row, cols, tile);
    }

    template <class Visit>
    void for_each_group(int64_t cols, Visit visit) const {
        for (int64_t g = 0; g < format_.n_groups(cols); ++g) {
            const int64_t begin = g * format_.group_size(cols);
            visit(g, begin, std::min(begin + format_.group_size(cols), cols));
        }
    }

    const Format& format_;
    std::vector<float> importance_;  // [cols] of the inputs; empty: guessed from the weights
};

Result<std::unique_ptr<const Rounding>> prepare_rtn(const Format& format,
                                                    const InputStatistics* statistics,
                                                    const RoundingOptions& options,
                                                    RoundingReport* report) {
    *report = {};
    return nearest_rounding(format, statistics, options.grid);
}

}  // namespace

std::unique_ptr<const Rounding> nearest_rounding(const Format& format,
                                                 const InputStatistics* statistics,
                                                 GridChoice grid) {
    const bool searched =
        grid == GridChoice::kDefault ? statistics != nullptr : grid == GridChoice::kSearched;
    if (searched && format.is_quantized())
        return std::make_unique<SearchedRounding>(format, statistics);
    return std::make_unique<RangeRounding>(format);
}

Method rtn_method() {
    return {"rtn",
            "round to nearest on a grid per group, which spans its range or is searched; needs no "
            "calibration text, takes seconds",
            Needs::kNothing, prepare_rtn};
}

}  // namespace quern
