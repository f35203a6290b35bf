// The instruction set in use (QUERN_ISA forces one): is it the one that runs, and do its row-wise
// kernels equal their scalar twins? Matrix products are in matmul_test.cpp.
#include "kernels/kernels.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "formats/activation.h"
#include "support/aligned.h"
#include "support/pseudo_random.h"
#include "tensor/system.h"

using namespace quern;
using namespace quern::test;

namespace {

constexpr double kEps = std::numeric_limits<float>::epsilon();

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
            for (const float range : {0.0f, 0.3f, 1e-31f}) {
                kScalarKernels.quantize_row(x.data(), cols, group, range, a.data());
                active_kernels().quantize_row(x.data(), cols, group, range, b.data());
                const auto bytes = static_cast<size_t>(layout.row_bytes());
                REQUIRE(std::memcmp(a.data(), b.data(), bytes) == 0);
            }
        }
    }
}

TEST_CASE("activation quantization with a given range clamps, and every group has its scale") {
    constexpr int64_t kCols = 100, kGroup = 32;
    constexpr float kRange = 2;
    std::vector<float> x = uniform(5, kCols);
    const float far[] = {2.0f, -2.0f, 2.5f, -1e30f, HUGE_VALF, -HUGE_VALF, NAN, 1.0f};
    const int codes[] = {127, -127, 127, -127, 127, -127, -127, 64};  // 63.5 rounds to even
    std::copy(std::begin(far), std::end(far), x.begin() + 40);
    const ActivationLayout layout{kCols, kGroup};
    Aligned row(static_cast<uint64_t>(layout.row_bytes()));
    active_kernels().quantize_row(x.data(), kCols, kGroup, kRange, row.data());
    const auto* code = reinterpret_cast<const int8_t*>(row.data());
    for (size_t i = 0; i < std::size(codes); ++i) CHECK(code[40 + i] == codes[i]);
    for (int64_t k = 0; k < 40; ++k) CHECK(std::fabs(code[k] * (kRange / 127) - x[k]) <= 0.008f);
    const auto* scales = reinterpret_cast<const float*>(row.data() + layout.scale_offset());
    for (int64_t g = 0; g < layout.n_groups(); ++g) CHECK(scales[g] == kRange / 127);
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
