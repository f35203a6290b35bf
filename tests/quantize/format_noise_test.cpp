// The noise of a format: that of the bytes which its rounding writes, weighed by what is read.
#include "allocation/format_noise.h"

#include <doctest/doctest.h>

#include "importance.h"
#include "methods/methods.h"
#include "support/pseudo_random.h"

using namespace quern;
using namespace quern::test;

TEST_CASE("format noise: that of what is written, whether or not the grid weighs inputs") {
    constexpr int64_t kRows = 16, kCols = 64;
    const Format& format = *find_format("q4z_g32");
    const std::vector<float> w = uniform(3, kRows * kCols);
    InputStatistics statistics;
    statistics.n = kCols;
    for (int64_t k = 0; k < kCols; ++k) statistics.mean_square.push_back(k % 8 == 0 ? 50.0f : 0.1f);
    const std::vector<float> importance = column_importance(statistics.mean_square);
    std::vector<double> noise;
    for (const bool by_inputs : {false, true}) {
        const auto rounding =
            nearest_rounding(format, by_inputs ? &statistics : nullptr, GridChoice::kSearched);
        std::vector<uint8_t> tile(format.tile_bytes(format, kCols));
        rounding->encode_tile(w.data(), kRows, kCols, tile.data());
        std::vector<float> written(w.size());
        format.decode_tile(tile.data(), kRows, kCols, written.data());
        double error = 0, energy = 0;
        for (size_t i = 0; i < w.size(); ++i) {
            const auto h = static_cast<double>(importance[i % kCols]);
            const double value = static_cast<double>(w[i]);
            error += h * (static_cast<double>(written[i]) - value) *
                     (static_cast<double>(written[i]) - value);
            energy += h * value * value;
        }
        const NoiseTrial trial{kCols, {w}, &statistics, GridChoice::kSearched, by_inputs};
        const Format* const formats_tried[] = {&format};
        const auto found = relative_noise(trial, formats_tried, 1, nullptr);
        REQUIRE(found.ok());
        CHECK(found.value()[0] == doctest::Approx(error / energy).epsilon(1e-12));
        noise.push_back(found.value()[0]);
    }
    CHECK(noise[1] < 0.9 * noise[0]);
}
