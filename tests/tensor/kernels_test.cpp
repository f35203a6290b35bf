// The instruction set in use (QUERN_ISA forces one): is it the one that runs, and do its row-wise
// kernels equal their scalar twins? Matrix products are in matmul_test.cpp.
#include "kernels/kernels.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <set>

#include "formats/activation.h"
#include "ops/product.h"
#include "support/aligned.h"
#include "support/pseudo_random.h"
#include "support/same_bits.h"
#include "tensor/numeric.h"
#include "tensor/system.h"

using namespace quern;
using namespace quern::test;

namespace {

constexpr double kEps = std::numeric_limits<float>::epsilon();
constexpr float kLargest = std::numeric_limits<float>::max();

/// All tables of this build, also those that this CPU cannot run.
const Kernels* const kTables[] = {
#if defined(QUERN_HAVE_AVX512)
    &kAvx512Bf16Kernels, &kAvx512Kernels,
#endif
#if defined(QUERN_HAVE_AVX2)
    &kAvxVnniKernels,    &kAvx2Kernels,
#endif
#if defined(QUERN_HAVE_NEON)
    &kNeonI8mmKernels,   &kNeonKernels,
#endif
    &kScalarKernels,
};

/// call(kernels, y) fills n floats at y, an odd address; with the instruction set in use they are
/// what they are with the scalar kernels, up to the tolerance in relation to each.
template <class Call>
void compare_with_twin(int64_t n, double tolerance, const Call& call) {
    std::vector<float> a(static_cast<size_t>(n) + 2, 9.0f), b = a;
    call(kScalarKernels, a.data() + 1);
    call(active_kernels(), b.data() + 1);
    CHECK(b.front() == 9.0f);  // nothing is written beside the row
    CHECK(b.back() == 9.0f);
    for (size_t i = 0; i < a.size(); ++i) {
        REQUIRE(std::fabs(a[i] - b[i]) <= tolerance * std::fabs(a[i]) + 1e-30);
    }
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

TEST_CASE("no two instruction sets multiply blocks and bf16 with the same kernels") {
    std::set<std::pair<decltype(Kernels::block_matmul), decltype(Kernels::bf16_matmul)>> choices;
    std::set<std::pair<MatmulKernel, MatmulKernel>> kernels;
    for (const Kernels* table : kTables) {
        choices.insert({table->block_matmul, table->bf16_matmul});
        // Code for another CPU is not called.
        const auto here = available_isas();
        if (std::find(here.begin(), here.end(), table->isa) == here.end()) continue;
        kernels.insert({table->block_matmul(4, Zero::kInteger), table->bf16_matmul(Codec::kBf16)});
    }
    CHECK(choices.size() == std::size(kTables));
    CHECK(kernels.size() == available_isas().size());
}

TEST_CASE("activation quantization equals its scalar twin exactly, wherever rows lie") {
    for (int64_t cols = 1; cols <= 1030; cols += cols < 260 ? 1 : 7) {
        std::vector<float> x = uniform(cols, cols + 1);
        if (cols > 40) std::fill(x.begin(), x.begin() + 32, 0.0f);
        if (cols > 70) x[65] = -3e4f;
        if (cols > 110) x[99] = kLargest;
        if (cols > 200) std::fill(x.begin() + 128, x.begin() + 160, 1e-37f);
        if (cols > 220) x[170] = NAN;
        if (cols > 220) x[200] = -HUGE_VALF;
        const auto bytes = static_cast<size_t>(ActivationLayout{cols}.row_bytes());
        const std::vector<float> factors = uniform(2, cols);
        for (const int64_t offset : {0, 1}) {
            Aligned a(bytes), b(bytes + 4);
            uint8_t* to = b.data() + 4 * offset;
            for (const float* scaled : {static_cast<const float*>(nullptr), factors.data()}) {
                for (const float range : {0.0f, 0.3f, 1e-31f}) {
                    InputTask task{x.data() + offset, cols, 1, cols, a.data(), 0, scaled, range};
                    kScalarKernels.quantize_rows(task);
                    task.out = to;
                    active_kernels().quantize_rows(task);
                    REQUIRE(std::memcmp(a.data(), to, bytes) == 0);
                }
            }
        }
    }
}

TEST_CASE("rows of inputs are those of every row alone, apart as their strides say") {
    constexpr int64_t kMost = 11;
    for (const int64_t cols : {1, 31, 64, 100, 128, 130, 256, 300}) {
        const int64_t x_stride = cols + 3, out_stride = ActivationLayout{cols}.row_bytes() + 64;
        const std::vector<float> x = uniform(cols, kMost * x_stride), factors = uniform(1, cols);
        for (int64_t rows = 0; rows <= kMost; ++rows) {
            CAPTURE(cols);
            CAPTURE(rows);
            const auto check = [&](auto make, int64_t stride, const float* scaled) {
                const auto bytes = static_cast<size_t>((rows + 1) * stride);
                Aligned together(bytes), alone(bytes);
                std::memset(together.data(), 7, bytes);
                std::memset(alone.data(), 7, bytes);
                make(InputTask{x.data(), x_stride, rows, cols, together.data(), stride, scaled});
                for (int64_t r = 0; r < rows; ++r) {
                    make(InputTask{x.data() + r * x_stride, 0, 1, cols, alone.data() + r * stride,
                                   0, scaled});
                }
                REQUIRE(std::memcmp(together.data(), alone.data(), bytes) == 0);
            };
            check(active_kernels().quantize_rows, out_stride, nullptr);
            check(active_kernels().quantize_rows, out_stride, factors.data());
            check(active_kernels().round_rows, 4 * x_stride, nullptr);
        }
    }
}

TEST_CASE("quantized activations have the sums of chunks, pairs and quads") {
    for (int64_t cols : {1, 31, 32, 33, 64, 100, 129, 200, 300}) {
        CAPTURE(cols);
        const std::vector<float> x = uniform(cols, cols);
        const ActivationLayout layout{cols};
        Aligned row(static_cast<uint64_t>(layout.row_bytes()));
        active_kernels().quantize_rows({x.data(), cols, 1, cols, row.data(), 0});
        const auto* codes = reinterpret_cast<const int8_t*>(row.data());
        const auto* scales = reinterpret_cast<const float*>(row.data() + layout.scale_offset());
        const auto* starts = reinterpret_cast<const int32_t*>(row.data() + layout.start_offset());
        for (int64_t c = 0; c < layout.n_chunks(); ++c) {
            int sum = 0;
            for (int64_t k = 32 * c; k < std::min(32 * c + 32, cols); ++k) sum += codes[k];
            CHECK(starts[c] == -128 * sum);
        }
        for (int64_t group : {32, 64, 128}) {
            CAPTURE(group);
            const auto* sums =
                reinterpret_cast<const float*>(row.data() + layout.sum_offset(group));
            for (int64_t g = 0; g < layout.n_groups(group); ++g) {
                double sum = 0;
                for (int64_t k = g * group; k < std::min((g + 1) * group, cols); ++k) {
                    sum += double{scales[k / 32]} * codes[k];
                }
                CHECK(std::fabs(double{sums[g]} - sum) <= 1e-5);
            }
        }
        CHECK(layout.sum_offset(128) + layout.n_groups(128) * 4 <= layout.row_bytes());
    }
}

TEST_CASE("inputs halfway between two bf16 numbers round to even, beyond the largest to infinity") {
    const Format& f = *find_format("bf16");
    Aligned unit(f.tile_bytes(f, 1));
    const float one = 1;
    f.encode_row(f, &one, 0, 1, unit.data());
    MatmulTask task = product_task(f, 1, 1);
    task.weight = unit.data();
    task.tokens = 1;
    task.tile_end = 1;
    const float inputs[] = {0x1.01p0f, 0x1.03p0f,  -0x1.01p0f,  0x1.010002p0f, 0.0f,
                            HUGE_VALF, -HUGE_VALF, 0x1.ffp127f, kLargest,      NAN};
    const float expected[] = {0x1p0f,    0x1.04p0f,  -0x1p0f,   0x1.02p0f, 0.0f,
                              HUGE_VALF, -HUGE_VALF, HUGE_VALF, HUGE_VALF, NAN};
    for (size_t i = 0; i < std::size(inputs); ++i) {
        CAPTURE(inputs[i]);
        float rounded = 0, y = 0;
        active_kernels().round_rows({&inputs[i], 1, 1, 1, reinterpret_cast<uint8_t*>(&rounded), 4});
        task.x = reinterpret_cast<const uint8_t*>(&rounded);
        task.y = &y;
        product_kernel(active_kernels(), f)(task);
        CHECK((y == expected[i] || (std::isnan(y) && std::isnan(expected[i]))));
    }
}

TEST_CASE("inputs rounded to bf16 are those of the product with every unit row") {
    const Format& f = *find_format("bf16");
    for (int64_t cols = 1; cols <= 70; ++cols) {
        CAPTURE(cols);
        std::vector<float> x = uniform(cols, cols);
        x[cols / 2] = 3.3e38f;  // no sum of it and the others is exact
        std::vector<float> rounded(static_cast<size_t>(cols) + 1, -777.0f);
        active_kernels().round_rows(
            {x.data(), cols, 1, cols, reinterpret_cast<uint8_t*>(rounded.data()), 0});
        CHECK(rounded.back() == -777.0f);  // nothing is written behind the row
        Aligned unit(f.tile_bytes(f, cols));
        for (int64_t k = 0; k < cols; ++k) {
            std::vector<float> w(static_cast<size_t>(cols));
            w[k] = 1;
            f.encode_row(f, w.data(), 0, cols, unit.data());
            MatmulTask task = product_task(f, 1, cols);
            task.weight = unit.data();
            task.x = reinterpret_cast<const uint8_t*>(rounded.data());
            task.tokens = 1;
            float y = -1;
            task.y = &y;
            task.tile_end = 1;
            product_kernel(active_kernels(), f)(task);
            REQUIRE(y == bf16_to_f32(f32_to_bf16(x[k])));
        }
    }
}

TEST_CASE("activation quantization with a given range clamps, and every chunk has its scale") {
    constexpr int64_t kCols = 100;
    constexpr float kRange = 2;
    std::vector<float> x = uniform(5, kCols);
    const float far[] = {2.0f, -2.0f, 2.5f, -1e30f, HUGE_VALF, -HUGE_VALF, NAN, 1.0f};
    const int codes[] = {127, -127, 127, -127, 127, -127, -127, 64};  // 63.5 rounds to even
    std::copy(std::begin(far), std::end(far), x.begin() + 40);
    const ActivationLayout layout{kCols};
    Aligned row(static_cast<uint64_t>(layout.row_bytes()));
    active_kernels().quantize_rows({.x = x.data(),
                                    .x_stride = 0,
                                    .rows = 1,
                                    .cols = kCols,
                                    .out = row.data(),
                                    .out_stride = 0,
                                    .range = kRange});
    const auto* code = reinterpret_cast<const int8_t*>(row.data());
    for (size_t i = 0; i < std::size(codes); ++i) CHECK(code[40 + i] == codes[i]);
    for (int64_t k = 0; k < 40; ++k) CHECK(std::fabs(code[k] * (kRange / 127) - x[k]) <= 0.008f);
    const auto* scales = reinterpret_cast<const float*>(row.data() + layout.scale_offset());
    for (int64_t c = 0; c < layout.n_chunks(); ++c) CHECK(scales[c] == kRange / 127);
}

TEST_CASE("row-wise kernels agree with their scalar twins at every length and misalignment") {
    for (int64_t n = 0; n <= 67; ++n) {
        const std::vector<float> data = uniform(n, 3 * n + 1);
        const float* x = data.data() + n % 2;
        const float* z = x + n;
        const auto each = [n](auto call, double tolerance) {
            compare_with_twin(n, tolerance, call);
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
    }
    std::vector<float> wide(401), one(401, 1.0f), a(401), b(401);
    for (int i = 0; i <= 400; ++i) wide[i] = static_cast<float>(i - 200) * 0.5f;
    kScalarKernels.swiglu(wide.data(), one.data(), 401, a.data());
    active_kernels().swiglu(wide.data(), one.data(), 401, b.data());
    for (int i = 0; i <= 400; ++i) {
        CHECK(std::fabs(a[i] - b[i]) <= 1e-6f * std::fabs(a[i]) + 1e-30f);
    }
}

TEST_CASE("a softmax step agrees with its scalar twin and adds to what was summed before") {
    for (int64_t n = 0; n <= 67; ++n) {
        const std::vector<float> scores = uniform(n, n + 1);
        compare_with_twin(n + 3, 16 * kEps, [&](const Kernels& k, float* y) {
            std::copy(scores.begin() + 1, scores.end(), y);
            float* sums = y + n;
            sums[0] = -0.2f;
            sums[1] = 0.75f;
            k.softmax_step({y, 0, 1, n, 3.0f, &sums[0], &sums[1], &sums[2]});
            const double added = std::accumulate(y, y + n, 0.0);
            CHECK(sums[1] == doctest::Approx(0.75 * sums[2] + added).epsilon(1e-6));
            CHECK(sums[2] == doctest::Approx(std::exp2(-0.2f - sums[0])).epsilon(1e-6));
        });
    }
    compare_with_twin(401, 16 * kEps, [](const Kernels& k, float* y) {
        for (int i = 0; i <= 400; ++i) y[i] = static_cast<float>(-i) * 0.5f;
        float best = -HUGE_VALF, total = 0, shrink = 0;
        k.softmax_step({y, 0, 1, 401, 1.0f, &best, &total, &shrink});
    });
    float lost[3] = {1, NAN, 2}, best = 0, total = 0, shrink = 0;
    active_kernels().softmax_step({lost, 0, 1, 3, 1.0f, &best, &total, &shrink});
    CHECK(std::isnan(lost[1]));
    CHECK(std::isnan(total));
}

TEST_CASE("softmax steps of rows are those of every row alone") {
    constexpr int64_t kMost = 37, kStride = 40;
    for (const int64_t n : {1, 16, 37}) {
        for (int64_t rows = 0; rows <= kMost; ++rows) {
            CAPTURE(n);
            CAPTURE(rows);
            std::vector<float> together = uniform(n, kMost * kStride);
            together[2 * kStride] = NAN;
            together[3 * kStride + n / 2] = -HUGE_VALF;
            std::vector<float> alone = together, best = uniform(1, kMost + 1),
                               total = uniform(2, kMost + 1);
            std::vector<float> shrink(kMost + 1, 9.0f);
            auto best_alone = best, total_alone = total, shrink_alone = shrink;
            active_kernels().softmax_step({together.data(), kStride, rows, n, 2.0f, best.data(),
                                           total.data(), shrink.data()});
            for (int64_t r = 0; r < rows; ++r) {
                active_kernels().softmax_step({&alone[r * kStride], 0, 1, n, 2.0f, &best_alone[r],
                                               &total_alone[r], &shrink_alone[r]});
            }
            CHECK(same_bits(together, alone));
            CHECK(same_bits(best, best_alone));
            CHECK(same_bits(total, total_alone));
            CHECK(same_bits(shrink, shrink_alone));
            CHECK(std::isnan(total[2]) == (rows > 2));
        }
    }
}

/// Rows of scores on their way into products with values.
struct WeighedRows {
    static constexpr int64_t kStride = kBlockKeys + 3;
    std::vector<float> scores, best, total, shrink;
    std::vector<uint8_t> inputs;

    explicit WeighedRows(int64_t rows)
        : scores(uniform(3, std::max<int64_t>(1, rows * kStride))),
          best(uniform(1, rows + 1)),
          total(uniform(2, rows + 1)),
          shrink(static_cast<size_t>(rows + 1), 9.0f),
          inputs(static_cast<size_t>((rows + 1) * kInputStride), 77) {
        best[0] = -HUGE_VALF;  // a first step
        if (rows < 4) return;
        scores[kStride + 20] = NAN;
        scores[2 * kStride + 50] = NAN;
        std::fill_n(&scores[3 * kStride + 32], 32, -25.0f);  // weights that inputs count as 0
    }
    static constexpr int64_t kInputStride = 4 * kBlockKeys + 64;

    SoftmaxTask step(int64_t rows, int64_t n) {
        return {scores.data(), kStride, rows, n, 4.0f, best.data(), total.data(), shrink.data()};
    }
    InputTask made(int64_t rows, int64_t cols, const float* factors) {
        return {scores.data(), kStride, rows, cols, inputs.data(), kInputStride, factors};
    }
};

TEST_CASE("a softmax step into inputs is the step, then the inputs of its weights") {
    const Kernels& k = active_kernels();
    std::vector<float> scales = uniform(8, kBlockKeys);
    for (float& scale : scales) scale = std::fabs(scale);
    const auto check = [](int64_t rows, int64_t n, int64_t cols, const float* factors, auto at_once,
                          auto make) {
        CAPTURE(rows);
        CAPTURE(n);
        CAPTURE(cols);
        WeighedRows a(rows), b(rows);
        at_once(a.step(rows, n), a.made(rows, cols, factors));
        active_kernels().softmax_step(b.step(rows, n));
        for (int64_t r = 0; r < rows; ++r) {
            float* row = &b.scores[static_cast<size_t>(r * WeighedRows::kStride)];
            std::fill(row + n, row + cols, 0.0f);
        }
        make(b.made(rows, cols, factors));
        CHECK(a.inputs == b.inputs);
        CHECK(same_bits(a.best, b.best));
        CHECK(same_bits(a.shrink, b.shrink));
        for (size_t r = 0; r < a.total.size(); ++r) {
            const bool both_lost = std::isnan(a.total[r]) && std::isnan(b.total[r]);
            CHECK((both_lost || a.total[r] == doctest::Approx(b.total[r]).epsilon(8 * kEps)));
        }
        if (factors != nullptr) CHECK(same_bits(a.scores, b.scores));  // for other factors
    };
    for (const int64_t rows : {0, 1, 3, 4, 16, 19, 37}) {
        for (const int64_t n : {0, 1, 15, 31, 32, 33, 64, 100, 127, 128}) {
            check(rows, n, kBlockKeys, scales.data(), k.softmax_quantize, k.quantize_rows);
            for (int64_t cols : {n, n + 1, n + 17, kBlockKeys}) {
                if (cols == 0 || cols > kBlockKeys) continue;
                check(rows, n, cols, nullptr, k.softmax_round, k.round_rows);
            }
        }
    }
}

TEST_CASE("row-wise kernels agree with their scalar twins on extreme rows") {
    constexpr int64_t kCols = 19;  // more than any register holds
    const std::vector<float> x = uniform(3, kCols), ones(kCols, 1.0f);
    for (const float best : {-HUGE_VALF, -1e38f, 0.0f, 1e38f}) {
        for (const float score : {0.0f, -3e4f, 1e38f, -1e38f}) {
            for (const float spread : {0.0f, 1.0f, 1e38f}) {  // scores are equal, alike, far apart
                CAPTURE(best);
                CAPTURE(score);
                CAPTURE(spread);
                compare_with_twin(kCols + 3, 16 * kEps, [&](const Kernels& k, float* y) {
                    for (int64_t i = 0; i < kCols; ++i) y[i] = score + spread * x[i];
                    float* sums = y + kCols;
                    sums[0] = best;
                    sums[1] = 1;
                    k.softmax_step({y, 0, 1, kCols, 1.5f, &sums[0], &sums[1], &sums[2]});
                });
            }
        }
    }
    for (const float size : {0.0f, 1e-20f, 4e18f, 2e19f, kLargest}) {  // 19 * (4e18)^2 is 3e38
        CAPTURE(size);
        std::vector<float> row(kCols, size);
        row[5] = -size;
        compare_with_twin(kCols, 8 * kEps, [&](const Kernels& k, float* y) {
            k.rms_norm(row.data(), ones.data(), kCols, 1e-5f, y);
        });
    }
}
