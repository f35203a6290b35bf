// Shrinkage of second moments, by its definition.
#include "calibration/shrinkage.h"

#include <doctest/doctest.h>

using namespace quern;

TEST_CASE("shrinkage: products of different inputs get smaller, squares stay") {
    InputStatistics s;
    s.n = 3;
    s.hessian = {4, 2, -1, 2, 9, 8, -1, 8, 16};
    s.shift = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    shrink_moments(0.75f, &s);
    CHECK(s.hessian == std::vector<float>{4, 0.5f, -0.25f, 0.5f, 9, 2, -0.25f, 2, 16});
    CHECK(s.shift == std::vector<float>{1, 0.5f, 0.75f, 1, 5, 1.5f, 1.75f, 2, 9});
}

TEST_CASE("shrinkage: moments that were not collected stay so") {
    InputStatistics s;
    s.n = 3;
    shrink_moments(0.5f, &s);
    CHECK((s.hessian.empty() && s.shift.empty()));
}
