// The cache and attention over it against the plain formula in double, for every cache format.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "support/aligned.h"
#include "support/pseudo_random.h"
#include "tensor/ops.h"
#include "tensor/system.h"
#include "tensor/thread_pool.h"

using namespace quern;
using namespace quern::test;

namespace {

struct AttentionCase {
    int64_t n_heads, n_kv_heads, head_dim, tokens;
    int64_t q_cols() const { return n_heads * head_dim; }
    int64_t kv_cols() const { return n_kv_heads * head_dim; }
};

struct Inputs {
    std::vector<float> q, k, v;
    explicit Inputs(const AttentionCase& c)
        : q(uniform(1, c.tokens * c.q_cols())),
          k(uniform(2, c.tokens * c.kv_cols())),
          v(uniform(3, c.tokens * c.kv_cols())) {
        for (float& x : q) x *= 16;  // distributions far from uniform
    }
};

/// softmax(q k^T / sqrt(d)) v with a causal mask, in double.
std::vector<double> reference(const AttentionCase& c, const Inputs& in) {
    std::vector<double> out(in.q.size());
    for (int64_t t = 0; t < c.tokens; ++t) {
        for (int64_t h = 0; h < c.n_heads; ++h) {
            const int64_t kv = h / (c.n_heads / c.n_kv_heads);
            const float* q = &in.q[t * c.q_cols() + h * c.head_dim];
            std::vector<double> p(static_cast<size_t>(t) + 1);
            double total = 0;
            for (int64_t j = 0; j <= t; ++j) {
                double dot = 0;
                for (int64_t d = 0; d < c.head_dim; ++d) {
                    dot += static_cast<double>(q[d]) *
                           static_cast<double>(in.k[j * c.kv_cols() + kv * c.head_dim + d]);
                }
                p[j] = std::exp(dot / std::sqrt(static_cast<double>(c.head_dim)));
                total += p[j];
            }
            for (int64_t j = 0; j <= t; ++j) {
                for (int64_t d = 0; d < c.head_dim; ++d) {
                    out[t * c.q_cols() + h * c.head_dim + d] +=
                        p[j] / total *
                        static_cast<double>(in.v[j * c.kv_cols() + kv * c.head_dim + d]);
                }
            }
        }
    }
    return out;
}

/// Runs store and attention over chunks of `chunk` tokens.
std::vector<float> attend(const AttentionCase& c, const Inputs& in, const char* keys,
                          const char* values, int64_t chunk, int threads,
                          const Rotation* rotation = nullptr) {
    KvCache cache{find_format(keys), find_format(values), c.n_kv_heads, c.head_dim, c.tokens};
    cache.key_rotation = cache.value_rotation = rotation;
    Aligned memory(cache.bytes());
    cache.data = memory.as<std::byte>();
    ThreadPool pool(threads);
    std::vector<float> out;
    for (int64_t first = 0; first < c.tokens; first += chunk) {
        const int64_t n = std::min(chunk, c.tokens - first);
        Graph g(threads);
        Tensor* q = g.input(Storage::kF32, n, c.q_cols());
        Tensor* k = g.input(Storage::kF32, n, c.kv_cols());
        Tensor* v = g.input(Storage::kF32, n, c.kv_cols());
        Tensor* positions = g.input(Storage::kI32, n, 1);
        Tensor* y =
            attention(g, q, store(g, k, v, positions, &cache), positions, &cache, c.n_heads);
        g.keep(y);
        REQUIRE(g.plan().ok());
        std::memcpy(q->data, &in.q[first * c.q_cols()], static_cast<size_t>(n * c.q_cols()) * 4);
        std::memcpy(k->data, &in.k[first * c.kv_cols()], static_cast<size_t>(n * c.kv_cols()) * 4);
        std::memcpy(v->data, &in.v[first * c.kv_cols()], static_cast<size_t>(n * c.kv_cols()) * 4);
        for (int64_t t = 0; t < n; ++t)
            *positions->row<int32_t>(t) = static_cast<int32_t>(first + t);
        g.run(pool, active_kernels());
        out.insert(out.end(), y->row<float>(0), y->row<float>(0) + n * c.q_cols());
    }
    return out;
}

double worst_error(const std::vector<float>& found, const std::vector<double>& expected) {
    double worst = 0;
    for (size_t i = 0; i < found.size(); ++i) {
        worst = std::max(worst, std::fabs(static_cast<double>(found[i]) - expected[i]));
    }
    return worst;
}

}  // namespace

TEST_CASE("attention equals the plain formula: shapes, blocks of keys, grouped heads") {
    for (const AttentionCase& c :
         {AttentionCase{1, 1, 8, 1}, AttentionCase{4, 2, 8, 127}, AttentionCase{4, 2, 20, 128},
          AttentionCase{6, 2, 16, 129}, AttentionCase{9, 3, 64, 300}, AttentionCase{8, 1, 80, 70},
          AttentionCase{2, 2, 256, 40}}) {
        CAPTURE(c.n_heads);
        CAPTURE(c.head_dim);
        CAPTURE(c.tokens);
        const Inputs in(c);
        const std::vector<double> expected = reference(c, in);
        CHECK(worst_error(attend(c, in, "f32", "f32", 64, 2), expected) < 1e-5);
        // f16 rounds keys by 2^-12 relative; |q| up to 8 makes that a score error of about 1e-3.
        CHECK(worst_error(attend(c, in, "f16", "f16", 64, 2), expected) < 2e-3);
        CHECK(worst_error(attend(c, in, "bf16", "bf16", 64, 2), expected) < 3e-2);
    }
}

TEST_CASE("quantized caches: the error is that of their bits") {
    for (const int64_t head_dim : {64, 80, 128}) {  // values have one scale per 64
        CAPTURE(head_dim);
        const AttentionCase c{6, 2, head_dim, 290};
        const Inputs in(c);
        const std::vector<double> expected = reference(c, in);
        CHECK(worst_error(attend(c, in, "f32", "q8_row", 64, 2), expected) < 0.01);
        CHECK(worst_error(attend(c, in, "f32", "q4_row", 64, 2), expected) < 0.1);
        CHECK(worst_error(attend(c, in, "q8_g32", "f32", 64, 2), expected) < 0.05);
        CHECK(worst_error(attend(c, in, "q8_g64", "q8_row", 64, 2), expected) < 0.05);
    }
}

TEST_CASE("rotated keys and values: the same results, channels that stand out spoil no others") {
    const AttentionCase c{6, 2, 64, 290};
    const Rotation rotation = Rotation::create(c.head_dim, 1).value();
    Inputs in(c);
    for (size_t i = 0; i < in.k.size(); i += 32) {
        in.k[i] *= 16;
        in.v[i] *= 16;
    }
    for (size_t i = 0; i < in.q.size(); i += 32) in.q[i] /= 16;
    const std::vector<double> expected = reference(c, in);
    const auto error = [&](const char* keys, const char* values, const Rotation* r) {
        double sum = 0;
        const std::vector<float> found = attend(c, in, keys, values, 64, 2, r);
        for (size_t i = 0; i < found.size(); ++i) {
            sum += std::fabs(static_cast<double>(found[i]) - expected[i]);
        }
        return sum / static_cast<double>(found.size());
    };
    CHECK(error("f32", "f32", &rotation) < 1e-6);
    CHECK(2 * error("q4_g32", "f32", &rotation) < error("q4_g32", "f32", nullptr));
    CHECK(2 * error("f32", "q4_g32", &rotation) < error("f32", "q4_g32", nullptr));
    CHECK(attend(c, in, "q4_g32", "q4_g32", 1, 1, &rotation) ==
          attend(c, in, "q4_g32", "q4_g32", 290, 3, &rotation));
}

TEST_CASE("attention is the same bits for any split of the tokens and any number of threads") {
    const AttentionCase c{6, 2, 80, 290};
    const Inputs in(c);
    for (const char* format : {"f16", "bf16", "q8_g32", "q8_row", "q4_row"}) {
        CAPTURE(format);
        const std::vector<float> whole = attend(c, in, format, format, 290, 1);
        CHECK(attend(c, in, format, format, 1, 1) == whole);
        CHECK(attend(c, in, format, format, 37, 3) == whole);
    }
}

TEST_CASE("a value beyond the range of the cache does not reach the tokens before it") {
    const AttentionCase c{4, 2, 16, 60};
    constexpr int64_t kLate = 30;
    const Inputs usual(c);
    for (const bool wide : {false, true}) {
        const char* format = wide ? "bf16" : "f16";
        CAPTURE(format);
        Inputs in(c);
        in.v[kLate * c.kv_cols() + 3] = wide ? -3.4e38f : 1e6f;
        const std::vector<float> whole = attend(c, in, format, format, 60, 1);
        CHECK(attend(c, in, format, format, 1, 1) == whole);
        CHECK(std::all_of(whole.begin(), whole.end(), [](float y) { return std::isfinite(y); }));
        const std::vector<float> before = attend(c, usual, format, format, 60, 1);
        CHECK(std::equal(whole.begin(), whole.begin() + kLate * c.q_cols(), before.begin()));
    }
}

TEST_CASE("spans of keys: one by one in a unit or a unit each, the same bits and the right ones") {
    // Three spans; a chunk of 2100 walks them, smaller ones split.
    const AttentionCase c{2, 1, 16, 2100};
    const Inputs in(c);
    CHECK(worst_error(attend(c, in, "f32", "f32", 2100, 2), reference(c, in)) < 1e-5);
    CHECK(attend(c, in, "f16", "f16", 75, 1) == attend(c, in, "f16", "f16", 2100, 1));
    CHECK(attend(c, in, "q8_g32", "q8_g32", 13, 3) == attend(c, in, "q8_g32", "q8_g32", 2100, 1));
}

TEST_CASE("sequences in one cache do not see each other") {
    const AttentionCase c{4, 2, 32, 1030};
    const Inputs in(c), other{{4, 2, 32, 200}};
    // Both sequences at once, a token of each in turn; the second ends early.
    KvCache cache{find_format("q8_g32"), find_format("q8_row"), 2, 32, c.tokens, 2};
    Aligned memory(cache.bytes());
    cache.data = memory.as<std::byte>();
    ThreadPool pool(2);
    const int64_t n = c.tokens + 200;
    Graph g(2);
    Tensor* q = g.input(Storage::kF32, n, c.q_cols());
    Tensor* k = g.input(Storage::kF32, n, c.kv_cols());
    Tensor* v = g.input(Storage::kF32, n, c.kv_cols());
    Tensor* places = g.input(Storage::kI32, n, 2);
    Tensor* y = attention(g, q, store(g, k, v, places, &cache), places, &cache, c.n_heads);
    g.keep(y);
    REQUIRE(g.plan().ok());
    std::vector<int64_t> rows[2];
    for (int64_t t = 0, next[2] = {0, 0}; t < n; ++t) {
        const int s = t < 400 ? t % 2 : 0;
        const Inputs& from = s == 0 ? in : other;
        const int64_t at = s == 0 ? next[s] : 199 - next[s];  // other tokens than the first's
        std::memcpy(q->row<float>(t), &from.q[at * c.q_cols()], c.q_cols() * 4);
        std::memcpy(k->row<float>(t), &from.k[at * c.kv_cols()], c.kv_cols() * 4);
        std::memcpy(v->row<float>(t), &from.v[at * c.kv_cols()], c.kv_cols() * 4);
        places->row<int32_t>(t)[0] = static_cast<int32_t>(next[s]++);
        places->row<int32_t>(t)[1] = s;
        rows[s].push_back(t);
    }
    g.run(pool, active_kernels());
    const std::vector<float> alone = attend(c, in, "q8_g32", "q8_row", c.tokens, 1);
    for (int64_t i = 0; i < c.tokens; ++i) {
        REQUIRE(std::memcmp(y->row<float>(rows[0][i]), &alone[i * c.q_cols()],
                            static_cast<size_t>(c.q_cols()) * 4) == 0);
    }
}

TEST_CASE("a cache that was used before gives the same result as a fresh one") {
    const AttentionCase c{2, 1, 32, 60};
    const Inputs in(c);
    KvCache cache{find_format("q8_g32"), find_format("q8_row"), 1, 32, 60};
    Aligned memory(cache.bytes());
    cache.data = memory.as<std::byte>();
    ThreadPool pool(1);
    Graph g(1);
    Tensor* q = g.input(Storage::kF32, 60, 64);
    Tensor* k = g.input(Storage::kF32, 60, 32);
    Tensor* positions = g.input(Storage::kI32, 60, 1);
    Tensor* y = attention(g, q, store(g, k, k, positions, &cache), positions, &cache, 2);
    g.keep(y);
    REQUIRE(g.plan().ok());
    std::memcpy(q->data, in.q.data(), in.q.size() * 4);
    for (int64_t t = 0; t < 60; ++t) *positions->row<int32_t>(t) = static_cast<int32_t>(t);
    const auto run = [&](const std::vector<float>& keys) {
        std::memcpy(k->data, keys.data(), keys.size() * 4);
        g.run(pool, active_kernels());
        return std::vector<float>(y->row<float>(0), y->row<float>(0) + 60 * 64);
    };
    const std::vector<float> fresh = run(in.k);
    CHECK(run(in.v) != fresh);
    CHECK(run(in.k) == fresh);
    // What a token does not see may be no number.
    std::vector<float> damaged = in.k;
    std::fill(damaged.end() - 32, damaged.end(), HUGE_VALF);
    std::vector<float> seen = run(damaged);
    CHECK(std::equal(seen.begin(), seen.end() - 64, fresh.begin()));
    CHECK(!std::equal(seen.end() - 64, seen.end(), fresh.end() - 64));
}

TEST_CASE("memory of attention depends on the tokens, not on the context") {
    const auto planned = [](int64_t tokens, int64_t context) {
        const KvCache cache{find_format("f16"), find_format("f16"), 2, 32, context};
        Graph g(2);
        Tensor* q = g.input(Storage::kF32, tokens, 8 * 32);
        Tensor* k = g.input(Storage::kF32, tokens, 2 * 32);
        Tensor* positions = g.input(Storage::kI32, tokens, 1);
        g.keep(attention(g, q, store(g, k, k, positions, &cache), positions, &cache, 8));
        REQUIRE(g.plan().ok());
        return g.memory_bytes();
    };
    CHECK(planned(512, 1 << 20) == planned(512, 1 << 10));
    // Few tokens keep sums for spans of 1024 keys, at most 256 in all, for 8 heads of 32 + 2
    // floats.
    CHECK(planned(1, 1 << 20) == planned(1, 1 << 19));
    CHECK(planned(1, 1 << 17) <= planned(1, 1 << 10) + 256 * 8 * 34 * 4);
}
