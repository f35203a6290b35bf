// add_gram(): x^T x, and add_shift_gram(): x^T (y - x), of ragged shapes, in parts, by any number
// of workers.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "support/pseudo_random.h"
#include "tensor/ops.h"
#include "tensor/system.h"
#include "tensor/thread_pool.h"

using namespace quern;
using namespace quern::test;

namespace {

/// Adds rows [begin, end) of x [.., n] to sum.
void add_rows(const std::vector<float>& x, int64_t begin, int64_t end, int64_t n, int threads,
              std::vector<float>* sum) {
    ThreadPool pool(threads);
    Graph g(pool.size());
    Tensor* input = g.input(Storage::kF32, end - begin, n);
    add_gram(g, input, sum->data());
    REQUIRE(g.plan().ok());
    std::memcpy(input->data, &x[static_cast<size_t>(begin * n)],
                static_cast<size_t>((end - begin) * n) * sizeof(float));
    g.run(pool, active_kernels());
}

/// The same for add_shift_gram().
void add_shifted_rows(const std::vector<float>& x, const std::vector<float>& other, int64_t begin,
                      int64_t end, int64_t n, int threads, std::vector<float>* sum) {
    ThreadPool pool(threads);
    Graph g(pool.size());
    Tensor* inputs[] = {g.input(Storage::kF32, end - begin, n),
                        g.input(Storage::kF32, end - begin, n)};
    add_shift_gram(g, inputs[0], inputs[1], sum->data());
    REQUIRE(g.plan().ok());
    for (const bool second : {false, true}) {
        const std::vector<float>& from = second ? other : x;
        for (int64_t t = begin; t < end; ++t) {
            std::memcpy(inputs[second]->row<float>(t - begin), &from[static_cast<size_t>(t * n)],
                        static_cast<size_t>(n) * sizeof(float));
        }
    }
    g.run(pool, active_kernels());
}

}  // namespace

TEST_CASE("gram: equals x^T x below the diagonal for ragged shapes and batches") {
    for (const int64_t n : {int64_t{1}, int64_t{16}, int64_t{37}, int64_t{80}, int64_t{530}}) {
        CAPTURE(n);
        constexpr int64_t kTokens = 45;
        const std::vector<float> x = uniform(static_cast<uint64_t>(n), kTokens * n);
        std::vector<float> sum(static_cast<size_t>(n * n));
        add_rows(x, 0, 32, n, 2, &sum);
        add_rows(x, 32, 33, n, 2, &sum);
        add_rows(x, 33, kTokens, n, 2, &sum);
        double worst = 0;
        for (int64_t i = 0; i < n; ++i) {
            for (int64_t j = 0; j <= i; ++j) {
                double expected = 0;
                for (int64_t t = 0; t < kTokens; ++t) {
                    expected += static_cast<double>(x[static_cast<size_t>(t * n + i)]) *
                                static_cast<double>(x[static_cast<size_t>(t * n + j)]);
                }
                const auto found = static_cast<double>(sum[static_cast<size_t>(i * n + j)]);
                worst = std::max(worst, std::fabs(found - expected));
            }
        }
        CHECK(worst < 1e-5);
    }
}

TEST_CASE("gram: bit for bit the same for any number of workers") {
    constexpr int64_t kTokens = 50, kN = 300;
    const std::vector<float> x = uniform(5, kTokens * kN);
    std::vector<float> one(kN * kN), three(kN * kN);
    add_rows(x, 0, kTokens, kN, 1, &one);
    add_rows(x, 0, kTokens, kN, 3, &three);
    CHECK(std::memcmp(one.data(), three.data(), one.size() * sizeof(float)) == 0);
}

TEST_CASE("gram: x^T (y - x) in full, for ragged shapes and batches, by any number of workers") {
    for (const int64_t n : {int64_t{1}, int64_t{16}, int64_t{37}, int64_t{80}, int64_t{530}}) {
        CAPTURE(n);
        constexpr int64_t kTokens = 45;
        const std::vector<float> x = uniform(static_cast<uint64_t>(n), kTokens * n);
        const std::vector<float> y = uniform(static_cast<uint64_t>(n) + 1, kTokens * n);
        std::vector<float> sum(static_cast<size_t>(n * n)), three = sum, none = sum;
        for (const auto& [threads, out] : {std::pair{1, &sum}, std::pair{3, &three}}) {
            add_shifted_rows(x, y, 0, 32, n, threads, out);
            add_shifted_rows(x, y, 32, kTokens, n, threads, out);
        }
        CHECK(sum == three);
        add_shifted_rows(x, x, 0, kTokens, n, 1, &none);
        CHECK(none == std::vector<float>(none.size()));
        double worst = 0;
        for (int64_t i = 0; i < n; ++i) {
            for (int64_t j = 0; j < n; ++j) {
                double expected = 0;
                for (int64_t t = 0; t < kTokens; ++t) {
                    const auto at = static_cast<size_t>(t * n);
                    expected += static_cast<double>(x[at + i]) *
                                (static_cast<double>(y[at + j]) - static_cast<double>(x[at + j]));
                }
                const auto found = static_cast<double>(sum[static_cast<size_t>(i * n + j)]);
                worst = std::max(worst, std::fabs(found - expected));
            }
        }
        CHECK(worst < 1e-5);
    }
}
