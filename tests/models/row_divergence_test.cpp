// Sums over rows of logits and the comparison of two; statistics of many rows against numpy are in
// tests/programs/divergence_test.cpp.
#include "models/row_divergence.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "models/row_softmax.h"
#include "support/pseudo_random.h"

using namespace quern;
using namespace quern::test;

TEST_CASE("rows of logits: the exponential is accurate, whatever the length of a row") {
    double worst = 0;
    for (double x = -86; x <= 0; x += 1e-3) {
        const float f = static_cast<float>(x);
        const double exact = std::exp(static_cast<double>(f));
        worst = std::max(worst, std::abs(exp_of_nonpositive(f) / exact - 1));
    }
    CHECK(worst < 2e-7);
    CHECK(exp_of_nonpositive(0.0f) == 1.0f);
    CHECK(exp_of_nonpositive(-1e6f) < 1e-30f);
    CHECK(exp_of_nonpositive(-1e30f) < 1e-30f);
    CHECK(std::isnan(exp_of_nonpositive(std::numeric_limits<float>::quiet_NaN())));
    for (size_t n = 1; n < 50; ++n) {
        const std::vector<float> row(n, 3.0f);
        CHECK(row_max(row) == 3.0f);
        CHECK(row_log_sum(row, 3.0f) == doctest::Approx(std::log(static_cast<double>(n))));
        CHECK(log_probability(row, 0) == doctest::Approx(-std::log(static_cast<double>(n))));
    }
}

TEST_CASE("rows of logits: a model does not differ from itself, not even in the last bit") {
    for (uint64_t seed = 1; seed <= 40; ++seed) {
        std::vector<float> row = uniform(seed, 101);
        for (float& v : row) v *= 8;
        const RowDivergence d = compare_rows(row, row, 5);
        CHECK(d.kl == 0);
        CHECK(d.delta_p == 0);
        CHECK(d.nll == d.base_nll);
        CHECK(d.same_top);
    }
}

TEST_CASE("rows of logits: large logits, certain predictions") {
    const std::vector<float> base = {30000.0f, 0.0f, 0.0f};
    const std::vector<float> model = {0.0f, 30000.0f, 0.0f};
    const RowDivergence d = compare_rows(base, model, 0);
    CHECK(d.kl == 30000);
    CHECK(d.base_nll == 0);
    CHECK(d.nll == 30000);
    CHECK(d.delta_p == -1);
    CHECK(!d.same_top);
}

TEST_CASE("rows of logits: predictions that are not numbers do not count as equal") {
    const std::vector<float> base(8, 1.0f);
    std::vector<float> model = base;
    model[3] = NAN;
    CHECK(std::isnan(compare_rows(base, model, 0).kl));
}
