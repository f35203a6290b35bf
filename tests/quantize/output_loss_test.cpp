// The loss of a product's outputs, against the outputs themselves in f64.
#include "calibration/output_loss.h"

#include "calibration/layer_tensors.h"
#include "fixtures.h"
#include "support/aligned.h"

using namespace quern;
using namespace quern::test;

namespace {

/// A change of a matrix and the inputs that it meets, which are far from independent.
struct Change {
    static constexpr int64_t kRows = 37, kCols = 300, kTokens = 50;  // a cut tile, two chunks

    Change() : rows(gaussian(1, kRows * kCols)), inputs(gaussian(2, kTokens * kCols)) {
        for (int64_t t = 0; t < kTokens; ++t) {
            float* x = &inputs[static_cast<size_t>(t * kCols)];
            for (int64_t k = 1; k < kCols; ++k) x[k] += 0.5f * x[k - 1];
        }
        for (int64_t i = 0; i < n_tiles(kRows); ++i) {
            const int64_t begin = i * kTileRows;
            pack_tile(&rows[static_cast<size_t>(begin * kCols)], std::min(kTileRows, kRows - begin),
                      kCols, tiles.as<float>() + i * tile_floats);
        }
    }
    double input(int64_t token, int64_t k) const {
        return static_cast<double>(inputs[static_cast<size_t>(token * kCols + k)]);
    }
    double change(int64_t row, int64_t k) const {
        return static_cast<double>(rows[static_cast<size_t>(row * kCols + k)]);
    }
    /// Mean over tokens of x_i x_j.
    float moment(int64_t i, int64_t j) const {
        double sum = 0;
        for (int64_t t = 0; t < kTokens; ++t) sum += input(t, i) * input(t, j);
        return static_cast<float>(sum / kTokens);
    }
    double loss(const InputStatistics& s) {
        ThreadPool pool(2);
        auto loss = output_loss(tiles.as<float>(), kRows, s, pool);
        check_ok(loss.status());
        return loss.ok() ? *loss : 0;
    }

    const int64_t tile_floats = padded_cols(kCols) * kTileRows;
    std::vector<float> rows, inputs;
    Aligned tiles{size_of(n_tiles(kRows) * tile_floats) * sizeof(float)};
};

}  // namespace

TEST_CASE("output loss: the mean square of what the change adds to the outputs") {
    Change change;
    InputStatistics s;
    s.n = Change::kCols;
    for (int64_t i = 0; i < Change::kCols; ++i) {
        for (int64_t j = 0; j < Change::kCols; ++j) s.hessian.push_back(change.moment(i, j));
    }
    double expected = 0;
    for (int64_t t = 0; t < Change::kTokens; ++t) {
        for (int64_t r = 0; r < Change::kRows; ++r) {
            double y = 0;
            for (int64_t k = 0; k < Change::kCols; ++k)
                y += change.change(r, k) * change.input(t, k);
            expected += y * y / Change::kTokens;
        }
    }
    CHECK(change.loss(s) == doctest::Approx(expected).epsilon(1e-5));
}

TEST_CASE("output loss: without products of different inputs, squares alone") {
    Change change;
    InputStatistics s;
    s.n = Change::kCols;
    double expected = 0;
    for (int64_t k = 0; k < Change::kCols; ++k) {
        s.mean_square.push_back(change.moment(k, k));
        for (int64_t r = 0; r < Change::kRows; ++r) {
            expected += change.change(r, k) * change.change(r, k) *
                        static_cast<double>(s.mean_square.back());
        }
    }
    CHECK(change.loss(s) == doctest::Approx(expected).epsilon(1e-5));
}
