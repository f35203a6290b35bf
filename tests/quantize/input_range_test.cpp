// Histograms of inputs and the ranges chosen from them.
#include "calibration/input_range.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <sstream>

#include "calibration/input_histogram.h"
#include "fixtures.h"
#include "support/data.h"
#include "tensor/system.h"
#include "tensor/thread_pool.h"

using namespace quern;
using namespace quern::test;

namespace {

bool same(const Histogram& a, const Histogram& b) {
    return a.largest() == b.largest() && a.bin_width() == b.bin_width() &&
           std::equal(a.counts().begin(), a.counts().end(), b.counts().begin());
}

uint64_t total(const Histogram& h) {
    uint64_t sum = 0;
    for (const uint64_t count : h.counts()) sum += count;
    return sum;
}

/// Probabilities of 2048 bins on [0, end) from a distribution function of magnitudes.
std::vector<double> probabilities(double end, const std::function<double(double)>& below) {
    std::vector<double> p;
    for (int i = 0; i < 2048; ++i) p.push_back(below(end * (i + 1) / 2048) - below(end * i / 2048));
    return p;
}

double normal_below(double x) { return std::erf(x / std::sqrt(2.0)); }
double laplace_below(double x) { return 1 - std::exp(-x); }

double entropy_of(double end, const std::function<double(double)>& below) {
    return entropy_range(probabilities(end, below), end / 2048);
}

}  // namespace

TEST_CASE("histogram: batches in any order, added or merged, equal one pass") {
    std::vector<float> values = gaussian(3, 5000);
    for (size_t i = 0; i < values.size(); ++i) {  // of very different sizes, with zeros
        values[i] *= std::ldexp(1.0f, static_cast<int>(i / 500) * 5 - 30);
        if (i % 7 == 0) values[i] = 0;
    }
    values[777] = 4096;  // a power of two, the end of a range
    Histogram whole;
    whole.add(values);
    CHECK(total(whole) == 5000 - 5000 / 7 - 1 + (777 % 7 == 0));
    CHECK(whole.bin_width() * 2048 > static_cast<double>(whole.largest()));
    std::vector<size_t> order = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    for (int round = 0; round < 20; ++round) {
        Histogram in_turn, merged;
        for (const size_t batch : order) {
            const std::span part(&values[batch * 500], 500);
            in_turn.add(part);
            Histogram alone;
            alone.add(part);
            merged.add(alone);
        }
        CHECK(same(in_turn, whole));
        CHECK(same(merged, whole));
        std::next_permutation(order.begin(), order.end(), std::greater<>());
        std::rotate(order.begin(), order.begin() + 3, order.end());
    }
    Histogram zeros_first;
    zeros_first.add(std::vector<float>(9));
    zeros_first.add(values);
    CHECK(same(zeros_first, whole));
}

TEST_CASE("histogram: the smallest, the largest and what is no number") {
    Histogram h;
    h.add(std::vector<float>{1e-45f, -3e38f, 1, NAN, HUGE_VALF, -HUGE_VALF, 0});
    CHECK(total(h) == 3);
    CHECK(h.largest() == 3e38f);
    Histogram tiny;
    tiny.add(std::vector<float>{1e-45f, 1e-40f});
    CHECK(total(tiny) == 2);
    CHECK(tiny.largest() == 1e-40f);
    CHECK(Histogram().largest() == 0);
}

TEST_CASE("histogram: a value of a graph, for any number of threads") {
    const std::vector<float> values = gaussian(8, 40 * 33);
    Histogram whole;
    for (int run = 0; run < 2; ++run) whole.add(values);
    for (const int threads : {1, 3}) {
        InputHistogram counted(threads);
        Graph g(threads);
        Tensor* x = g.input(Storage::kF32, 40, 33);
        counted.record(g, x);
        check_ok(g.plan());
        for (int64_t t = 0; t < 40; ++t) {
            std::copy_n(&values[static_cast<size_t>(t * 33)], 33, x->row<float>(t));
        }
        ThreadPool pool(threads);
        for (int run = 0; run < 2; ++run) g.run(pool, active_kernels());
        CHECK(same(counted.total(), whole));
    }
}

TEST_CASE("input range: entropy of known distributions") {
    CHECK(entropy_of(6, normal_below) == doctest::Approx(4.83).epsilon(0.002));
    CHECK(entropy_of(20, normal_below) == doctest::Approx(4.79).epsilon(0.002));
    CHECK(entropy_of(20, laplace_below) == doctest::Approx(11.24).epsilon(0.001));
    CHECK(entropy_of(1, [](double x) { return x; }) == 1);
}

TEST_CASE("input range: one outlier among a million") {
    std::vector<float> values = gaussian(1, 1'000'000);
    values.push_back(50);
    Histogram h;
    h.add(values);
    const auto range = [&](const char* name) { return (*find_range_rule(name))->range(h); };
    CHECK(range("minmax") == 50);
    CHECK(range("percentile") == doctest::Approx(3.285).epsilon(0.01));
    CHECK(range("entropy") == doctest::Approx(4.54).epsilon(0.05));
}

TEST_CASE("input range: as an independent implementation has it") {
    std::ifstream file(golden("range.golden"));
    REQUIRE(file.good());
    int lines = 0;
    for (std::string line; std::getline(file, line); ++lines) {
        CAPTURE(lines);
        std::istringstream in(line);
        double percentile = 0, entropy = 0, count = 0;
        in >> percentile >> entropy;
        std::vector<double> counts(Histogram::kBins);
        for (size_t begin = 0; in >> begin >> count;) {
            std::fill(counts.begin() + static_cast<std::ptrdiff_t>(begin), counts.end(), count);
        }
        CHECK(percentile_range(counts, 1, 0.999) == doctest::Approx(percentile).epsilon(1e-7));
        CHECK(entropy_range(counts, 1) == entropy);
    }
    CHECK(lines == 6);
}

TEST_CASE("input range: no rule leaves the values that were seen") {
    for (const float size : {1e-6f, 1.0f, 1e6f}) {
        std::vector<float> values = uniform(4, 300);
        for (float& v : values) v *= size;
        Histogram h;
        h.add(values);
        for (const RangeRule& rule : range_rules()) {
            CHECK(rule.range(h) > 0);
            CHECK(rule.range(h) <= static_cast<double>(h.largest()));
        }
    }
    check_error(find_range_rule("mean").status(), Code::kWrongUse, "minmax, percentile, entropy");
}
