// Grids of groups: the range grid is the formats' own, and the searched one is better wherever it
// can be, never worse, and near the best there is.
#include "grid.h"

#include "lane_tile.h"
#include "rounding_fixtures.h"
#include "tensor/numeric.h"

using namespace quern;
using namespace quern::test;

namespace {

/// sum over the group of importance * error^2, row r.
double group_error(const std::vector<float>& w, const std::vector<float>& written,
                   const std::vector<float>& importance, int64_t cols, int64_t row, int64_t begin,
                   int64_t end) {
    double sum = 0;
    for (int64_t k = begin; k < end; ++k) {
        const double d =
            static_cast<double>(w[row * cols + k]) - static_cast<double>(written[row * cols + k]);
        sum += static_cast<double>(importance[k]) * d * d;
    }
    return sum;
}

InputStatistics independent_inputs(uint64_t seed, int64_t n) {
    InputStatistics s;
    s.n = n;
    s.mean_square = gaussian(seed, n);
    for (float& v : s.mean_square) v = std::exp(v);
    return s;
}

RoundingOptions with_grid(GridChoice grid) {
    RoundingOptions options;
    options.grid = grid;
    return options;
}

/// The smallest error of a group on any grid s (q - z) or s q + m, by trying very many scales; for
/// each the offset, integer or one of many minima, that is best.
double exhaustive_error(const Format& f, const float* w, const float* h, int64_t n) {
    const double max_code = std::exp2(f.bits) - 1;
    double low = 0, high = 0;
    for (int64_t k = 0; k < n; ++k) {
        low = std::min(low, static_cast<double>(w[k]));
        high = std::max(high, static_cast<double>(w[k]));
    }
    double best = HUGE_VAL;
    for (int i = 1; i <= 300; ++i) {
        const double scale = (high - low) * 1.3 / max_code * i / 300;
        const int offsets = f.zero == Zero::kMinimum ? 100 : static_cast<int>(max_code) + 1;
        for (int z = 0; z < offsets; ++z) {
            const double minimum =
                f.zero == Zero::kMinimum ? low + (high - low) * (z / 100.0 - 0.2) : -scale * z;
            double error = 0;
            for (int64_t k = 0; k < n && error < best; ++k) {
                const double v = static_cast<double>(w[k]);
                const double code =
                    std::clamp(std::nearbyint((v - minimum) / scale), 0.0, max_code);
                error += static_cast<double>(h[k]) * std::pow(v - code * scale - minimum, 2);
            }
            best = std::min(best, error);
        }
    }
    return best;
}

}  // namespace

TEST_CASE("grid: the range grid and its codes are what the format's own encoder writes") {
    constexpr int64_t kRows = 13, kCols = 200;
    std::vector<float> w = gaussian(2, kRows * kCols);
    std::fill(w.begin() + kCols, w.begin() + 2 * kCols, 0.0f);  // no range
    for (int64_t k = 0; k < kCols; ++k) w[3 * kCols + k] = std::fabs(w[3 * kCols + k]) + 1;
    std::vector<float> lanes(kCols * kLanes);
    to_lanes(w.data(), kRows, kCols, lanes.data());
    for (const Format& f : formats()) {
        if (!f.is_block()) continue;
        CAPTURE(f.name);
        LaneCodes codes(f, kCols);
        const LaneUnits units = choose_units(f, lanes.data(), nullptr, kCols);
        codes.set_units(units);
        for (int64_t g = 0; g < f.n_groups(kCols); ++g) {
            const int64_t begin = g * f.group_size(kCols);
            const int64_t end = std::min(begin + f.group_size(kCols), kCols);
            const LaneGrids grids = range_grids(f, units, &lanes[begin * kLanes], end - begin);
            codes.set_grids(g, grids);
            for (int64_t k = begin; k < end; ++k) {
                uint8_t q[kLanes];
                float values[kLanes];
                nearest_codes(grids, &lanes[k * kLanes], q, values);
                codes.set_codes(k, q);
            }
        }
        std::vector<uint8_t> tile(f.tile_bytes(f, kCols)), expected(tile.size());
        codes.pack(kRows, tile.data());
        f.encode_tile(w.data(), kRows, kCols, expected.data());
        CHECK(tile == expected);
    }
}

TEST_CASE("grid: a searched grid is never worse than the range, group by group") {
    constexpr int64_t kRows = 16, kCols = 200;
    const std::vector<float> w = gaussian(4, kRows * kCols);
    const InputStatistics s = independent_inputs(9, kCols);
    for (const Format& f : formats()) {
        CAPTURE(f.name);
        const Rounded range = rounded("rtn", f, &s, with_grid(GridChoice::kRange), w, kRows);
        const Rounded searched = rounded("rtn", f, &s, {}, w, kRows);
        const std::vector<float> a = decoded(f, range.tile, kRows, kCols);
        const std::vector<float> b = decoded(f, searched.tile, kRows, kCols);
        double error = 0, range_error = 0;
        for (int64_t r = 0; r < kRows; ++r) {
            for (int64_t g = 0; g < f.n_groups(kCols); ++g) {
                const int64_t begin = g * f.group_size(kCols);
                const int64_t end = std::min(begin + f.group_size(kCols), kCols);
                const double before = group_error(w, a, s.mean_square, kCols, r, begin, end);
                const double after = group_error(w, b, s.mean_square, kCols, r, begin, end);
                // Two levels: units follow the searched scales, so only the sum is sure to fall.
                if (!f.two_level) CHECK(after <= before * (1 + 1e-5));
                range_error += before;
                error += after;
            }
        }
        CHECK(error <= range_error * (1 + 1e-5));
        // With importance as uneven as this, the search is worth a tenth of the error at least.
        if (f.is_block() && f.bits <= 4) CHECK(error < 0.9 * range_error);
    }
}

TEST_CASE("grid: the search comes close to the best grid of all") {
    constexpr int64_t kRows = 16, kCols = 32;
    const std::vector<float> w = gaussian(6, kRows * kCols);
    const InputStatistics s = independent_inputs(7, kCols);
    for (const char* name : {"q2z_g32", "q3z_g32", "q4z_g32", "q2m_g32", "q3m_g32"}) {
        CAPTURE(name);
        const Format& f = *find_format(name);
        const std::vector<float> written =
            decoded(f, rounded("rtn", f, &s, {}, w, kRows).tile, kRows, kCols);
        double error = 0, best = 0;
        for (int64_t r = 0; r < kRows; ++r) {
            error += group_error(w, written, s.mean_square, kCols, r, 0, kCols);
            best += exhaustive_error(f, &w[r * kCols], s.mean_square.data(), kCols);
        }
        CHECK(error < 1.06 * best);
    }
}

TEST_CASE("grid: without statistics the search lowers the error of large weights") {
    constexpr int64_t kRows = 16, kCols = 128;
    const std::vector<float> w = gaussian(8, kRows * kCols);
    for (const char* name : {"q4_g32", "q4z_g64", "q4m_g128", "q3z_row"}) {
        CAPTURE(name);
        const Format& f = *find_format(name);
        const auto weighted_error = [&](GridChoice grid) {
            const std::vector<float> written = decoded(
                f, rounded("rtn", f, nullptr, with_grid(grid), w, kRows).tile, kRows, kCols);
            double sum = 0;
            for (size_t i = 0; i < w.size(); ++i) {
                const double v = static_cast<double>(w[i]);
                sum += (std::sqrt(2.0) + std::fabs(v)) *
                       std::pow(v - static_cast<double>(written[i]), 2);
            }
            return sum;
        };
        CHECK(weighted_error(GridChoice::kSearched) < 0.95 * weighted_error(GridChoice::kRange));
    }
}

TEST_CASE("grid: zeros, constants and huge values end as they do without a search") {
    constexpr int64_t kCols = 64;
    for (const float value : {0.0f, 0.37f, -2.0f, 1e-7f, 6e4f}) {
        CAPTURE(value);
        const std::vector<float> w(kCols, value);
        for (const Format& f : formats()) {
            CAPTURE(f.name);
            const auto written = [&](GridChoice grid) {
                return decoded(f, rounded("rtn", f, nullptr, with_grid(grid), w, 1).tile, 1, kCols);
            };
            const float range = std::fabs(written(GridChoice::kRange)[0] - value);
            const float searched = std::fabs(written(GridChoice::kSearched)[0] - value);
            CHECK(searched <= range);
        }
    }
}
