// Graph: memory planning, stages, thread-count invariance, errors of recording; the worker pool.
#include "tensor/graph.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "kernels/kernels.h"
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

std::atomic<int64_t> units_computed{0};
std::atomic<uint32_t> workers_seen{0};  // a bit each

/// y = x + 1, row by row. The first row takes the value's own number of microseconds, asleep.
const Op kSleepy = {
    "sleepy", row_units,
    [](const Tensor& y, int64_t begin, int64_t end, const Worker& worker) {
        workers_seen |= 1u << worker.index;
        if (begin == 0) {
            std::this_thread::sleep_for(std::chrono::microseconds(params_of<int64_t>(y)));
        }
        for (int64_t r = begin; r < end; ++r, ++units_computed) {
            for (int64_t k = 0; k < y.cols(); ++k) {
                y.row<float>(r)[k] = y.sources[0]->row<float>(r)[k] + 1;
            }
        }
    },
    streaming_cost};

/// y = x + 1 in as many rows as the second source says.
const Op kSomeRows = {
    .name = "some rows",
    .units = [](const Tensor& y) -> int64_t { return *y.sources[1]->row<int32_t>(0); },
    .forward =
        [](const Tensor& y, int64_t begin, int64_t end, const Worker&) {
            for (int64_t r = begin; r < end; ++r)
                *y.row<float>(r) = *y.sources[0]->row<float>(r) + 1;
        },
    .cost = streaming_cost,
    .units_vary = true};

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

TEST_CASE("a product with a residual is the sum, bit for bit, for any number of threads") {
    for (const char* format : {"q4z_g64", "f16"}) {
        for (const int64_t rows : {100, 37}) {  // units of 32 rows; the last has fewer
            Weight weight(format, rows, 64);
            for (int threads : {1, 3}) {
                CAPTURE(threads);
                Graph g(3);
                Tensor* x = g.input(Storage::kF32, 5, 64);
                Tensor* residual = g.input(Storage::kF32, 5, rows);
                Tensor* apart = add(g, matmul(g, &weight.tensor, x), residual);
                Tensor* fused = matmul(g, &weight.tensor, x, residual);
                g.keep(apart);
                g.keep(fused);
                REQUIRE(g.plan().ok());
                const std::vector<float> values = uniform(4, 5 * 64), more = uniform(5, 5 * rows);
                std::memcpy(x->data, values.data(), values.size() * 4);
                std::memcpy(residual->data, more.data(), more.size() * 4);
                ThreadPool pool(threads);
                g.run(pool, active_kernels());
                CHECK(std::memcmp(apart->data, fused->data, apart->bytes()) == 0);
            }
        }
    }
    Weight weight("f16", 32, 64);
    Graph g(1);
    Tensor* x = g.input(Storage::kF32, 5, 64);
    matmul(g, &weight.tensor, x, x);
    CHECK(g.plan().message().find("the residual does not fit the product with w") == 8);
}

TEST_CASE("a product cut by rows is that of its rows, bit for bit, for any number of threads") {
    constexpr int64_t kOut = 100, kIn = 64, kPiece = 40;
    for (const char* format : {"q4z_g64", "f16", "bf16", "f8_e4m3", "q8_row", "q3m_g64d"}) {
        Weight weight(format, kOut, kIn);
        CAPTURE(std::string(format));
        for (const int64_t rows : {kManyRows - 1, kManyRows, kManyRows + 5}) {
            for (int threads : {1, 2, 3}) {
                CAPTURE(rows);
                CAPTURE(threads);
                Graph g(3);
                Tensor* x = g.input(Storage::kF32, rows, kIn);
                Tensor* residual = g.input(Storage::kF32, rows, kOut);
                Tensor* whole = matmul(g, &weight.tensor, x, residual);
                g.keep(whole);
                std::vector<Tensor*> pieces;
                for (int64_t at = 0; at < rows; at += kPiece) {
                    const int64_t n = std::min(kPiece, rows - at);
                    pieces.push_back(matmul(g, &weight.tensor, g.view_rows(x, at, n),
                                            g.view_rows(residual, at, n)));
                    g.keep(pieces.back());
                }
                REQUIRE(g.plan().ok());
                const auto values = uniform(4, rows * kIn), more = uniform(5, rows * kOut);
                std::memcpy(x->data, values.data(), values.size() * 4);
                std::memcpy(residual->data, more.data(), more.size() * 4);
                ThreadPool pool(threads);
                g.run(pool, active_kernels());
                const std::byte* at = whole->data;
                for (const Tensor* piece : pieces) {
                    CHECK(std::memcmp(at, piece->data, piece->bytes()) == 0);
                    at += piece->bytes();
                }
            }
        }
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
    Weight e("bf16", 32, 64), f("bf16", 16, 64);
    Graph g(5);
    Tensor* x = g.input(Storage::kF32, 1, 64);
    Tensor* p = matmul(g, &a.tensor, x);
    Tensor* q = matmul(g, &b.tensor, x);
    Tensor* r = matmul(g, &c.tensor, x);
    Tensor* s = matmul(g, &d.tensor, x);
    CHECK(p->sources[1] == q->sources[1]);  // whatever the weights' groups are
    CHECK(p->sources[1] == r->sources[1]);
    CHECK(s->sources[1] == x);  // float weights take floats
    const Tensor* rounded = matmul(g, &e.tensor, x)->sources[1];
    CHECK(rounded == matmul(g, &f.tensor, x)->sources[1]);
    CHECK(rounded != x);
    CHECK(rounded != q->sources[1]);
}

TEST_CASE("a norm that only products read is fused into their input; other readers still get it") {
    for (const char* format : {"q4z_g64", "bf16"}) {
        CAPTURE(format);
        Weight w(format, 32, 64);
        std::vector<float> ones(64, 1.0f), fused, separate;
        Tensor weight;
        set_shape(&weight, Storage::kF32, 1, 64);
        weight.data = reinterpret_cast<std::byte*>(ones.data());
        for (bool keep_norm : {false, true}) {
            Graph g(2);
            Tensor* x = g.input(Storage::kF32, 5, 64);
            Tensor* h = rms_norm(g, x, &weight, 1e-5f);
            Tensor* y = matmul(g, &w.tensor, h);
            g.keep(y);
            if (keep_norm) g.keep(h);
            REQUIRE(g.plan().ok());
            const std::vector<float> values = uniform(9, 5 * 64);
            std::memcpy(x->data, values.data(), values.size() * 4);
            ThreadPool pool(2);
            Profile profile;
            g.run(pool, active_kernels(), &profile);
            CHECK(profile.entries().size() ==
                  (keep_norm ? 3u : 2u));  // with or without rms_norm itself
            (keep_norm ? separate : fused).assign(y->row<float>(0), y->row<float>(0) + 5 * 32);
            if (!keep_norm) continue;
            std::vector<float> expected(64);
            active_kernels().rms_norm(values.data() + 64, ones.data(), 64, 1e-5f, expected.data());
            CHECK(std::equal(expected.begin(), expected.end(), h->row<float>(1)));
        }
        CHECK(fused == separate);
    }
}

TEST_CASE("a stage of more units than a claim can count is refused, not computed in part") {
    constexpr Op kHuge{"huge", [](const Tensor&) { return int64_t{1} << 24; },
                       [](const Tensor&, int64_t, int64_t, const Worker&) {}, streaming_cost};
    Graph g(1);
    Tensor* y = g.add(kHuge, {g.input(Storage::kF32, 1, 1)});
    set_shape(y, Storage::kF32, 1, 1);
    g.keep(y);
    REQUIRE(g.plan().ok());
    ThreadPool pool(1);
    CHECK_THROWS_AS(g.run(pool, active_kernels()), std::length_error);
}

TEST_CASE("units that depend on inputs are counted before every run") {
    constexpr int64_t kRows = 6;
    for (int threads : {1, 2, 3}) {
        Graph g(3);
        const Tensor* x = g.input(Storage::kF32, kRows, 1);
        std::vector<Tensor*> counts, values;
        const auto some_rows = [&](const Tensor* of) {
            counts.push_back(g.input(Storage::kI32, 1, 1));
            values.push_back(g.add(kSomeRows, {of, counts.back()}));
            set_shape(values.back(), Storage::kF32, kRows, 1);
            g.keep(values.back());
            return values.back();
        };
        some_rows(x);
        const Tensor* beside = some_rows(x);  // in the same stage
        some_rows(some_rows(beside));
        REQUIRE(g.plan().ok());
        ThreadPool pool(threads);
        Profile profile;
        const std::vector<std::vector<int32_t>> runs = {
            {0, 0, 0, 0}, {6, 6, 6, 6}, {0, 2, 0, 4}, {3, 0, 5, 0}, {1, 4, 2, 6}};
        for (const auto& n : runs) {
            for (Profile* with : {static_cast<Profile*>(nullptr), &profile}) {
                for (int64_t r = 0; r < kRows; ++r) *x->row<float>(r) = static_cast<float>(r);
                for (size_t i = 0; i < values.size(); ++i) {
                    *counts[i]->row<int32_t>(0) = n[i];
                    for (int64_t r = 0; r < kRows; ++r) *values[i]->row<float>(r) = -9;
                }
                REQUIRE(g.run(pool, active_kernels(), with));
                for (size_t i = 0; i < values.size(); ++i) {
                    const Tensor& of = i < 2 ? *x : *values[i - 1];
                    for (int64_t r = 0; r < kRows; ++r) {
                        const float computed = *of.row<float>(r) + 1;
                        CHECK(*values[i]->row<float>(r) == (r < n[i] ? computed : -9));
                    }
                }
            }
        }
    }
}

TEST_CASE("values that nobody needs are not computed and take no memory") {
    Graph g(1);
    Tensor* x = g.input(Storage::kF32, 4, 64);
    Tensor* unused = add(g, x, x);
    for (int i = 0; i < 10; ++i) unused = add(g, unused, x);
    g.keep(add(g, x, x));
    REQUIRE(g.plan().ok());
    CHECK(g.memory_bytes() == 2 * x->bytes());
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

TEST_CASE("the pool: every run is complete, whoever comes") {
    ThreadPool pool(4);
    for (int round = 0; round < 500; ++round) {
        std::atomic<int> claimed{0}, done{0}, callers{0};
        pool.run([&](int worker) {
            if (worker == 0) callers.fetch_add(1);
            while (claimed.fetch_add(1) < 64) done.fetch_add(1);
        });
        REQUIRE(done.load() == 64);
        REQUIRE(callers.load() == 1);
    }
}

TEST_CASE("a worker that comes late or sleeps on a unit changes no result") {
    Graph g(6);
    Tensor* x = g.input(Storage::kF32, 64, 32);
    Tensor* y = x;
    for (int i = 0; i < 30; ++i) y = add(g, y, x);
    g.keep(y);
    REQUIRE(g.plan().ok());
    std::fill(x->row<float>(0), x->row<float>(64), 1.0f);
    ThreadPool pool(6);  // more workers than cores
    for (int round = 0; round < 300; ++round) {
        std::fill(y->row<float>(0), y->row<float>(64), 0.0f);
        g.run(pool, active_kernels());
        for (int64_t i = 0; i < 64 * 32; ++i) REQUIRE(y->row<float>(0)[i] == 31.0f);
    }
}

TEST_CASE("a worker that wakes up late finds its stage or the run over: nothing hangs or is lost") {
    // While one worker sleeps on a unit the others run out of units and sleep until the stage
    // changes. Then the stages that need no time are over before the system has woken all of them.
    constexpr int64_t kRows = 5, kRuns = 60;
    constexpr int64_t kMicroseconds[] = {1500, 0, 0, 300, 0, 0, 0, 0, 1500, 0, 0, 0};
    Graph g(8);
    Tensor* x = g.input(Storage::kF32, kRows, 16);
    Tensor* y = x;
    for (int64_t time : kMicroseconds) {
        const Tensor* source = y;
        y = g.add(kSleepy, {source});
        set_shape(y, Storage::kF32, kRows, 16);
        params_of<int64_t>(y) = time;
    }
    g.keep(y);
    REQUIRE(g.plan().ok());
    std::fill(x->row<float>(0), x->row<float>(kRows), 1.0f);
    units_computed = 0;
    workers_seen = 0;
    ThreadPool pool(8);  // more workers than units
    for (int64_t run = 1; run <= kRuns; ++run) {
        std::fill(y->row<float>(0), y->row<float>(kRows), 0.0f);
        g.run(pool, active_kernels());
        REQUIRE(units_computed == run * kRows * static_cast<int64_t>(std::size(kMicroseconds)));
        for (int64_t i = 0; i < kRows * 16; ++i) REQUIRE(y->row<float>(0)[i] == 13.0f);
    }
    CHECK((workers_seen & (workers_seen - 1)) != 0);  // more than one worker took part
}

TEST_CASE("a cancelled run stops in the middle, and the next one is complete") {
    static std::atomic<bool> cancel{false};
    // y = x + 1; the row that holds 3 cancels the run.
    static const Op kCancelling = {"cancelling", row_units,
                                   [](const Tensor& y, int64_t begin, int64_t end, const Worker&) {
                                       for (int64_t r = begin; r < end; ++r, ++units_computed) {
                                           const float x = *y.sources[0]->row<float>(r);
                                           if (x == 3) cancel = true;
                                           *y.row<float>(r) = x + 1;
                                       }
                                   },
                                   streaming_cost};
    constexpr int64_t kRows = 40, kStages = 9;
    for (int threads : {1, 2, 4}) {
        CAPTURE(threads);
        ThreadPool pool(threads);
        Graph g(threads);
        Tensor* x = g.input(Storage::kF32, kRows, 1);
        const Tensor* last = x;
        for (int64_t i = 0; i < kStages; ++i) {
            Tensor* y = g.add(kCancelling, {last});
            set_shape(y, Storage::kF32, kRows, 1);
            last = y;
        }
        g.keep(last);
        REQUIRE(g.plan().ok());
        units_computed = 0;
        for (int64_t r = 0; r < kRows; ++r) *x->row<float>(r) = 0;
        cancel = false;
        CHECK(!g.run(pool, active_kernels(), nullptr, &cancel));
        // Stages 0 to 2 and a part of stage 3, whose first row cancels.
        CHECK(units_computed > 3 * kRows);
        CHECK(units_computed < 4 * kRows);
        // The flag is the caller's: it says what is wanted now.
        CHECK(!g.run(pool, active_kernels(), nullptr, &cancel));
        cancel = false;
        for (int64_t r = 0; r < kRows; ++r) *x->row<float>(r) = 10;
        CHECK(g.run(pool, active_kernels(), nullptr, &cancel));
        for (int64_t r = 0; r < kRows; ++r) CHECK(*last->row<float>(r) == 10 + kStages);
        CHECK(g.run(pool, active_kernels()));
    }
}

TEST_CASE("a profile has every op with its calls and cost") {
    Weight w("q8_g32", 64, 96);
    Graph g(2);
    Tensor* x = g.input(Storage::kF32, 3, 96);
    Tensor* y = matmul(g, &w.tensor, x);
    g.keep(add(g, y, y));
    REQUIRE(g.plan().ok());
    ThreadPool pool(2);
    Profile profile;
    g.run(pool, active_kernels(), &profile);
    g.run(pool, active_kernels(), &profile);
    REQUIRE(profile.entries().size() == 3);
    CHECK(profile.entries()[0].name == "quantize");
    CHECK(profile.entries()[1].name == "matmul q8_g32");
    CHECK(profile.entries()[1].calls == 2);
    CHECK(profile.entries()[1].cost.operations == 2 * 2.0 * 64 * 96 * 3);
    CHECK(profile.entries()[1].cost.bytes ==
          2.0 * static_cast<double>(find_format("q8_g32")->matrix_bytes(64, 96)));
    CHECK(profile.entries()[2].name == "add");
}
