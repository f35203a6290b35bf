// What RTN costs: the error that a conversion measures against theory (step^2 / 12 for uniform
// weights) and against an independent simulation (relative error of Gaussian weights, written by
// tests/goldens/make_rtn_golden.py).
#include "fixtures.h"
#include "methods/methods.h"
#include "tile_encoder.h"

using namespace quern;
using namespace quern::test;

namespace {

/// The sum of squared errors that step^2 / 12 per weight predicts, from the range of each group.
/// Symmetric grids have 2^bits - 1 steps of max |w| / 2^(bits-1).
double predicted_error(const Format& f, const std::vector<float>& w, int64_t cols) {
    const int64_t rows = static_cast<int64_t>(w.size()) / cols;
    double sum = 0;
    for (int64_t row = 0; row < rows; ++row) {
        for (int64_t k = 0; k < cols; k += f.group) {
            const auto begin = w.begin() + row * cols + k;
            const auto end = begin + std::min(f.group, cols - k);
            const double low = static_cast<double>(*std::min_element(begin, end));
            const double high = static_cast<double>(*std::max_element(begin, end));
            const double step = f.zero == Zero::kSymmetric
                                    ? std::max(-low, high) / std::exp2(f.bits - 1)
                                    : (high - low) / (std::exp2(f.bits) - 1);
            sum += step * step / 12 * static_cast<double>(end - begin);
        }
    }
    return sum;
}

TensorReport measure(const std::string& format, const std::vector<float>& w, int64_t cols) {
    const TempDir folder;
    const int64_t rows = static_cast<int64_t>(w.size()) / cols;
    const std::string in = folder.write("in.gguf", one_matrix(w, rows, cols).build());
    return quantized(in, folder.file("out.quern"), with_format(format)).tensors.at(0);
}

}  // namespace

TEST_CASE("rtn: the measured error of uniform weights is step^2 / 12") {
    constexpr int64_t kCols = 512, kRows = 512;
    const std::vector<float> w = uniform(7, kRows * kCols);
    for (const char* name : {"q4z_g32", "q4z_g128", "q4m_g32", "q4m_g128", "q8z_g128", "q8m_g128",
                             "q8_g128", "q6m_g64"}) {
        CAPTURE(name);
        const double expected = predicted_error(*find_format(name), w, kCols);
        // Extremes lie on the grid or are clipped, which changes the mean by a few of 128 weights.
        CHECK(measure(name, w, kCols).squared_error == doctest::Approx(expected).epsilon(0.07));
    }
}

TEST_CASE("rtn: the relative error of Gaussian weights is that of an independent simulation") {
    const std::vector<float> w = gaussian(3, 1024 * 512);
    std::ifstream golden(QUERN_TEST_GOLDENS "/rtn.golden");
    int cases = 0;
    std::string format;
    for (double relative_mse = 0; golden >> format >> relative_mse; ++cases) {
        CAPTURE(format);
        const TensorReport t = measure(format, w, 512);
        CHECK(t.squared_error / t.squared_weight == doctest::Approx(relative_mse).epsilon(0.03));
    }
    CHECK(cases == 9);
}

TEST_CASE("rtn: the reported error is that of the values a reader of the new file gets") {
    constexpr int64_t kRows = 37, kCols = 200;
    const std::vector<float> w = gaussian(11, kRows * kCols);
    const TempDir folder;
    const std::string in = folder.write("in.gguf", one_matrix(w, kRows, kCols).build());
    for (const Format& f : formats()) {
        CAPTURE(f.name);
        const TensorReport t =
            quantized(in, folder.file("out.quern"), with_format(f.name)).tensors.at(0);
        const auto out = open_model(folder.file("out.quern"));
        const std::vector<float> written = values_of(*out, "blk.0.attn_q.weight");
        double error = 0, weight = 0;
        for (size_t i = 0; i < w.size(); ++i) {
            const double value = static_cast<double>(w[i]);
            error += std::pow(value - static_cast<double>(written[i]), 2);
            weight += value * value;
        }
        CHECK(t.squared_error == doctest::Approx(error).epsilon(1e-4));
        if (!t.copied) CHECK(t.squared_weight == doctest::Approx(weight).epsilon(1e-4));
        const double stored = out->find("blk.0.attn_q.weight")->provenance.relative_error;
        CHECK(stored == doctest::Approx(std::sqrt(error / weight)).epsilon(1e-4));
    }
}

TEST_CASE("rtn: a group of zeros stays zeros in every format") {
    constexpr int64_t kRows = 20, kCols = 160;
    std::vector<float> w = gaussian(5, kRows * kCols);
    std::fill(w.begin() + 3 * kCols, w.begin() + 4 * kCols, 0.0f);  // a row
    std::fill(w.begin() + 32, w.begin() + 64, 0.0f);                // a group of 32
    const TempDir folder;
    const std::string in = folder.write("in.gguf", one_matrix(w, kRows, kCols).build());
    for (const Format& f : formats()) {
        CAPTURE(f.name);
        quantized(in, folder.file("out.quern"), with_format(f.name));
        const std::vector<float> written =
            values_of(*open_model(folder.file("out.quern")), "blk.0.attn_q.weight");
        const auto is_zero = [](float v) { return v == 0; };
        CHECK(std::all_of(written.begin() + 3 * kCols, written.begin() + 4 * kCols, is_zero));
        if (f.group == 32) CHECK(std::all_of(written.begin() + 32, written.begin() + 64, is_zero));
    }
    // Nothing but zeros has a relative error of 0, not 0 / 0.
    const TensorReport t = measure("q4z_g32", std::vector<float>(64 * 16), 64);
    CHECK(relative_error(t.squared_error, t.squared_weight) == 0);
}

TEST_CASE("rtn: the loss of outputs weighs every column's error by its inputs") {
    constexpr int64_t kRows = 40, kCols = 64;
    const std::vector<float> w = uniform(7, kRows * kCols);
    const TempDir folder;
    const auto in = open_model(folder.write("in.gguf", one_matrix(w, kRows, kCols).build()));
    const Format& format = *find_format("q4z_g32");
    const PlannedTensor planned{&in->tensors()[0], TensorClass{}, &format, false};
    const auto rounding = nearest_rounding(format, nullptr, GridChoice::kRange);
    std::vector<float> mean_square(kCols, 0.0f);
    mean_square[3] = 2;
    mean_square[50] = 0.25f;
    std::vector<uint8_t> tiles(planned.bytes());
    ErrorSums sums, dropped;
    check_ok(encode_tensor(*in, planned, rounding.get(), with_format("q4z_g32"), tiles.data(),
                           &sums, mean_square));
    double loss = 0;
    std::vector<float> row(kCols);
    for (int64_t r = 0; r < kRows; ++r) {
        const uint8_t* tile = tiles.data() + static_cast<uint64_t>(r / 16) * planned.unit_bytes();
        format.decode_row(format, tile, r % 16, kCols, row.data());
        for (const int64_t k : {3, 50}) {
            const double e = double{row[k]} - double{w[r * kCols + k]};
            loss += double{mean_square[k]} * e * e;
        }
    }
    CHECK(loss > 0);
    CHECK(sums.loss == doctest::Approx(loss).epsilon(1e-5));
    check_ok(encode_tensor(*in, planned, rounding.get(), with_format("q4z_g32"), nullptr, &dropped,
                           mean_square));
    CHECK(dropped.loss == sums.loss);
    CHECK(dropped.error == sums.error);
}
