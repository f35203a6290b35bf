// The matrix products of the instruction set in use (QUERN_ISA forces one) and their scalar twins
// against sums in double precision, over formats, lengths, shapes, offsets in memory and extreme
// values: |y - sum| <= c eps sum |terms|.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "ops/product.h"
#include "support/aligned.h"
#include "support/pseudo_random.h"
#include "tensor/block.h"
#include "tensor/numeric.h"
#include "tensor/system.h"

using namespace quern;
using namespace quern::test;

namespace {

const Format& rounded_f16() { return product_format(*find_format("f16"), true); }

/// All formats, and the f16 that kernels may round to bf16.
const std::vector<Format>& multiplied_formats() {
    static const std::vector<Format> all = [] {
        std::vector<Format> list(formats().begin(), formats().end());
        list.push_back(rounded_f16());
        return list;
    }();
    return all;
}

/// The number that stands for a weight in products.
double multiplied(const Kernels& kernels, const Format& f, float weight) {
    const bool rounds =
        f.codec == Codec::kF16 && f.inputs == InputKind::kBf16 && kernels.peaks.bf16 != nullptr;
    return double{rounds ? bf16_to_f32(f32_to_bf16(weight)) : weight};
}

/// Above what any kernel takes as few tokens, and no multiple of its blocks of many.
constexpr int64_t kManyTokens = 71;

/// A matrix in tiles, with every code and large spreads of scales.
struct Matrix {
    const Format& f;
    int64_t rows, cols;
    uint64_t tile_bytes;
    Aligned data;
    std::vector<float> values;  ///< decoded [rows, cols]
    std::vector<double>
        largest;  ///< per row: no part of a weight, scale * code or offset, is larger

    Matrix(const Format& format, int64_t n_rows, int64_t n_cols)
        : f(format),
          rows(n_rows),
          cols(n_cols),
          tile_bytes(f.tile_bytes(f, cols)),
          data(f.matrix_bytes(rows, cols)),
          values(static_cast<size_t>(rows * cols)) {
        std::vector<float> w = uniform(static_cast<uint64_t>(rows * 1000 + cols), rows * cols);
        for (int64_t r = 0; r < rows; ++r) {
            for (int64_t k = 0; k < cols; ++k) {
                w[r * cols + k] = std::ldexp(w[r * cols + k] + (r % 3 == 0 ? 0.4f : 0), r % 5 - 2);
            }
        }
        for (int64_t t = 0; t * 16 < rows; ++t) {
            f.encode_tile(&w[t * 16 * cols], std::min<int64_t>(16, rows - t * 16), cols, tile(t));
        }
        decode();
    }
    void decode() {
        largest.assign(static_cast<size_t>(rows), 0);
        for (int64_t r = 0; r < rows; ++r) {
            f.decode_row(f, tile(r / 16), r % 16, cols, &values[r * cols]);
            for (int64_t k = 0; k < cols; ++k) {
                largest[r] = std::max(largest[r], 2 * std::fabs(double{values[r * cols + k]}));
            }
        }
    }
    uint8_t* tile(int64_t i) { return data.data() + static_cast<uint64_t>(i) * tile_bytes; }
};

/// Inputs in the form the format's kernel takes, and as the numbers they stand for. Instruction
/// sets agree on int8 and f32; rounded to bf16, each has a layout of its own.
struct Input {
    std::vector<float> values;  ///< [tokens, cols]
    uint64_t stride;
    Aligned scalar, active;

    Input(const Format& f, std::vector<float> x, int64_t tokens, int64_t cols)
        : values(std::move(x)),
          stride(static_cast<uint64_t>(input_bytes(f, cols))),
          scalar(stride * static_cast<uint64_t>(tokens)),
          active(stride * static_cast<uint64_t>(tokens)) {
        InputTask task{values.data(), cols,          tokens,
                       cols,          scalar.data(), static_cast<int64_t>(stride)};
        make_inputs(kScalarKernels, f, task);
        task.out = active.data();
        make_inputs(active_kernels(), f, task);
        for (int64_t t = 0; t < tokens; ++t) {
            const uint64_t at = static_cast<uint64_t>(t) * stride;
            float* row = &values[t * cols];
            const ActivationLayout layout{cols};
            const auto* scales =
                reinterpret_cast<const float*>(scalar.data() + at + layout.scale_offset());
            for (int64_t k = 0; k < cols; ++k) {
                if (f.inputs == InputKind::kBf16) row[k] = bf16_to_f32(f32_to_bf16(row[k]));
                if (f.inputs != InputKind::kInt8) continue;
                row[k] = scales[k / kActivationChunk] * static_cast<int8_t>(scalar.data()[at + k]);
            }
        }
    }
    uint8_t* rows_for(const Kernels& kernels) {
        return &kernels == &kScalarKernels ? scalar.data() : active.data();
    }
};

/// A product whose operands and result are all there, and where they lie is the usual place.
MatmulTask task_of(const Kernels& kernels, Matrix& w, Input& x, int64_t tokens, float* y) {
    MatmulTask task = product_task(w.f, w.rows, w.cols);
    task.weight = w.data.data();
    task.x = x.rows_for(kernels);
    task.x_stride = x.stride;
    task.tokens = tokens;
    task.y = y;
    task.y_stride = w.rows;
    task.tile_end = (w.rows + 15) / 16;
    return task;
}

std::vector<float> multiply(const Kernels& kernels, Matrix& w, Input& x, int64_t tokens) {
    std::vector<float> y(static_cast<size_t>(tokens * w.rows), -777.0f);
    product_kernel(kernels, w.f)(task_of(kernels, w, x, tokens, y.data()));
    return y;
}

/// How many inputs have a scale for the weights and a sum.
int64_t group_of(const Format& f) {
    return f.is_block() ? product_task(f, 1, 1).group : kChunkCols;
}

/// The largest difference from the sum in double precision, in units of the bound.
double worst_error(const Kernels& kernels, const Matrix& w, const Input& x,
                   const std::vector<float>& y) {
    double worst = 0;
    for (size_t i = 0; i < y.size(); ++i) {
        const int64_t t = static_cast<int64_t>(i) / w.rows, r = static_cast<int64_t>(i) % w.rows;
        // Kernels sum scale * code and the offset apart: either may be as large as the row's
        // largest weight.
        double sum = 0, terms = 0;
        for (int64_t k = 0; k < w.cols; ++k) {
            const double input = double{x.values[t * w.cols + k]};
            const double p = multiplied(kernels, w.f, w.values[r * w.cols + k]) * input;
            sum += p;
            terms += std::fabs(p);
            if (w.f.is_block()) terms += w.largest[r] * std::fabs(input);
        }
        const double eps = std::numeric_limits<float>::epsilon();
        const double bound = (static_cast<double>(w.cols) + 4) * eps * terms + 1e-30;
        const double error = std::fabs(double{y[i]} - sum) / bound;
        worst = std::max(worst, std::isnan(error) ? INFINITY : error);
    }
    return worst;
}

/// Both kernels against the sum in double precision.
void check_product(Matrix& w, Input& x, int64_t tokens) {
    CAPTURE(w.f.name);
    CAPTURE(w.rows);
    CAPTURE(w.cols);
    CAPTURE(tokens);
    const std::vector<float> scalar = multiply(kScalarKernels, w, x, tokens);
    const std::vector<float> fast = multiply(active_kernels(), w, x, tokens);
    const double worst_scalar = worst_error(kScalarKernels, w, x, scalar);
    const double worst_fast = worst_error(active_kernels(), w, x, fast);
    CHECK(worst_scalar <= 1.0);
    CHECK(worst_fast <= 1.0);
}

void check_product(const Format& f, int64_t rows, int64_t cols, int64_t tokens,
                   std::vector<float> inputs) {
    Matrix w(f, rows, cols);
    Input x(f, std::move(inputs), tokens, cols);
    check_product(w, x, tokens);
}

/// Rows of extreme scales, codes and offsets, in all combinations.
struct Extremes {
    static constexpr uint16_t kScales[] = {0x7BFF, 0xFBFF, 0x0001, 0x83FF, 0x0000, 0xBC00};
    static constexpr int kPatterns = 3;  ///< of codes: all 0, all largest, both
    static constexpr uint16_t kMinima[] = {0x0001, 0xFBFF, 0x7BFF};
    static constexpr uint16_t kCounts[] = {0x7F, 0x80};  ///< of units: 127, -128
    static constexpr int64_t kRows = 6 * kPatterns * 3;

    static void fill(Matrix* w) {
        const Format& f = w->f;
        const int largest_code = (1 << f.bits) - 1;
        BlockRow row;
        row.resize(f, w->cols);
        for (int64_t r = 0; r < kRows; ++r) {
            const int64_t pattern = r / 6 % kPatterns, offset = r / 18;
            for (size_t k = 0; k < row.codes.size(); ++k) {
                const bool high = pattern == 1 || (pattern == 2 && k % 2 == 1);
                row.codes[k] = static_cast<uint8_t>(high ? largest_code : 0);
            }
            const int zeros[] = {0, largest_code, largest_code / 2};
            row.scale_unit = kScales[r % 6];
            row.minimum_unit = kMinima[offset];
            std::fill(row.scales.begin(), row.scales.end(),
                      f.two_level ? kCounts[r % 2] : row.scale_unit);
            std::fill(row.offsets.begin(), row.offsets.end(),
                      f.zero != Zero::kMinimum ? static_cast<uint16_t>(zeros[offset])
                      : f.two_level            ? kCounts[1 - r % 2]
                                               : row.minimum_unit);
            pack_row(f, row, w->cols, w->tile(r / 16), r % 16);
        }
        w->decode();
        const double most_units = f.two_level ? 128 : 1;
        for (int64_t r = 0; r < kRows; ++r) {
            const double minimum =
                f.zero == Zero::kMinimum ? double{f16_to_f32(kMinima[r / 18])} : 0;
            const double scale = double{f16_to_f32(kScales[r % 6])};
            w->largest[r] = 2 * most_units * (std::fabs(scale) * 255 + std::fabs(minimum));
        }
    }
};

}  // namespace

TEST_CASE("matrix products of every format agree with the decoded weights: shapes") {
    for (const Format& f : multiplied_formats()) {
        for (int64_t cols : {32, 160}) {
            for (int64_t tokens : {1, 2, 3, 4, 5, 9}) {
                check_product(f, 35, cols, tokens, uniform(11, tokens * cols));
            }
        }
    }
}

TEST_CASE("matrix products: every format over two segments") {
    constexpr int64_t kCols = 545;
    for (const Format& f : multiplied_formats()) {
        for (int64_t tokens : {1, 2, 9}) {
            check_product(f, 17, kCols, tokens, uniform(18, tokens * kCols));
        }
    }
}

TEST_CASE("matrix products: every format with any number of rows and tokens") {
    for (const Format& f : multiplied_formats()) {
        for (int64_t tokens = 1; tokens <= 23; ++tokens) {
            const int64_t rows = 1 + tokens * 3 % 37;
            check_product(f, rows, 96, tokens, uniform(12, tokens * 96));
        }
        for (int64_t rows = 1; rows <= 50; rows += 7) {
            for (int64_t tokens : {1, 3, 10}) {
                check_product(f, rows, 64, tokens, uniform(13, tokens * 64));
            }
        }
    }
}

TEST_CASE("matrix products: every format at every length up to two groups") {
    for (const Format& f : multiplied_formats()) {
        const int64_t end = 2 * group_of(f);
        for (int64_t cols = 1; cols <= end; ++cols) {
            check_product(f, 16, cols, cols % 3 == 0 ? 1 : 9, uniform(cols, 9 * cols));
        }
    }
}

TEST_CASE("matrix products: blocks of tokens of every size at lengths around chunks and groups") {
    constexpr int64_t kChecked = 9, kRowCount = 35;  // a cut tile behind whole ones
    for (const Format& f : multiplied_formats()) {
        const int64_t group = group_of(f);
        const int64_t lengths[] = {31, 33, 95, 97, group - 1, group, group + 1, 2 * group + 1};
        for (int64_t cols : lengths) {
            CAPTURE(cols);
            Matrix w(f, kRowCount, cols);
            Input x(f, uniform(16, kManyTokens * cols), kManyTokens, cols);
            check_product(w, x, kChecked);
            // All numbers of tokens must give the same bits, so that one needs the slow sums.
            const std::vector<float> together = multiply(active_kernels(), w, x, kManyTokens);
            for (int64_t tokens : {1, 2, 4, 6, 8, 9, 17, 64, 65, 68, 70}) {
                CAPTURE(tokens);
                const std::vector<float> few = multiply(active_kernels(), w, x, tokens);
                CHECK(std::memcmp(few.data(), together.data(), few.size() * sizeof(float)) == 0);
            }
        }
    }
}

TEST_CASE("matrix products: every format over more tiles than are multiplied together") {
    for (const Format& f : multiplied_formats()) {
        for (int64_t tokens : {1, 3, 4, 6, 8}) {
            check_product(f, 131, 64, tokens, uniform(14, tokens * 64));
        }
    }
}

TEST_CASE("matrix products: a share of the tiles is a part of the whole product") {
    constexpr int64_t kRows = 107, kCols = 64;
    for (const Format& f : multiplied_formats()) {
        CAPTURE(f.name);
        Matrix w(f, kRows, kCols);
        for (int64_t tokens : {int64_t{1}, int64_t{4}, int64_t{8}, int64_t{20}, kManyTokens}) {
            CAPTURE(tokens);
            Input x(f, uniform(15, tokens * kCols), tokens, kCols);
            std::vector<float> expected = multiply(active_kernels(), w, x, tokens);
            for (size_t end : {6, 5}) {  // kernels take tiles in pairs, the last may be alone
                CAPTURE(end);
                std::vector<float> y(expected.size(), -777.0f);
                MatmulTask task = task_of(active_kernels(), w, x, tokens, y.data());
                task.tile_begin = 2;
                task.tile_end = static_cast<int64_t>(end);
                product_kernel(active_kernels(), f)(task);
                for (size_t i = 0; i < expected.size(); ++i) {
                    const size_t row = i % kRows;
                    if (row < 32 || row >= end * 16) expected[i] = -777.0f;
                }
                CHECK(y == expected);
            }
        }
    }
}

TEST_CASE("matrix products: how far ahead memory is asked for changes no result") {
    constexpr int64_t kRowCount = 40, kCols = 2080;  // a tile is long
    for (const Format& f : multiplied_formats()) {
        CAPTURE(f.name);
        Matrix w(f, kRowCount, kCols);
        for (int64_t tokens : {1, 4, 6, 9}) {
            Input x(f, uniform(19, tokens * kCols), tokens, kCols);
            std::vector<float> results[2];
            for (const int64_t ahead : {0, 5120}) {
                std::vector<float>& y = results[ahead > 0];
                y.resize(static_cast<size_t>(tokens * kRowCount));
                MatmulTask task = task_of(active_kernels(), w, x, tokens, y.data());
                task.ahead = ahead;
                product_kernel(active_kernels(), f)(task);
            }
            CHECK(results[0] == results[1]);
        }
    }
}

TEST_CASE("matrix products: no tokens or no tiles write nothing") {
    for (const Format& f : multiplied_formats()) {
        CAPTURE(f.name);
        Matrix w(f, 20, 64);
        Input x(f, uniform(1, 3 * 64), 3, 64);
        const std::vector<float> untouched(60, -777.0f);
        for (const Kernels* kernels : {&kScalarKernels, &active_kernels()}) {
            std::vector<float> y = untouched;
            MatmulTask task = task_of(*kernels, w, x, 3, y.data());
            task.tokens = 0;
            product_kernel(*kernels, f)(task);
            CHECK(y == untouched);
            task.tokens = 3;
            task.tile_begin = task.tile_end;
            product_kernel(*kernels, f)(task);
            CHECK(y == untouched);
        }
    }
}

TEST_CASE(
    "matrix products: inputs and results at odd offsets, and nothing beside them is touched") {
    constexpr int64_t kRowCount = 21, kCols = 100, kTokens = kManyTokens, kStride = kRowCount + 4;
    for (const Format& f : multiplied_formats()) {
        CAPTURE(f.name);
        Matrix w(f, kRowCount, kCols);
        Input x(f, uniform(3, kTokens * kCols), kTokens, kCols);
        const uint64_t stride = x.stride + 4;
        Aligned moved(stride * kTokens + 4);
        for (uint64_t t = 0; t < kTokens; ++t) {
            std::memcpy(moved.data() + 4 + t * stride, x.active.data() + t * x.stride, x.stride);
        }
        for (int64_t tokens : {int64_t{1}, int64_t{4}, int64_t{11}, kTokens}) {
            const std::vector<float> usual = multiply(active_kernels(), w, x, tokens);
            std::vector<float> y(kStride * kTokens + 1, -777.0f);
            MatmulTask task = task_of(active_kernels(), w, x, tokens, y.data() + 1);
            task.x = moved.data() + 4;
            task.x_stride = stride;
            task.y_stride = kStride;
            product_kernel(active_kernels(), f)(task);
            for (int64_t i = 0; i < static_cast<int64_t>(y.size()); ++i) {
                const int64_t t = (i - 1) / kStride, r = (i - 1) % kStride;
                const bool inside = i > 0 && t < tokens && r < kRowCount;
                REQUIRE(y[i] == (inside ? usual[t * kRowCount + r] : -777.0f));
            }
        }
    }
}

TEST_CASE("matrix products: extreme scales, codes and offsets") {
    for (const Format& f : multiplied_formats()) {
        if (!f.is_block()) continue;
        for (int64_t cols : {40, 256}) {
            Matrix w(f, Extremes::kRows, cols);
            Extremes::fill(&w);
            for (int64_t tokens : {int64_t{1}, int64_t{3}, int64_t{11}, kManyTokens}) {
                std::vector<float> inputs = uniform(5, tokens * cols);
                for (int64_t t = 0; t < tokens; t += 3) {  // codes all -127, all 127, any
                    std::fill_n(inputs.begin() + t * cols, cols, -2.5f);
                    if (t + 1 < tokens) std::fill_n(inputs.begin() + (t + 1) * cols, cols, 2.5f);
                }
                Input x(f, std::move(inputs), tokens, cols);
                check_product(w, x, tokens);
            }
        }
    }
}

TEST_CASE("matrix products: floats of extreme size") {
    for (const Format& f : multiplied_formats()) {
        if (f.is_block()) continue;
        CAPTURE(f.name);
        constexpr int64_t kCols = 70;
        const float top = f.codec == Codec::kF16 ? 65504.0f : 1e30f;
        const float magnitudes[] = {top, -top, 1e-7f, -6e-5f, 1e-39f, 0.0f, -0.0f};
        Matrix w(f, 14, kCols);
        for (int64_t r = 0; r < 14; ++r) {
            std::vector<float> row(kCols, magnitudes[r % 7]);
            if (r >= 7) row[9] = -row[9];
            f.encode_row(f, row.data(), r, kCols, w.tile(0));
        }
        w.decode();
        for (int64_t tokens : {1, 9}) {
            Input x(f, uniform(8, tokens * kCols), tokens, kCols);
            check_product(w, x, tokens);
        }
    }
}

TEST_CASE("matrix products: every finite f8 code is exact, also where none is subnormal") {
    struct Codes {
        const char* format;
        int largest, exponent;
    };
    for (const Codes& codes : {Codes{"f8_e4m3", 0x7E, 0x78}, Codes{"f8_e5m2", 0x7B, 0x7C}}) {
        const Format& f = *find_format(codes.format);
        CAPTURE(f.name);
        constexpr int64_t kCols = 64;
        std::vector<float> units(kCols * kCols);  // token t picks weight t
        for (int64_t t = 0; t < kCols; ++t) units[t * kCols + t] = 1;
        Input x(f, units, kCols, kCols);
        for (const bool subnormal : {true, false}) {
            Matrix w(f, 16, kCols);
            for (int64_t i = 0; i < 16 * kCols; ++i) {
                auto code = static_cast<uint8_t>(i);
                if ((code & 0x7F) > codes.largest) code ^= 0x40;
                if (!subnormal && (code & codes.exponent) == 0) code |= 0x40;
                w.data.data()[i] = code;
            }
            w.decode();
            for (const int64_t tokens : {int64_t{1}, kCols}) {
                const std::vector<float> y = multiply(active_kernels(), w, x, tokens);
                for (int64_t i = 0; i < tokens * 16; ++i) {
                    REQUIRE(y[i] == w.values[i % 16 * kCols + i / 16]);
                }
            }
        }
    }
}

TEST_CASE("matrix products: extreme activations and codes saturate nothing") {
    for (const Format& f : multiplied_formats()) {
        const int64_t cols = 256;
        for (int64_t tokens : {int64_t{5}, kManyTokens}) {
            const auto n = static_cast<size_t>(tokens * cols);
            for (float sign : {1.0f, -1.0f}) {  // codes of +-127: 16-bit sums are at their largest
                check_product(f, 17, cols, tokens, std::vector<float>(n, sign * 3.0f));
            }
            std::vector<float> spiky(n, 1e-6f);
            spiky[100] = 1e4f;
            check_product(f, 17, cols, tokens, spiky);
        }
    }
}

TEST_CASE("integer sums of the largest codes are exact over long rows") {
    for (const char* name : {"q8z_row", "q4z_row", "q6z_row", "q5z_row"}) {
        const Format& f = *find_format(name);
        CAPTURE(name);
        const int64_t cols = 20000;
        BlockRow row;
        row.resize(f, cols);
        std::fill(row.codes.begin(), row.codes.end(), static_cast<uint8_t>((1 << f.bits) - 1));
        row.scales[0] = 0x3C00;  // 1
        row.offsets[0] = 0;
        Matrix w(f, 16, cols);
        std::memset(w.data.data(), 0, w.tile_bytes);
        for (int r = 0; r < 16; ++r) pack_row(f, row, cols, w.data.data(), r);
        const double expected = static_cast<double>((1 << f.bits) - 1) * 127.0 * cols;
        for (int64_t tokens : {int64_t{1}, int64_t{9}, kManyTokens}) {
            const auto n = static_cast<size_t>(tokens * cols);
            Input x(f, std::vector<float>(n, 127.0f), tokens, cols);
            for (float y : multiply(active_kernels(), w, x, tokens)) {
                CHECK(static_cast<double>(y) == doctest::Approx(expected).epsilon(1e-6));
            }
        }
    }
}

TEST_CASE("a token's result does not depend on the tokens beside it") {
    const int64_t cols = 2501, rows = 20;  // more than one panel
    const std::vector<float> x = uniform(5, kManyTokens * cols);
    for (const Format& f : multiplied_formats()) {
        CAPTURE(f.name);
        Matrix w(f, rows, cols);
        Input all(f, x, kManyTokens, cols);
        const std::vector<float> together = multiply(active_kernels(), w, all, kManyTokens);
        for (int64_t n : {1, 2, 3, 7, 9, 13}) {
            CAPTURE(n);
            Input few(f, {x.begin() + 5 * cols, x.begin() + (5 + n) * cols}, n, cols);
            const std::vector<float> alone = multiply(active_kernels(), w, few, n);
            CHECK(std::memcmp(alone.data(), &together[5 * rows], alone.size() * sizeof(float)) ==
                  0);
        }
    }
}

TEST_CASE("matrix products: few tokens of rows of several segments") {
    constexpr int64_t kRowCount = 20, kAll = 9, kLongest = 4130;
    const std::vector<float> inputs = uniform(23, kAll * kLongest);
    for (const char* name :
         {"q4_g32", "q4z_g32", "q4z_g128", "q3m_g64d", "q8_g32", "q8z_row", "nf4_g64"}) {
        CAPTURE(name);
        for (const int64_t cols : {int64_t{511}, int64_t{513}, int64_t{1024}, kLongest}) {
            CAPTURE(cols);
            Matrix w(*find_format(name), kRowCount, cols);
            Input x(w.f, {inputs.begin(), inputs.begin() + kAll * cols}, kAll, cols);
            const std::vector<float> together = multiply(active_kernels(), w, x, kAll);
            for (int64_t tokens = 1; tokens < kAll; ++tokens) {
                CAPTURE(tokens);
                const std::vector<float> few = multiply(active_kernels(), w, x, tokens);
                CHECK(std::memcmp(few.data(), together.data(), few.size() * sizeof(float)) == 0);
            }
            check_product(w, x, 1);
        }
    }
}

TEST_CASE("matrix products: what lies behind a row's last input has no part in them") {
    constexpr int64_t kCols = 33, kRowCount = 20, kMost = 9;
    for (const Format* f : {find_format("f16"), &rounded_f16(), find_format("bf16")}) {
        CAPTURE(f->name);
        Matrix w(*f, kRowCount, kCols);
        Input x(w.f, uniform(17, kMost * kCols), kMost, kCols);
        const std::vector<float> one = multiply(active_kernels(), w, x, 1);
        const std::vector<float> several = multiply(active_kernels(), w, x, kMost);
        for (int64_t row = 0; row < kRowCount; ++row) {
            const uint16_t nan = 0x7FFF;  // in either format
            std::memcpy(w.tile(row / 16) + kCols / 2 * 64 + row % 16 * 4 + 2, &nan, 2);
        }
        CHECK(multiply(active_kernels(), w, x, 1) == one);
        CHECK(multiply(active_kernels(), w, x, kMost) == several);
    }
}

TEST_CASE("matrix products: panels that are just full, and one that is hardly begun") {
    std::vector<const Format*> some = {&rounded_f16()};
    for (const char* name :
         {"q4_g32", "q5m_g64d", "q6_g128", "q8_row", "nf4_g64", "f16", "bf16", "f8_e4m3"}) {
        some.push_back(find_format(name));
    }
    for (const Format* f : some) {
        for (int64_t cols : {256, 257, 1024, 1025, 2048, 2049, 4129}) {
            check_product(*f, 5, cols, kManyTokens, uniform(cols, kManyTokens * cols));
        }
    }
}
