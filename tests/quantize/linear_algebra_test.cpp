// The reverse Cholesky factorization: multiplied out it is the matrix again.
#include "linear_algebra.h"

#include "rounding_fixtures.h"

using namespace quern;
using namespace quern::test;

TEST_CASE("linear algebra: F^T F is the matrix, for sizes around the blocks") {
    for (const int64_t n : {1, 2, 17, 63, 64, 65, 128, 200}) {
        CAPTURE(n);
        const std::vector<float> h = correlated_statistics(3, 3 * n, n).hessian;
        std::vector<float> f = h;
        REQUIRE(factor_reverse(n, 1, f.data()));
        double worst = 0;
        for (int64_t i = 0; i < n; ++i) {
            for (int64_t j = 0; j <= i; ++j) {
                double sum = 0;
                for (int64_t k = i; k < n; ++k) {
                    sum += static_cast<double>(f[k * n + i]) * static_cast<double>(f[k * n + j]);
                }
                const double size = std::sqrt(static_cast<double>(h[i * n + i]) *
                                              static_cast<double>(h[j * n + j]));
                worst = std::max(worst, std::fabs(sum - static_cast<double>(h[i * n + j])) / size);
            }
        }
        CHECK(worst < 3e-6);
    }
}

TEST_CASE("linear algebra: what is solved with the factor, times the matrix, is the right side") {
    for (const int64_t n : {1, 2, 17, 64, 200}) {
        CAPTURE(n);
        const std::vector<float> h = correlated_statistics(3, 3 * n, n).hessian;
        std::vector<float> f = h;
        REQUIRE(factor_reverse(n, 1, f.data()));
        mirror_factor(n, f.data());
        const std::vector<float> y = gaussian(9, n * 16);
        std::vector<float> z = y;
        solve_factored(n, f.data(), z.data());
        double worst = 0;
        for (int64_t row = 0; row < 16; ++row) {
            for (int64_t j = 0; j < n; ++j) {
                double sum = 0, size = 1;
                for (int64_t i = 0; i < n; ++i) {
                    const double term =
                        static_cast<double>(z[i * 16 + row]) * static_cast<double>(h[i * n + j]);
                    sum += term;
                    size += std::fabs(term);
                }
                worst =
                    std::max(worst, std::fabs(sum - static_cast<double>(y[j * 16 + row])) / size);
            }
        }
        CHECK(worst < 1e-5);
    }
}

TEST_CASE("linear algebra: damping grows until the factorization succeeds, up to 1") {
    std::vector<float> tried;
    const auto from = [&](float limit) {
        return [&tried, limit](float damping) {
            tried.push_back(damping);
            return damping >= limit;
        };
    };
    CHECK(find_damping(0.25f, from(0)) == 0.25f);
    CHECK(find_damping(0.01f, from(0.04f)) == doctest::Approx(0.04));
    CHECK(tried.size() == 4);  // 0.25, then 0.01, 0.02, 0.04
    CHECK(find_damping(0.01f, from(2)) == -1);
    CHECK(tried.back() <= 1);
}

TEST_CASE("linear algebra: the factor is the same for any number of threads") {
    constexpr int64_t kN = 300;
    const std::vector<float> h = correlated_statistics(5, kN, kN).hessian;
    std::vector<float> one = h, three = h;
    for (int64_t i = 0; i < kN; ++i) one[i * kN + i] = three[i * kN + i] *= 1.01f;
    REQUIRE(factor_reverse(kN, 1, one.data()));
    REQUIRE(factor_reverse(kN, 3, three.data()));
    for (int64_t i = 0; i < kN; ++i) {
        CHECK(std::equal(&one[i * kN], &one[i * kN] + i + 1, &three[i * kN]));
    }
}

TEST_CASE("linear algebra: what is not positive definite is refused") {
    const auto factored = [](std::vector<float> h) { return factor_reverse(2, 1, h.data()); };
    CHECK(factored({2, 1, 1, 2}));
    CHECK_FALSE(factored({1, 2, 2, 1}));
    CHECK_FALSE(factored({0, 0, 0, 1}));
    CHECK_FALSE(factored({1, 0, 0, -1}));
    CHECK_FALSE(factored({1, std::nanf(""), std::nanf(""), 1}));
    CHECK_FALSE(factored({1, 0, 0, HUGE_VALF}));
}
