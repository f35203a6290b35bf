// Products split by columns (ops/columns.cpp), and int8 products whose inputs have a given range.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "kernels/kernels.h"
#include "support/aligned.h"
#include "support/pseudo_random.h"
#include "tensor/numeric.h"
#include "tensor/ops.h"
#include "tensor/system.h"
#include "tensor/thread_pool.h"

using namespace quern;
using namespace quern::test;

namespace {

struct PackedWeight {
    Aligned data;
    Tensor tensor;
    PackedWeight(const char* format, int64_t rows, int64_t cols, const std::vector<float>& w)
        : data(find_format(format)->matrix_bytes(rows, cols)) {
        const Format& f = *find_format(format);
        tensor.storage = Storage::kTiles;
        tensor.format = &f;
        tensor.rank = 2;
        tensor.shape = {rows, cols, 1, 1};
        tensor.stride = f.tile_bytes(f, cols);
        tensor.data = data.as<std::byte>();
        for (int64_t r = 0; r < rows; r += kTileRows) {
            f.encode_tile(&w[static_cast<size_t>(r * cols)], std::min(kTileRows, rows - r), cols,
                          tensor.row<uint8_t>(r / kTileRows));
        }
    }
};

void run(Graph& g, std::initializer_list<const Tensor*> kept) {
    for (const Tensor* t : kept) g.keep(t);
    REQUIRE(g.plan().ok());
}

/// Values that f16 holds.
std::vector<float> halves(uint64_t seed, int64_t n) {
    std::vector<float> v = uniform(seed, n);
    for (float& x : v) x = f16_to_f32(f32_to_f16(x));
    return v;
}

constexpr int64_t kInputRows = 5, kOutputs = 37, kInputs = 100;

}  // namespace

TEST_CASE("columns: taken and cleared ones are the input's, once for equal indices") {
    Graph g(2);
    Tensor* x = g.input(Storage::kF32, kInputRows, kInputs);
    const Tensor* columns = g.constant({0, 7, 99});
    const Tensor* taken = take_columns(g, x, columns);
    const Tensor* cleared = clear_columns(g, x, columns);
    CHECK(take_columns(g, x, g.constant({0, 7, 99})) == taken);
    CHECK(clear_columns(g, x, g.constant({0, 7, 99})) == cleared);
    CHECK(take_columns(g, x, g.constant({0, 7})) != taken);
    run(g, {taken, cleared});
    const std::vector<float> values = uniform(3, kInputRows * kInputs);
    for (int64_t t = 0; t < kInputRows; ++t) {
        std::memcpy(x->row<float>(t), &values[static_cast<size_t>(t * kInputs)], kInputs * 4);
    }
    ThreadPool pool(2);
    g.run(pool, active_kernels());
    for (int64_t t = 0; t < kInputRows; ++t) {
        for (int64_t k = 0; k < kInputs; ++k) {
            const bool large = k == 0 || k == 7 || k == 99;
            CHECK(cleared->row<float>(t)[k] == (large ? 0 : x->row<float>(t)[k]));
        }
        CHECK(taken->row<float>(t)[0] == x->row<float>(t)[0]);
        CHECK(taken->row<float>(t)[1] == x->row<float>(t)[7]);
        CHECK(taken->row<float>(t)[2] == x->row<float>(t)[99]);
    }
    Graph narrow(1);
    take_columns(narrow, narrow.input(Storage::kF32, 1, 2), narrow.constant({0, 1, 2}));
    CHECK(narrow.plan().message().find("take columns: more columns than x has") !=
          std::string::npos);
}

TEST_CASE("columns: large inputs in a product of their own keep the others' int8 scales fine") {
    std::vector<float> w = halves(11, kOutputs * kInputs), x = uniform(12, kInputRows * kInputs);
    const std::vector<float> index = {3, 40, 41, 98};
    for (int64_t t = 0; t < kInputRows; ++t) {
        for (const float k : index)
            x[static_cast<size_t>(t * kInputs + static_cast<int64_t>(k))] *= 300;
    }
    std::vector<float> small = w, large;
    for (int64_t r = 0; r < kOutputs; ++r) {
        for (const float k : index) {
            float& value = small[static_cast<size_t>(r * kInputs + static_cast<int64_t>(k))];
            large.push_back(value);
            value = 0;
        }
    }
    const PackedWeight whole("q8_row", kOutputs, kInputs, w),
        rest("q8_row", kOutputs, kInputs, small);
    const PackedWeight outliers("f16", kOutputs, static_cast<int64_t>(index.size()), large);
    Graph g(1);
    Tensor* in = g.input(Storage::kF32, kInputRows, kInputs);
    const Tensor* columns = g.constant(index);
    const Tensor* dense = matmul(g, &whole.tensor, in);
    const Tensor* part = matmul(g, &outliers.tensor, take_columns(g, in, columns));
    const Tensor* split = matmul(g, &rest.tensor, clear_columns(g, in, columns), part);
    run(g, {dense, split});
    for (int64_t t = 0; t < kInputRows; ++t) {
        std::memcpy(in->row<float>(t), &x[static_cast<size_t>(t * kInputs)], kInputs * 4);
    }
    ThreadPool pool(1);
    g.run(pool, active_kernels());
    double dense_error = 0, split_error = 0;
    for (int64_t t = 0; t < kInputRows; ++t) {
        for (int64_t r = 0; r < kOutputs; ++r) {
            double exact = 0;
            for (int64_t k = 0; k < kInputs; ++k) {
                exact += static_cast<double>(w[static_cast<size_t>(r * kInputs + k)]) *
                         static_cast<double>(x[static_cast<size_t>(t * kInputs + k)]);
            }
            dense_error += std::pow(static_cast<double>(dense->row<float>(t)[r]) - exact, 2);
            split_error += std::pow(static_cast<double>(split->row<float>(t)[r]) - exact, 2);
        }
    }
    // Steps of 2/255 in weights and 1/127 in inputs below 0.5, squared and summed over the inputs.
    const double bound = kInputRows * kOutputs * kInputs * 1e-5;
    CHECK(split_error < bound);
    CHECK(dense_error > 100 * split_error);
}

TEST_CASE("input range: the product is that of clamped codes, in integers") {
    for (const char* format : {"q8_row", "q8_g32", "q4_g128"}) {
        CAPTURE(format);
        const std::vector<float> w = uniform(21, kOutputs * kInputs);
        const std::vector<float> x = uniform(22, kInputRows * kInputs);
        const PackedWeight weight(format, kOutputs, kInputs, w);
        const Format& f = *weight.tensor.format;
        constexpr float kRange = 0.4f;  // inputs reach 0.5
        Graph g(1);
        Tensor* in = g.input(Storage::kF32, kInputRows, kInputs);
        const Tensor* y = matmul(g, &weight.tensor, in, nullptr, kRange);
        const Tensor* same = matmul(g, &weight.tensor, in, nullptr, kRange);
        const Tensor* measured = matmul(g, &weight.tensor, in);
        CHECK(same->sources[1] == y->sources[1]);  // quantized once
        CHECK(measured->sources[1] != y->sources[1]);
        run(g, {y});
        for (int64_t t = 0; t < kInputRows; ++t) {
            std::memcpy(in->row<float>(t), &x[static_cast<size_t>(t * kInputs)], kInputs * 4);
        }
        ThreadPool pool(1);
        g.run(pool, active_kernels());
        std::vector<float> row(kInputs);
        for (int64_t r = 0; r < kOutputs; ++r) {
            f.decode_row(f, weight.tensor.row<uint8_t>(r / kTileRows), r % kTileRows, kInputs,
                         row.data());
            for (int64_t t = 0; t < kInputRows; ++t) {
                double exact = 0, size = 0;
                for (int64_t k = 0; k < kInputs; ++k) {
                    const float value = x[static_cast<size_t>(t * kInputs + k)] * (127 / kRange);
                    const double code = std::nearbyint(std::fmin(std::fmax(value, -127), 127));
                    const double term = static_cast<double>(row[static_cast<size_t>(k)]) * code *
                                        static_cast<double>(kRange / 127);
                    exact += term;
                    size += std::fabs(term);
                }
                const double difference = static_cast<double>(y->row<float>(t)[r]) - exact;
                REQUIRE(std::fabs(difference) <= 1e-6 * size);
            }
        }
    }
}
