// Every kernel of the instruction set in use (QUERN_ISA forces one) against its scalar twin, over
// lengths, shapes and extreme values. Sums are compared by |simd - scalar| <= c eps sum |terms|.
#include "kernels/kernels.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "formats/activation.h"
#include "support/aligned.h"
#include "support/pseudo_random.h"
#include "tensor/block.h"
#include "tensor/numeric.h"
#include "tensor/system.h"

using namespace quern;
using namespace quern::test;

namespace {

constexpr double kEps = std::numeric_limits<float>::epsilon();

/// A matrix in tiles, with every code and large spreads of scales.
struct Matrix {
    const Format& f;
    int64_t rows, cols;
    uint64_t tile_bytes;
    Aligned data;
    std::vector<float> values;  ///< decoded [rows, cols]

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
        for (int64_t r = 0; r < rows; ++r) {
            f.decode_row(f, tile(r / 16), r % 16, cols, &values[r * cols]);
        }
    }
    uint8_t* tile(int64_t i) { return data.data() + static_cast<uint64_t>(i) * tile_bytes; }
};

/// Inputs in the form the kernel of a format takes, and as the numbers they stand for.
struct Input {
    const Kernels& kernels;
    std::vector<float> values;  ///< [tokens, cols]
    uint64_t stride;
    Aligned data;

    Input(const Kernels& k, const Format& f, std::vector<float> x, int64_t tokens, int64_t cols)
        : kernels(k),
          values(std::move(x)),
          stride(f.is_block() ? static_cast<uint64_t>(
                                    ActivationLayout{cols, f.activation_group()}.row_bytes())
                              : static_cast<uint64_t>(cols) * 4),
          data(stride * static_cast<uint64_t>(tokens)) {
        for (int64_t t = 0; t < tokens; ++t) {
            uint8_t* row = data.data() + static_cast<uint64_t>(t) * stride;
            if (!f.is_block()) {
                std::memcpy(row, &values[t * cols], static_cast<size_t>(cols) * 4);
                continue;
            }
            const ActivationLayout layout{cols, f.activation_group()};
            kernels.quantize_row(&values[t * cols], cols, layout.group, row);
            const auto* scales = reinterpret_cast<const float*>(row + layout.scale_offset());
            for (int64_t k = 0; k < cols; ++k) {
                const auto code = static_cast<int8_t>(row[k]);
                values[t * cols + k] = scales[k / kActivationScaleCols] * code;
            }
        }
    }
};

std::vector<float> multiply(Matrix& w, Input& x, int64_t tokens) {
    std::vector<float> y(static_cast<size_t>(tokens * w.rows), -777.0f);
    MatmulTask task{};
    task.weight = w.data.data();
    task.tile_bytes = w.tile_bytes;
    task.rows = w.rows;
    task.cols = w.cols;
    task.group = w.f.activation_group();
    task.row_scale = w.f.group == 0;
    task.x = x.data.data();
    task.x_stride = x.stride;
    task.tokens = tokens;
    task.y = y.data();
    task.y_stride = w.rows;
    task.tile_end = (w.rows + 15) / 16;
    const MatmulKernel kernel = w.f.is_block() ? x.kernels.block_matmul(w.f.bits, w.f.zero)
                                               : x.kernels.real_matmul(w.f.codec);
    kernel(task);
    return y;
}

void check_product(const Format& f, int64_t rows, int64_t cols, int64_t tokens,
                   std::vector<float> inputs) {
    CAPTURE(f.name);
    CAPTURE(rows);
    CAPTURE(cols);
    CAPTURE(tokens);
    Matrix w(f, rows, cols);
    Input x(kScalarKernels, f, inputs, tokens, cols);
    Input fast_x(active_kernels(), f, std::move(inputs), tokens, cols);
    const std::vector<float> scalar = multiply(w, x, tokens);
    const std::vector<float> fast = multiply(w, fast_x, tokens);
    double worst_scalar = 0, worst_fast = 0;  // in units of the bound
    for (int64_t t = 0; t < tokens; ++t) {
        for (int64_t r = 0; r < rows; ++r) {
            // Kernels sum scale * code and the offset apart: either may be as large as the row's
            // largest weight.
            double sum = 0, terms = 0, largest = 0;
            for (int64_t k = 0; k < cols; ++k) {
                largest = std::max(largest, std::fabs(static_cast<double>(w.values[r * cols + k])));
            }
            for (int64_t k = 0; k < cols; ++k) {
                const double p = static_cast<double>(w.values[r * cols + k]) *
                                 static_cast<double>(x.values[t * cols + k]);
                sum += p;
                terms += std::fabs(p);
                if (f.is_block())
                    terms += 2 * largest * std::fabs(static_cast<double>(x.values[t * cols + k]));
            }
            const double bound = (static_cast<double>(cols) + 4) * kEps * terms + 1e-30;
            worst_scalar = std::max(worst_scalar, std::fabs(scalar[t * rows + r] - sum) / bound);
            worst_fast = std::max(worst_fast, std::fabs(fast[t * rows + r] - sum) / bound);
        }
    }
    CHECK(worst_scalar <= 1.0);
    CHECK(worst_fast <= 1.0);
}

}  // namespace

TEST_CASE("the forced instruction set is the one that runs") {
    const char* wanted = std::getenv("QUERN_ISA");
    if (wanted != nullptr && *wanted != 0) CHECK(active_isa() == wanted);
    CHECK(active_isa() == active_kernels().isa);
    for (std::string_view isa : available_isas()) {
        REQUIRE(force_isa(isa).ok());
        CHECK(active_kernels().isa == isa);
    }
    CHECK(force_isa("mmx").code() == Code::kWrongUse);
    REQUIRE(force_isa(wanted ? wanted : "").ok());
}

TEST_CASE("matrix products of every format agree with the decoded weights: shapes") {
    for (const Format& f : formats()) {
        for (int64_t cols : {32, 160}) {
            for (int64_t tokens : {1, 2, 3, 4, 5, 9}) {
                check_product(f, 35, cols, tokens, uniform(11, tokens * cols));
            }
        }
    }
}

TEST_CASE("matrix products: every length from 1 to 131 inputs") {
    for (const char* name : {"f32", "f16", "bf16", "f8_e4m3", "q3z_g64", "q4_g32", "q4m_g32",
                             "q4z_g128", "q5_row", "q6m_g64", "q8_g32", "q8z_row", "nf4_g64"}) {
        for (int64_t cols = 1; cols <= 131; ++cols) {
            check_product(*find_format(name), 16, cols, 5, uniform(cols, 5 * cols));
        }
    }
}

TEST_CASE("matrix products: extreme activations and codes saturate nothing") {
    for (const Format& f : formats()) {
        const int64_t cols = 256;
        for (float sign :
             {1.0f, -1.0f}) {  // all codes at +-127, so that 16-bit sums are at their largest
            check_product(f, 17, cols, 5, std::vector<float>(5 * cols, sign * 3.0f));
        }
        std::vector<float> spiky(5 * cols, 1e-6f);
        spiky[100] = 1e4f;
        check_product(f, 17, cols, 5, spiky);
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
        Input x(active_kernels(), f, std::vector<float>(cols, 127.0f), 1, cols);
        const double expected = static_cast<double>((1 << f.bits) - 1) * 127.0 * cols;
        for (float y : multiply(w, x, 1)) {
            CHECK(static_cast<double>(y) == doctest::Approx(expected).epsilon(1e-6));
        }
    }
}

TEST_CASE("a token's result does not depend on the tokens beside it") {
    const int64_t cols = 2500, tokens = 27;  // more than one panel, more than one block of tokens
    const std::vector<float> x = uniform(5, tokens * cols);
    for (const Format& f : formats()) {
        CAPTURE(f.name);
        Matrix w(f, 40, cols);
        Input all(active_kernels(), f, x, tokens, cols);
        const std::vector<float> together = multiply(w, all, tokens);
        for (int64_t n : {1, 2, 3, 7, 9, 13}) {
            CAPTURE(n);
            Input few(active_kernels(), f, {x.begin() + 5 * cols, x.begin() + (5 + n) * cols}, n,
                      cols);
            const std::vector<float> alone = multiply(w, few, n);
            CHECK(std::memcmp(alone.data(), &together[5 * 40], static_cast<size_t>(n) * 40 * 4) ==
                  0);
        }
    }
}

TEST_CASE("activation quantization equals its scalar twin exactly") {
    for (int64_t group : {32, 64, 128}) {
        for (int64_t cols = 1; cols <= 260; ++cols) {
            std::vector<float> x = uniform(cols, cols);
            if (cols > 40) std::fill(x.begin(), x.begin() + 32, 0.0f);
            if (cols > 70) x[65] = -3e4f;
            if (cols > 200) std::fill(x.begin() + 128, x.begin() + 160, 1e-37f);
            const ActivationLayout layout{cols, group};
            Aligned a(static_cast<uint64_t>(layout.row_bytes()));
            Aligned b(static_cast<uint64_t>(layout.row_bytes()));
            kScalarKernels.quantize_row(x.data(), cols, group, a.data());
            active_kernels().quantize_row(x.data(), cols, group, b.data());
            REQUIRE(std::memcmp(a.data(), b.data(), static_cast<size_t>(layout.row_bytes())) == 0);
        }
    }
}

TEST_CASE("row-wise kernels agree with their scalar twins at every length and misalignment") {
    const Kernels& fast = active_kernels();
    for (int64_t n = 1; n <= 67; ++n) {
        const std::vector<float> data = uniform(n, 3 * n + 1);
        const float* x = data.data() + n % 2;
        const float* z = x + n;
        const auto each = [&](auto call, double tolerance) {
            std::vector<float> a(static_cast<size_t>(n) + 1, 9.0f), b = a;
            call(kScalarKernels, a.data());
            call(fast, b.data());
            CHECK(b[static_cast<size_t>(n)] == 9.0f);  // nothing is written past the end
            for (int64_t i = 0; i < n; ++i) {
                REQUIRE(std::fabs(a[i] - b[i]) <= tolerance * std::fabs(a[i]) + 1e-30);
            }
        };
        each([&](const Kernels& k, float* y) { k.rms_norm(x, z, n, 1e-5f, y); }, 8 * kEps);
        each([&](const Kernels& k, float* y) { k.add(x, z, n, y); }, 0);
        each([&](const Kernels& k, float* y) { k.swiglu(x, z, n, y); }, 8 * kEps);
        each(
            [&](const Kernels& k, float* y) {
                std::copy(z, z + n, y);
                k.scale_add(x, n, 0.75f, y);
            },
            64 * kEps);
        each(
            [&](const Kernels& k, float* y) {
                std::copy(z, z + n, y);
                float best = -0.2f, sum = 0, shrink = 0;
                k.softmax_step(y, n, 3.0f, &best, &sum, &shrink);
                CHECK(sum == doctest::Approx(std::accumulate(y, y + n, 0.0)).epsilon(1e-6));
                CHECK(shrink == doctest::Approx(std::exp(-0.2f - best)).epsilon(1e-6));
            },
            16 * kEps);
    }
    std::vector<float> wide(401), one(401, 1.0f), a(401), b(401);
    for (int i = 0; i <= 400; ++i) wide[i] = static_cast<float>(i - 200) * 0.5f;
    kScalarKernels.swiglu(wide.data(), one.data(), 401, a.data());
    fast.swiglu(wide.data(), one.data(), 401, b.data());
    for (int i = 0; i <= 400; ++i) {
        CHECK(std::fabs(a[i] - b[i]) <= 1e-6f * std::fabs(a[i]) + 1e-30f);
    }
}
