// record_gradient() against differences of the forward pass, op by op and in chains; its sums at
// weights; that rounding counts as if it were not there.
#include "tensor/gradient.h"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>

#include "support/aligned.h"
#include "support/pseudo_random.h"
#include "tensor/ops.h"
#include "tensor/rotation.h"
#include "tensor/system.h"
#include "tensor/thread_pool.h"

using namespace quern;
using namespace quern::test;

namespace {

using Values = std::vector<float>;

/// A weight [rows, cols] in a format, and what it decodes to.
struct RoundedWeight {
    Tensor tensor;
    Aligned memory;
    Values values;

    RoundedWeight(const char* format, int64_t rows, int64_t cols)
        : memory(find_format(format)->matrix_bytes(rows, cols)), values(uniform(7, rows * cols)) {
        const Format& f = *find_format(format);
        set_shape(&tensor, Storage::kTiles, rows, cols);
        tensor.format = &f;
        tensor.stride = f.tile_bytes(f, cols);
        tensor.data = memory.as<std::byte>();
        for (int64_t r = 0; r < rows; ++r) {
            auto* tile = tensor.row<uint8_t>(r / kTileRows);
            float* row = &values[static_cast<size_t>(r * cols)];
            f.encode_row(f, row, r % kTileRows, cols, tile);
            f.decode_row(f, tile, r % kTileRows, cols, row);
        }
    }
};

/// y of x [tokens, cols], and of others, which are recorded before it.
struct Function {
    int64_t tokens, cols;
    std::vector<int64_t> others;  ///< columns of each
    std::function<const Tensor*(Graph& g, const Tensor* x, const std::vector<Tensor*>& others)>
        record;
};

/// A recorded function with values in its inputs.
struct Recorded {
    ThreadPool pool;
    Graph g;
    std::vector<Tensor*> others{};
    Tensor* x = nullptr;
    const Tensor* y = nullptr;

    Tensor* at_y = nullptr;

    /// With `at_cols` columns of the gradient at y, which comes before what is computed.
    Recorded(const Function& f, int threads, int64_t at_cols = 0) : pool(threads), g(threads) {
        if (at_cols > 0) at_y = g.input(Storage::kF32, f.tokens, at_cols);
        for (const int64_t cols : f.others)
            others.push_back(g.input(Storage::kF32, f.tokens, cols));
        x = g.input(Storage::kF32, f.tokens, f.cols);
        y = f.record(g, x, others);
    }
    void run(const Values& at_x) {
        for (size_t i = 0; i < others.size(); ++i) {
            const int64_t n = others[i]->rows() * others[i]->cols();
            const Values v = uniform(20 + i, n);
            std::copy(v.begin(), v.end(), others[i]->row<float>(0));
        }
        std::copy(at_x.begin(), at_x.end(), x->row<float>(0));
        REQUIRE(g.run(pool, active_kernels()));
    }
};

Values read(const Tensor& t) {
    Values out;
    for (int64_t i = 0; i < t.rows(); ++i) {
        out.insert(out.end(), t.row<float>(i), t.row<float>(i) + t.cols());
    }
    return out;
}

/// The gradient at y: fixed numbers.
Values at_output(const Tensor& y) { return uniform(11, y.rows() * y.cols()); }

double dot(const Values& a, const Values& b) {
    double sum = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    }
    return sum;
}

double loss(const Function& f, const Values& x) {
    Recorded r(f, 1);
    r.g.keep(r.y);
    REQUIRE(r.g.plan().ok());
    r.run(x);
    return dot(read(*r.y), at_output(*r.y));
}

Values gradient(const Function& f, const Values& x, int threads, const WeightSums& sums = {},
                const Format& products = *find_format("f32")) {
    Recorded r(f, threads, Recorded(f, 1).y->cols());
    const Tensor* at_x = record_gradient(r.g, r.x, r.y, r.at_y, sums, products);
    REQUIRE(at_x != nullptr);
    r.g.keep(at_x);
    REQUIRE(r.g.plan().ok());
    const Values given = at_output(*r.y);
    std::copy(given.begin(), given.end(), r.at_y->row<float>(0));
    r.run(x);
    return read(*at_x);
}

/// Along some directions, so that every element takes part.
void check_gradient(const Function& f) {
    const Values x = uniform(3, f.tokens * f.cols);
    const Values found = gradient(f, x, 1);
    CHECK(gradient(f, x, 3) == found);
    for (uint64_t seed = 30; seed < 34; ++seed) {
        constexpr float kStep = 1.0f / 256;
        const Values direction = uniform(seed, f.tokens * f.cols);
        Values before = x, after = x;
        for (size_t i = 0; i < x.size(); ++i) {
            before[i] -= kStep * direction[i];
            after[i] += kStep * direction[i];
        }
        const double expected = (loss(f, after) - loss(f, before)) / (2 * double{kStep});
        const double scale = std::sqrt(dot(found, found));
        CHECK(std::fabs(dot(found, direction) - expected) <= 2e-3 * scale);
    }
}

struct AttentionShape {
    int64_t n_heads, n_kv_heads, head_dim, tokens;
    bool turned = false;  ///< keys pass through RoPE and a rotation on their way to the cache
};

/// Attention as a function of its queries (0), keys (1) or values (2).
void check_attention(const AttentionShape& s, int of) {
    KvCache cache{find_format("f32"), find_format("f32"), s.n_kv_heads, s.head_dim, s.tokens};
    Aligned memory(cache.bytes());
    cache.data = memory.as<std::byte>();
    const Rotation rotation = Rotation::create(s.head_dim, 1).value();
    if (s.turned) cache.key_rotation = &rotation;
    const int64_t cols[] = {s.n_heads * s.head_dim, s.n_kv_heads * s.head_dim,
                            s.n_kv_heads * s.head_dim};
    Function f{s.tokens, cols[of], {}, {}};
    for (int i = 0; i < 3; ++i) {
        if (i != of) f.others.push_back(cols[i]);
    }
    f.record = [&](Graph& g, const Tensor* x, const std::vector<Tensor*>& others) {
        const Tensor* inputs[3];
        for (int i = 0, next = 0; i < 3; ++i) {
            inputs[i] = i == of ? x : others[static_cast<size_t>(next++)];
        }
        std::vector<float> numbers(static_cast<size_t>(s.tokens));
        Tensor* positions = g.constant(std::move(numbers));
        positions->storage = Storage::kI32;
        positions->shape = {s.tokens, 1, 1, 1};
        positions->stride = sizeof(int32_t);
        for (int64_t t = 0; t < s.tokens; ++t) {
            *positions->row<int32_t>(t) = static_cast<int32_t>(t);
        }
        if (s.turned) {
            const Tensor* frequencies = g.constant(uniform(5, s.head_dim / 2));
            inputs[1] = rope(g, inputs[1], rope_table(g, positions, frequencies), s.head_dim);
        }
        const Tensor* stored = store(g, inputs[1], inputs[2], positions, &cache);
        return attention(g, inputs[0], stored, positions, &cache, s.n_heads);
    };
    CAPTURE(s.tokens);
    CAPTURE(of);
    check_gradient(f);
}

}  // namespace

TEST_CASE("gradient: of every op that models are made of") {
    SUBCASE("rms_norm") {
        check_gradient({5, 40, {}, [](Graph& g, const Tensor* x, const auto&) {
                            return rms_norm(g, x, g.constant(uniform(9, 40)), 1e-3f);
                        }});
    }
    SUBCASE("swiglu, by its gate") {
        check_gradient({5, 40, {40}, [](Graph& g, const Tensor* x, const auto& others) {
                            return swiglu(g, x, others[0]);
                        }});
    }
    SUBCASE("swiglu, by what is gated") {
        check_gradient({5, 40, {40}, [](Graph& g, const Tensor* x, const auto& others) {
                            return swiglu(g, others[0], x);
                        }});
    }
    SUBCASE("rope, of some of a head's dimensions") {
        check_gradient({5, 48, {8}, [](Graph& g, const Tensor* x, const auto& others) {
                            return rope(g, x, others[0], 12);
                        }});
    }
    SUBCASE("rotate") {
        const Rotation rotation = Rotation::create(24, 1).value();
        for (const bool inverse : {false, true}) {
            check_gradient({5, 48, {}, [&](Graph& g, const Tensor* x, const auto&) {
                                return rotate(g, x, &rotation, inverse);
                            }});
        }
    }
    SUBCASE("matmul, and its residual") {
        RoundedWeight weight("f32", 35, 50);
        check_gradient({5, 50, {35}, [&](Graph& g, const Tensor* x, const auto& others) {
                            return matmul(g, &weight.tensor, x, others[0]);
                        }});
        check_gradient({5, 35, {50}, [&](Graph& g, const Tensor* x, const auto& others) {
                            return matmul(g, &weight.tensor, others[0], x);
                        }});
    }
    SUBCASE("values that several ops read") {
        RoundedWeight weight("f32", 40, 40);
        check_gradient({5, 40, {}, [&](Graph& g, const Tensor* x, const auto&) {
                            const Tensor* h = rms_norm(g, x, g.constant(uniform(9, 40)), 1e-3f);
                            const Tensor* y = matmul(g, &weight.tensor, swiglu(g, h, h), x);
                            return add(g, y, h);
                        }});
    }
}

TEST_CASE("gradient: of attention, at queries, keys and values") {
    for (const AttentionShape& s :
         {AttentionShape{1, 1, 8, 1}, AttentionShape{4, 2, 20, 33}, AttentionShape{6, 2, 16, 130},
          AttentionShape{9, 3, 64, 70}, AttentionShape{4, 2, 16, 33, true}}) {
        for (const int of : {0, 1, 2}) check_attention(s, of);
    }
}

TEST_CASE("gradient: at weights, added to what is there") {
    constexpr int64_t kTokens = 37, kRows = 90, kCols = 50;
    RoundedWeight weight("f32", kRows, kCols);
    const Function f{kTokens, kCols, {}, [&](Graph& g, const Tensor* x, const auto&) {
                         return matmul(g, &weight.tensor, x);
                     }};
    const Values x = uniform(3, kTokens * kCols), at_y = uniform(11, kTokens * kRows);
    Values sum(kRows * kCols, 2.0f);
    gradient(f, x, 2, {{&weight.tensor, sum.data()}});
    for (int64_t r = 0; r < kRows; ++r) {
        for (int64_t k = 0; k < kCols; ++k) {
            double expected = 2;
            for (int64_t t = 0; t < kTokens; ++t) {
                expected += static_cast<double>(at_y[t * kRows + r]) *
                            static_cast<double>(x[t * kCols + k]);
            }
            REQUIRE(std::fabs(static_cast<double>(sum[r * kCols + k]) - expected) < 1e-5);
        }
    }
}

TEST_CASE("gradient: products with rounded weights and inputs pass it on as if inputs were not") {
    for (const char* format : {"q4z_g32", "q3m_g64d", "nf4_g64d", "bf16", "f16"}) {
        CAPTURE(format);
        constexpr int64_t kTokens = 5, kRows = 35, kCols = 128;
        RoundedWeight weight(format, kRows, kCols);
        const Function f{kTokens, kCols, {}, [&](Graph& g, const Tensor* x, const auto&) {
                             const Tensor* ones = g.constant(Values(kCols, 1.0f));
                             return matmul(g, &weight.tensor, rms_norm(g, x, ones, 1e-3f));
                         }};
        RoundedWeight same("f32", kRows, kCols);
        same.values = weight.values;
        for (int64_t r = 0; r < kRows; ++r) {
            same.tensor.format->encode_row(*same.tensor.format, &same.values[r * kCols],
                                           r % kTileRows, kCols,
                                           same.tensor.row<uint8_t>(r / kTileRows));
        }
        Function plain = f;
        plain.record = [&](Graph& g, const Tensor* x, const auto&) {
            const Tensor* ones = g.constant(Values(kCols, 1.0f));
            return matmul(g, &same.tensor, rms_norm(g, x, ones, 1e-3f));
        };
        const Values x = uniform(3, kTokens * kCols);
        Values sum(kRows * kCols), plain_sum = sum;
        CHECK(gradient(f, x, 1, {{&weight.tensor, sum.data()}}) ==
              gradient(plain, x, 1, {{&same.tensor, plain_sum.data()}}));
        CHECK(sum == plain_sum);
    }
}

TEST_CASE("gradient: products in bf16 are close to those in f32, with any number of rows") {
    for (const int64_t rows : {int64_t{1}, int64_t{35}, int64_t{96}}) {
        CAPTURE(rows);
        RoundedWeight weight("q4z_g32", rows, 50);
        const Function f{5, 50, {}, [&](Graph& g, const Tensor* x, const auto&) {
                             return matmul(g, &weight.tensor, x);
                         }};
        const Values x = uniform(3, 5 * 50), exact = gradient(f, x, 1);
        Values difference = gradient(f, x, 2, {}, *find_format("bf16"));
        for (size_t i = 0; i < exact.size(); ++i) difference[i] -= exact[i];
        CHECK(dot(difference, difference) < 1e-4 * dot(exact, exact));
        CHECK(dot(difference, difference) > 0);
    }
}

TEST_CASE("gradient: of the divergence of predictions") {
    constexpr int64_t kTokens = 3, kVocab = 50;
    const Values base = uniform(4, kTokens * kVocab), changed = uniform(5, kTokens * kVocab);
    ThreadPool pool(2);
    Graph g(2);
    Tensor* inputs[] = {g.input(Storage::kF32, kTokens, kVocab),
                        g.input(Storage::kF32, kTokens, kVocab)};
    const Tensor* y = divergence_gradient(g, inputs[0], inputs[1]);
    g.keep(y);
    REQUIRE(g.plan().ok());
    std::copy(base.begin(), base.end(), inputs[0]->row<float>(0));
    std::copy(changed.begin(), changed.end(), inputs[1]->row<float>(0));
    REQUIRE(g.run(pool, active_kernels()));
    for (int64_t t = 0; t < kTokens; ++t) {
        double sums[2] = {};
        for (int64_t i = 0; i < kVocab; ++i) {
            sums[0] += std::exp(static_cast<double>(base[t * kVocab + i]));
            sums[1] += std::exp(static_cast<double>(changed[t * kVocab + i]));
        }
        for (int64_t i = 0; i < kVocab; ++i) {
            const double expected =
                std::exp(static_cast<double>(changed[t * kVocab + i])) / sums[1] -
                std::exp(static_cast<double>(base[t * kVocab + i])) / sums[0];
            CHECK(static_cast<double>(y->row<float>(t)[i]) ==
                  doctest::Approx(expected).epsilon(1e-4));
        }
    }
}

TEST_CASE("gradient: graphs without one fail and say why") {
    Graph g(1);
    Tensor* x = g.input(Storage::kF32, 4, 32);
    SUBCASE("an op that has none") {
        const Tensor* y = take_columns(g, x, g.constant({0, 1}));
        record_gradient(g, x, y, g.input(Storage::kF32, 4, 2), {}, *find_format("f32"));
        CHECK(g.plan().message().find("no gradient of take columns") != std::string::npos);
    }
    SUBCASE("no dependence") {
        const Tensor* other = g.input(Storage::kF32, 4, 32);
        const Tensor* y = rms_norm(g, other, g.constant(Values(32, 1.0f)), 1);
        record_gradient(g, g.input(Storage::kF32, 4, 32), y, x, {}, *find_format("f32"));
        CHECK(g.plan().message().find("does not depend on the input") != std::string::npos);
    }
}
