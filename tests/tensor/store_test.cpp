// What store() leaves in the cache, byte for byte: keys as their format encodes a row, values as a
// float format encodes the row of a dimension, or packed from codes that are rounded here.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "support/aligned.h"
#include "support/pseudo_random.h"
#include "tensor/block.h"
#include "tensor/ops.h"
#include "tensor/system.h"
#include "tensor/thread_pool.h"

using namespace quern;
using namespace quern::test;

namespace {

constexpr int64_t kHeads = 2, kSequences = 2, kContext = 200;

struct Token {
    int64_t position, sequence;
    std::vector<float> k, v;  ///< of all heads
};

/// Two sequences in turn, the second half as long, which then go back to an odd position and to
/// the start. Magnitudes reach from f16's subnormals to beyond its largest; some tokens are 0, some
/// values not finite.
std::vector<Token> some_tokens(int64_t cols) {
    std::vector<Token> tokens;
    const auto add = [&](int64_t sequence, int64_t begin, int64_t end) {
        for (int64_t p = begin; p < end; ++p) {
            const auto seed = static_cast<uint64_t>(tokens.size());
            Token t{p, sequence, uniform(2 * seed, cols), uniform(2 * seed + 1, cols)};
            const int exponent = seed % 11 == 5 ? -200 : static_cast<int>(seed * 7 % 45) - 26;
            for (float& x : t.k) x = std::ldexp(x, exponent);
            for (float& x : t.v) x = std::ldexp(x, exponent);
            if (seed % 11 == 3) t.v[seed % t.v.size()] = NAN;
            if (seed % 11 == 7) t.v[seed % t.v.size()] = -INFINITY;
            tokens.push_back(t);
        }
    };
    for (int64_t p = 0; p < 150; ++p) {
        add(0, p, p + 1);
        if (p % 2 == 1) add(1, p / 2, p / 2 + 1);
    }
    add(0, 101, 131);
    add(1, 0, 37);
    add(0, 128, kContext);
    return tokens;
}

void run_store(const KvCache& cache, const std::vector<Token>& tokens, int64_t first, int64_t n,
               ThreadPool* pool) {
    const int64_t cols = kHeads * cache.head_dim;
    Graph g(pool->size());
    Tensor* k = g.input(Storage::kF32, n, cols);
    Tensor* v = g.input(Storage::kF32, n, cols);
    Tensor* places = g.input(Storage::kI32, n, 2);
    store(g, k, v, places, &cache);
    REQUIRE(g.plan().ok());
    for (int64_t t = 0; t < n; ++t) {
        const Token& token = tokens[first + t];
        std::copy(token.k.begin(), token.k.end(), k->row<float>(t));
        std::copy(token.v.begin(), token.v.end(), v->row<float>(t));
        places->row<int32_t>(t)[0] = static_cast<int32_t>(token.position);
        places->row<int32_t>(t)[1] = static_cast<int32_t>(token.sequence);
    }
    g.run(*pool, active_kernels());
}

/// All values of one dimension in one block.
struct ValueRow {
    std::vector<float> floats = std::vector<float>(KvCache::kBlock);
    std::vector<uint8_t> codes = std::vector<uint8_t>(KvCache::kBlock);
    bool started = false;
};

/// A head's values of one token: floats as they are, codes on the grid of 64 dimensions.
void put_values(const KvCache& c, int64_t head, const Token& token, ValueRow* rows) {
    const int64_t block = token.position / KvCache::kBlock;
    const int64_t column = token.position % KvCache::kBlock;
    const float* v = &token.v[head * c.head_dim];
    // Finite floats stay finite.
    const float most = c.value_format->codec == Codec::kF16 ? 65504.0f : 0x1.FEp127f;
    const auto half = static_cast<float>(1 << (c.value_format->bits - 1));
    for (int64_t d = 0; d < c.head_dim; ++d) {
        const int64_t begin = d / 64 * 64, end = std::min(begin + 64, c.head_dim);
        float largest = 0;
        for (int64_t i = begin; i < end; ++i) largest = std::max(largest, std::fabs(v[i]));
        largest = std::min(largest, std::numeric_limits<float>::max());  // scales are finite
        rows[d].started = true;
        rows[d].floats[column] = std::isinf(v[d]) ? v[d] : std::clamp(v[d], -most, most);
        if (!c.value_format->is_block()) continue;
        const float scale = largest / (half - 1);
        const float code = half + std::nearbyint(v[d] * (scale > 0 ? 1 / scale : 0.0f));
        if (column == 0) rows[d].codes.assign(KvCache::kBlock, 0);
        rows[d].codes[column] =  // NaN: 0
            code >= 0 ? static_cast<uint8_t>(std::min(code, 2 * half - 1)) : uint8_t{0};
        c.value_scales(head, block, d / 64)[column] = scale;
    }
}

/// What the cache shall hold after all tokens.
void expect(const KvCache& cache, const std::vector<Token>& tokens) {
    const Format& kf = *cache.key_format;
    const Format& vf = *cache.value_format;
    const auto n_blocks = static_cast<int64_t>(cache.n_blocks());
    std::vector<ValueRow> values(kSequences * kHeads * n_blocks * cache.head_dim);
    for (const Token& t : tokens) {
        const KvCache c = cache.of_sequence(t.sequence);
        const int64_t block = t.position / KvCache::kBlock, row = t.position % KvCache::kBlock;
        for (int64_t h = 0; h < kHeads; ++h) {
            kf.encode_row(kf, &t.k[h * c.head_dim], row % 16, c.head_dim,
                          c.keys(h, block) + row / 16 * kf.tile_bytes(kf, c.head_dim));
            put_values(c, h, t,
                       &values[((t.sequence * kHeads + h) * n_blocks + block) * c.head_dim]);
        }
    }
    for (size_t i = 0; i < values.size(); ++i) {
        if (!values[i].started) continue;
        const auto d = static_cast<int64_t>(i) % cache.head_dim;
        const auto at = static_cast<int64_t>(i) / cache.head_dim;
        uint8_t* tile = cache.of_sequence(at / n_blocks / kHeads)
                            .values(at / n_blocks % kHeads, at % n_blocks) +
                        d / 16 * vf.tile_bytes(vf, KvCache::kBlock);
        if (vf.is_block()) {
            BlockRow row;
            row.resize(vf, KvCache::kBlock);
            row.codes = values[i].codes;
            std::fill(row.scales.begin(), row.scales.end(), uint16_t{0x3C00});  // 1.0
            pack_row(vf, row, KvCache::kBlock, tile, d % 16);
        } else {
            vf.encode_row(vf, values[i].floats.data(), d % 16, KvCache::kBlock, tile);
        }
    }
}

}  // namespace

TEST_CASE("store writes the bytes of the formats' own encoding, for any split and any threads") {
    std::vector<const Format*> value_formats;
    for (const Format& f : formats()) {
        if (KvCache::can_hold_values(f)) value_formats.push_back(&f);
    }
    CHECK(value_formats.size() == 27);
    ThreadPool one(1), three(3);
    for (int64_t head_dim : {20, 90}) {
        const std::vector<Token> tokens = some_tokens(kHeads * head_dim);
        const auto n_tokens = static_cast<int64_t>(tokens.size());
        size_t next = 0;
        for (const Format& keys : formats()) {
            KvCache cache{&keys,    value_formats[next++ % value_formats.size()],
                          kHeads,   head_dim,
                          kContext, kSequences};
            CAPTURE(head_dim);
            CAPTURE(keys.name);
            CAPTURE(cache.value_format->name);
            Aligned expected(cache.bytes());
            cache.data = expected.as<std::byte>();
            expect(cache, tokens);
            // No token is twice in a chunk: 37, 9, 1, 37 ... tokens.
            for (ThreadPool* pool : {&one, &three}) {
                Aligned found(cache.bytes());
                cache.data = found.as<std::byte>();
                for (int64_t first = 0, n = 37; first < n_tokens; first += n, n = n / 4) {
                    if (n == 0) n = 37;
                    run_store(cache, tokens, first, std::min(n, n_tokens - first), pool);
                }
                CHECK(std::memcmp(found.data(), expected.data(), cache.bytes()) == 0);
            }
        }
    }
}

TEST_CASE("store: keys that RoPE or a rotation computes are those that others read") {
    constexpr int64_t kTokens = 19, kDim = 64, kCols = kHeads * kDim;
    const Rotation rotation = *Rotation::create(kDim, 7);
    for (const Rotation* key_rotation : {static_cast<const Rotation*>(nullptr), &rotation}) {
        KvCache cache{find_format("f32"), find_format("f32"), kHeads, kDim, kContext, 1};
        cache.key_rotation = key_rotation;
        Aligned memory(cache.bytes());
        cache.data = memory.as<std::byte>();
        ThreadPool pool(3);
        Graph g(pool.size());
        Tensor* x = g.input(Storage::kF32, kTokens, kCols);
        Tensor* places = g.input(Storage::kI32, kTokens, 1);
        // Of most of a head's dimensions.
        const Tensor* table = rope_table(g, places, g.constant(uniform(3, kDim / 2 - 4)));
        const auto keys_of = [&] { return rope(g, add(g, x, x), table, kDim); };
        const Tensor* apart = keys_of();
        if (key_rotation) apart = rotate(g, apart, key_rotation, false);
        g.keep(apart);
        store(g, keys_of(), add(g, x, x), places, &cache);  // of values whose memory is used again
        REQUIRE(g.plan().ok());
        for (int64_t t = 0; t < kTokens; ++t) {
            const std::vector<float> row = uniform(static_cast<uint64_t>(t), kCols);
            std::copy(row.begin(), row.end(), x->row<float>(t));
            *places->row<int32_t>(t) = static_cast<int32_t>(t);
        }
        g.run(pool, active_kernels());
        const Format& f = *cache.key_format;
        for (int64_t head = 0; head < kHeads; ++head) {
            for (int64_t t = 0; t < kTokens; ++t) {
                std::vector<float> stored(kDim);
                f.decode_row(
                    f, cache.keys(head, 0) + static_cast<uint64_t>(t / 16) * f.tile_bytes(f, kDim),
                    t % 16, kDim, stored.data());
                CAPTURE(head);
                CAPTURE(t);
                CHECK(std::memcmp(stored.data(), apart->row<float>(t) + head * kDim, kDim * 4) ==
                      0);
            }
        }
    }
}
