// The rotation of activations and weights against its explicit matrix, and as an operation.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <sstream>

#include "support/check_status.h"
#include "support/data.h"
#include "support/pseudo_random.h"
#include "tensor/ops.h"
#include "tensor/system.h"
#include "tensor/thread_pool.h"

using namespace quern;
using namespace quern::test;

namespace {

Rotation make(int64_t n, uint32_t seed) {
    auto rotation = Rotation::create(n, seed);
    check_ok(rotation.status());
    REQUIRE(rotation.ok());
    return std::move(*rotation);
}

}  // namespace

TEST_CASE("rotation: as an independent implementation with the explicit matrix has it") {
    std::ifstream file(golden("rotation.golden"));
    int lines = 0;
    for (std::string line; std::getline(file, line); ++lines) {
        std::istringstream in(line);
        int64_t n = 0;
        uint32_t seed = 0;
        in >> n >> seed;
        CAPTURE(n);
        const std::vector<float> x = uniform(seed + uint64_t{1000}, n);
        const Rotation rotation = make(n, seed);
        REQUIRE(rotation.size() == n);
        std::vector<float> y(x.size()), back = x;
        rotation.apply(x.data(), y.data());
        for (const float found : y) {
            double expected = 0;
            in >> expected;
            REQUIRE(!in.fail());
            CHECK(std::fabs(static_cast<double>(found) - expected) < 1e-6);
        }
        rotation.apply(back.data(), back.data());  // in place
        CHECK(back == y);
        rotation.invert(back.data(), back.data());
        for (size_t i = 0; i < x.size(); ++i) CHECK(std::fabs(back[i] - x[i]) < 1e-6f);
    }
    CHECK(lines == 14);
}

TEST_CASE("rotation: the matrix is orthogonal, and the inverse is its transpose") {
    for (const int64_t n : {1, 2, 4, 8, 16, 24, 32, 45, 72, 128, 576}) {
        CAPTURE(n);
        const Rotation rotation = make(n, 3);
        const auto size = static_cast<size_t>(n);
        std::vector<float> columns(size * size), rows(size * size);  // Q e_i, Q^T e_i
        for (size_t i = 0; i < size; ++i) {
            columns[i * size + i] = rows[i * size + i] = 1;
            rotation.apply(&columns[i * size], &columns[i * size]);
            rotation.invert(&rows[i * size], &rows[i * size]);
        }
        double worst = 0, asymmetry = 0;
        for (size_t i = 0; i < size; ++i) {
            for (size_t j = 0; j < size; ++j) {
                double dot = i == j ? -1 : 0;
                for (size_t k = 0; k < size; ++k) {
                    dot += static_cast<double>(columns[i * size + k]) *
                           static_cast<double>(columns[j * size + k]);
                }
                const float difference = columns[i * size + j] - rows[j * size + i];
                worst = std::fmax(worst, std::fabs(dot));
                asymmetry = std::fmax(asymmetry, std::fabs(static_cast<double>(difference)));
            }
        }
        CHECK(worst < 1e-6);
        CHECK(asymmetry < 1e-6);
    }
}

TEST_CASE("rotation: sizes with large odd parts, and none, are refused") {
    CHECK(Rotation::create(2 * Rotation::kMaxOddPart, 1).ok());
    for (const int64_t n : {int64_t{0}, int64_t{-8}, int64_t{257}, int64_t{1} << 20 | 1}) {
        check_error(Rotation::create(n, 1).status(), Code::kBadFile,
                    "vectors of " + std::to_string(n) + " values cannot be rotated");
    }
}

TEST_CASE("rotation: heads of a row are rotated each by itself; other widths are refused") {
    const Rotation rotation = make(16, 5);
    Graph g(1);
    Tensor* x = g.input(Storage::kF32, 2, 48);
    const Tensor* y = rotate(g, x, &rotation, false);
    g.keep(y);
    REQUIRE(g.plan().ok());
    const std::vector<float> values = uniform(4, 2 * 48);
    for (int64_t t = 0; t < 2; ++t) {
        std::memcpy(x->row<float>(t), &values[static_cast<size_t>(t * 48)], 48 * 4);
    }
    ThreadPool pool(1);
    g.run(pool, active_kernels());
    for (int64_t head = 0; head < 6; ++head) {
        std::vector<float> expected(16);
        rotation.apply(&values[static_cast<size_t>(head * 16)], expected.data());
        CHECK(std::memcmp(y->row<float>(head / 3) + head % 3 * 16, expected.data(), 16 * 4) == 0);
    }
    CHECK(y->op->cost(*y).operations == 6 * rotation.operations());

    Graph other(1);
    rotate(other, other.input(Storage::kF32, 2, 40), &rotation, false);
    check_error(other.plan(), Code::kFailed, "rotate: the rotation has another width");
}

TEST_CASE("rotation: rows of a graph, both ways, the same bits for any number of threads") {
    constexpr int64_t kTokens = 7, kCols = 72;
    const Rotation rotation = make(kCols, 9);
    const std::vector<float> values = uniform(4, kTokens * kCols);
    for (const int threads : {1, 2, 3}) {
        Graph g(threads);
        Tensor* x = g.input(Storage::kF32, kTokens, kCols);
        const Tensor* y = rotate(g, x, &rotation, false);
        const Tensor* back = rotate(g, y, &rotation, true);
        g.keep(y);
        g.keep(back);
        REQUIRE(g.plan().ok());
        for (int64_t t = 0; t < kTokens; ++t) {
            std::memcpy(x->row<float>(t), &values[static_cast<size_t>(t * kCols)], kCols * 4);
        }
        ThreadPool pool(threads);
        g.run(pool, active_kernels());
        std::vector<float> expected(kCols);
        for (int64_t t = 0; t < kTokens; ++t) {
            rotation.apply(x->row<float>(t), expected.data());
            CHECK(std::memcmp(y->row<float>(t), expected.data(), kCols * 4) == 0);
            rotation.invert(y->row<float>(t), expected.data());
            CHECK(std::memcmp(back->row<float>(t), expected.data(), kCols * 4) == 0);
        }
        const Cost cost = y->op->cost(*y);
        CHECK(cost.operations == kTokens * kCols * (1 + 3 + 2 * 9));
        CHECK(cost.bytes >= 2.0 * kTokens * kCols * 4);
    }
    Graph other(1);
    rotate(other, other.input(Storage::kF32, 1, 64), &rotation, false);
    CHECK(other.plan().message().find("rotate: the rotation has another width") == 0);
}
