// Graph: memory planning, stages, thread-count invariance, errors of recording; the worker pool.
#include "tensor/graph.h"

#include <doctest/doctest.h>

#include <cstring>

#include "support/aligned.h"
#include "support/pseudo_random.h"
#include "tensor/ops.h"
#include "tensor/system.h"
#include "tensor/thread_pool.h"

using namespace quern;
using namespace quern::test;

namespace {

/// A matrix weight in memory of its own.
struct Weight {
    Aligned data;
    Tensor tensor;
    Weight(const char* format, int64_t rows, int64_t cols)
        : data(find_format(format)->matrix_bytes(rows, cols)) {
        const Format& f = *find_format(format);
        tensor.name = "w";
        tensor.storage = Storage::kTiles;
        tensor.format = &f;
        tensor.rank = 2;
        tensor.shape = {rows, cols, 1, 1};
        tensor.stride = f.tile_bytes(f, cols);
        tensor.data = data.as<std::byte>();
        const std::vector<float> w = uniform(1, rows * cols);
        for (int64_t t = 0; t * 16 < rows; ++t) {
            f.encode_tile(&w[t * 16 * cols], std::min<int64_t>(16, rows - t * 16), cols,
                          tensor.row<uint8_t>(t));
        }
    }
};

}  // namespace

TEST_CASE("results are the same for any number of threads, bit for bit") {
    Weight up("q4z_g64", 100, 96), down("q8_g32", 96, 100);
    std::vector<float> first;
    for (int threads : {1, 2, 3, 5}) {
        CAPTURE(threads);
        Graph g(5);
        Tensor* x = g.input(Storage::kF32, 7, 96);
        Tensor* h = matmul(g, &up.tensor, x);
        Tensor* y = add(g, x, matmul(g, &down.tensor, swiglu(g, h, h)));
        g.keep(y);
        REQUIRE(g.plan().ok());
        const std::vector<float> values = uniform(4, 7 * 96);
        std::memcpy(x->data, values.data(), values.size() * 4);
        ThreadPool pool(threads);
        REQUIRE(pool.size() == threads);
        g.run(pool, active_kernels());
        std::vector<float> result(y->row<float>(0), y->row<float>(0) + 7 * 96);
        if (first.empty()) first = result;
        CHECK(result == first);
    }
}

TEST_CASE("memory is reused once a value has been read for the last time") {
    Graph g(5);
    Tensor* x = g.input(Storage::kF32, 16, 64);
    const uint64_t one = x->bytes();
    for (int i = 0; i < 20; ++i) x = add(g, x, x);
    g.keep(x);
    REQUIRE(g.plan().ok());
    CHECK(g.memory_bytes() == 3 * one);  // the input, which is kept, and two that alternate
}

TEST_CASE("values that overlap in time do not overlap in memory") {
    Graph g(5);
    Tensor* x = g.input(Storage::kF32, 3, 40);
    Tensor* a = add(g, x, x);                        // 2x
    Tensor* b = add(g, x, a);                        // 3x
    Tensor* c = add(g, a, b);                        // 5x
    Tensor* d = add(g, add(g, c, b), add(g, a, x));  // 8x + 3x
    Tensor* last = g.view_rows(d, 2, 1);
    g.keep(last);
    REQUIRE(g.plan().ok());
    for (int i = 0; i < 120; ++i) x->row<float>(0)[i] = static_cast<float>(i);
    ThreadPool pool(2);
    g.run(pool, active_kernels());
    for (int i = 0; i < 40; ++i)
        CHECK(last->row<float>(0)[i] == 11.0f * static_cast<float>(80 + i));
}

TEST_CASE("products that share an input share its quantized activations") {
    Weight a("q4z_g64", 32, 64), b("q8_row", 32, 64), c("q5_g64", 32, 64), d("f16", 32, 64);
    Graph g(5);
    Tensor* x = g.input(Storage::kF32, 1, 64);
    Tensor* p = matmul(g, &a.tensor, x);
    Tensor* q = matmul(g, &b.tensor, x);
    Tensor* r = matmul(g, &c.tensor, x);
    Tensor* s = matmul(g, &d.tensor, x);
    CHECK(p->sources[1] == r->sources[1]);  // both in groups of 64
    CHECK(p->sources[1] != q->sources[1]);  // the row format takes groups of 128
    CHECK(s->sources[1] == x);              // float weights take floats
}

TEST_CASE("a wrong shape is an error of plan(), not a crash") {
    Weight w("q4z_g64", 32, 64);
    Graph g(5);
    Tensor* x = g.input(Storage::kF32, 1, 63);
    matmul(g, &w.tensor, x);
    const Status s = g.plan();
    CHECK(s.code() == Code::kFailed);
    CHECK(s.message().find("matmul: w does not fit its input of 63 columns") != std::string::npos);
}

TEST_CASE("the pool runs every worker once per run and barriers keep them together") {
    ThreadPool pool(4);
    std::atomic<int> phase_one{0};
    int checked = 0;
    for (int round = 1; round <= 200; ++round) {
        std::atomic<int> wrong{0};
        pool.run([&](int) {
            phase_one.fetch_add(1);
            pool.barrier();
            if (phase_one.load() != round * pool.size()) wrong.fetch_add(1);
            pool.barrier();
        });
        REQUIRE(wrong.load() == 0);
        ++checked;
    }
    CHECK(checked == 200);
}
