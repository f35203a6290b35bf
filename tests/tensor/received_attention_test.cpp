// received_attention() against the plain formula in double.
#include <doctest/doctest.h>

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

struct ReceivedCase {
    int64_t n_heads, n_kv_heads, head_dim, tokens;
    const char* keys;
    int64_t q_cols() const { return n_heads * head_dim; }
    int64_t kv_cols() const { return n_kv_heads * head_dim; }
};

/// Rows of the result, one after the other.
std::vector<float> run(const ReceivedCase& c, const std::vector<float>& queries,
                       const std::vector<float>& keys, int threads) {
    KvCache cache{find_format(c.keys), find_format("f32"), c.n_kv_heads, c.head_dim, c.tokens};
    Aligned memory(cache.bytes());
    cache.data = memory.as<std::byte>();
    ThreadPool pool(threads);
    Graph g(threads);
    Tensor* q = g.input(Storage::kF32, c.tokens, c.q_cols());
    Tensor* k = g.input(Storage::kF32, c.tokens, c.kv_cols());
    Tensor* positions = g.input(Storage::kI32, c.tokens, 1);
    CHECK(find_attention(g) == nullptr);
    const Tensor* mixed =
        attention(g, q, store(g, k, k, positions, &cache), positions, &cache, c.n_heads);
    CHECK(find_attention(g) == mixed);
    Tensor* received = received_attention(g, mixed);
    g.keep(received);
    REQUIRE(g.plan().ok());
    for (int64_t t = 0; t < c.tokens; ++t) {
        std::copy_n(&queries[t * c.q_cols()], c.q_cols(), q->row<float>(t));
        std::copy_n(&keys[t * c.kv_cols()], c.kv_cols(), k->row<float>(t));
        *positions->row<int32_t>(t) = static_cast<int32_t>(t);
    }
    g.run(pool, active_kernels());
    std::vector<float> found;
    for (int64_t h = 0; h < c.n_heads; ++h) {
        const auto* row = received->row<float>(h);
        found.insert(found.end(), row, row + c.tokens);
    }
    return found;
}

/// [n_heads, tokens]: softmax weights of all queries, added up.
std::vector<double> reference(const ReceivedCase& c, const std::vector<float>& q,
                              const std::vector<float>& k) {
    std::vector<double> received(static_cast<size_t>(c.n_heads * c.tokens));
    for (int64_t h = 0; h < c.n_heads; ++h) {
        const int64_t kv = h / (c.n_heads / c.n_kv_heads);
        for (int64_t t = 0; t < c.tokens; ++t) {
            std::vector<double> p(static_cast<size_t>(t) + 1);
            double total = 0;
            for (int64_t j = 0; j <= t; ++j) {
                double dot = 0;
                for (int64_t d = 0; d < c.head_dim; ++d) {
                    dot += static_cast<double>(q[t * c.q_cols() + h * c.head_dim + d]) *
                           static_cast<double>(k[j * c.kv_cols() + kv * c.head_dim + d]);
                }
                p[j] = std::exp(dot / std::sqrt(static_cast<double>(c.head_dim)));
                total += p[j];
            }
            for (int64_t j = 0; j <= t; ++j) received[h * c.tokens + j] += p[j] / total;
        }
    }
    return received;
}

}  // namespace

TEST_CASE("received attention equals the plain formula, for any number of threads") {
    for (const ReceivedCase& c :
         {ReceivedCase{1, 1, 8, 1, "f32"}, ReceivedCase{4, 2, 20, 33, "f32"},
          ReceivedCase{6, 2, 16, 128, "f32"}, ReceivedCase{9, 3, 64, 300, "f32"},
          ReceivedCase{3, 1, 64, 129, "f16"}}) {
        CAPTURE(c.n_heads);
        CAPTURE(c.tokens);
        std::vector<float> q = uniform(1, c.tokens * c.q_cols());
        std::vector<float> k = uniform(2, c.tokens * c.kv_cols());
        for (float& x : q) x *= 16;                        // distributions far from uniform
        for (float& x : k) x = std::round(x * 256) / 256;  // as f16 holds it
        const std::vector<float> found = run(c, q, k, 1);
        const std::vector<double> expected = reference(c, q, k);
        for (size_t i = 0; i < expected.size(); ++i) {
            CHECK(static_cast<double>(found[i]) == doctest::Approx(expected[i]).epsilon(1e-4));
        }
        CHECK(run(c, q, k, 3) == found);
    }
}

TEST_CASE("received attention: keys whose queries are quantized are refused") {
    for (const char* keys : {"q8_g32", "bf16"}) {
        KvCache cache{find_format(keys), find_format("f32"), 1, 32, 4};
        Graph g(1);
        Tensor* x = g.input(Storage::kF32, 4, 32);
        Tensor* positions = g.input(Storage::kI32, 4, 1);
        const Tensor* stored = store(g, x, x, positions, &cache);
        g.keep(received_attention(g, attention(g, x, stored, positions, &cache, 1)));
        CHECK(g.plan().message().find("keys are not multiplied by f32 queries") !=
              std::string::npos);
    }
}
