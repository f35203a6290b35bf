// Writes keys and values into the cache. Keys become rows of their block's matrix, values become
// columns. Finite values stay finite, and so do scales whatever the values are: attention
// multiplies what a token does not see by 0, and 0 times infinity is not 0.
//
// Keys that come from a row-wise op (RoPE, a rotation) are computed while they are stored; the op's
// own value is then computed only if somebody else reads it.
#include "ops/store.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/place.h"
#include "tensor/block.h"
#include "tensor/ops.h"

namespace quern {
namespace {

struct StoreParams {
    const KvCache* cache;
    const Tensor* keys;
};

constexpr int64_t kBlock = KvCache::kBlock, kScaleDims = KvCache::kScaleDims;

/// The next token that is not of token t's sequence and block, at most `end`.
int64_t end_of_block(const Tensor& positions, int64_t t, int64_t end) {
    const auto [first, sequence] = place_of(positions, t);
    for (; t < end; ++t) {
        const Place p = place_of(positions, t);
        if (p.sequence != sequence || p.position / kBlock != first / kBlock) break;
    }
    return t;
}

const float* key_row(const Tensor& y, int64_t t, const Worker& w) {
    const Tensor& keys = *params_of<StoreParams>(y).keys;
    const Tensor* scratch = y.sources[4];
    if (scratch == nullptr) return keys.row<float>(t);
    auto* row = scratch->row<float>(w.index);
    keys.op->row(keys, t, row, w);
    return row;
}

/// All heads' keys of tokens [begin, end).
void store_keys(const Tensor& y, int64_t begin, int64_t end, const Worker& w) {
    const KvCache& cache = *params_of<StoreParams>(y).cache;
    const Format& f = *cache.key_format;
    const uint64_t tile_bytes = f.tile_bytes(f, cache.head_dim);
    for (int64_t t = begin; t < end; ++t) {
        const auto [position, sequence] = place_of(*y.sources[2], t);
        const KvCache c = cache.of_sequence(sequence);
        const int64_t block = position / kBlock, row = position % kBlock;
        const float* keys = key_row(y, t, w);
        for (int64_t head = 0; head < c.n_kv_heads; ++head) {
            f.encode_row(f, keys + head * c.head_dim, row % kTileRows, c.head_dim,
                         c.keys(head, block) + static_cast<uint64_t>(row / kTileRows) * tile_bytes);
        }
    }
}

/// Part of a head's values in one block: of quantized ones those that share scales, of floats few
/// dimensions, so that there are units for all workers.
struct ValueGroup {
    const Format& format;
    int64_t dims;
    uint8_t* tiles;
    uint64_t tile_bytes;
    float* scales;

    uint8_t* tile(int64_t d) const {
        return tiles + static_cast<uint64_t>(d / kTileRows) * tile_bytes;
    }

    /// Of a block format, all codes 0 and scale 1 everywhere.
    void start() const {
        BlockRow row;
        row.resize(format, kBlock);
        std::fill(row.scales.begin(), row.scales.end(), uint16_t{0x3C00});  // 1.0
        for (int64_t d = 0; d < dims; ++d) pack_row(format, row, kBlock, tile(d), d % kTileRows);
    }

    void put(const float* values, int64_t column) const {
        float v[kScaleDims];
        std::copy(values, values + dims, v);
        std::fill(v + dims, v + kScaleDims, 0.0f);
        if (format.is_block()) {
            if (column == 0) start();
            constexpr float kLargest = std::numeric_limits<float>::max();
            const float scale = std::min(find_absmax(v), kLargest) /
                                static_cast<float>((1 << (format.bits - 1)) - 1);
            const float inverse = scale > 0 ? 1 / scale : 0.0f;
            for (float& x : v) x *= inverse;
            scales[column] = scale;
        } else {
            saturate(v);
        }
        for (int64_t d = 0; d < dims; d += kTileRows) {
            format.put_column(format, v + d, std::min(kTileRows, dims - d), column, tile(d));
        }
    }

    void saturate(float* v) const {
        // The largest of f16; of bf16, and f32's is hardly larger.
        const float largest = format.codec == Codec::kF16 ? 65504.0f : 0x1.FEp127f;
        for (int64_t i = 0; i < dims; ++i) {
            v[i] = std::isinf(v[i]) ? v[i] : std::clamp(v[i], -largest, largest);
        }
    }

    /// By halves, so that the compiler can vectorize; NaN counts as 0.
    static float find_absmax(const float* v) {
        float largest[kScaleDims];
        for (int64_t i = 0; i < kScaleDims; ++i) largest[i] = std::max(0.0f, std::fabs(v[i]));
        for (int64_t n = kScaleDims / 2; n > 0; n /= 2) {
            for (int64_t i = 0; i < n; ++i) largest[i] = std::max(largest[i], largest[i + n]);
        }
        return largest[0];
    }
};

int64_t part_dims(const KvCache& c) {
    constexpr int64_t kFloatDims = 32;
    return c.value_format->is_block() ? kScaleDims : kFloatDims;
}
int64_t n_parts(const KvCache& c) { return (c.head_dim + part_dims(c) - 1) / part_dims(c); }

/// Values of parts [begin, end), of all tokens.
void store_values(const Tensor& y, int64_t head, int64_t begin, int64_t end) {
    const KvCache& cache = *params_of<StoreParams>(y).cache;
    const Tensor& positions = *y.sources[2];
    const Format& f = *cache.value_format;
    const uint64_t tile_bytes = f.tile_bytes(f, kBlock);
    const int64_t n_tokens = positions.rows();
    for (int64_t t = 0, next; t < n_tokens; t = next) {
        next = end_of_block(positions, t, n_tokens);
        const auto [first, sequence] = place_of(positions, t);
        const KvCache c = cache.of_sequence(sequence);
        for (int64_t part = begin; part < end; ++part) {
            const int64_t d = part * part_dims(c);
            uint8_t* tiles =
                c.values(head, first / kBlock) + static_cast<uint64_t>(d / kTileRows) * tile_bytes;
            const ValueGroup group{
                f, std::min(part_dims(c), c.head_dim - d), tiles, tile_bytes,
                f.is_block() ? c.value_scales(head, first / kBlock, part) : nullptr};
            for (int64_t i = t; i < next; ++i) {
                group.put(y.sources[1]->row<float>(i) + head * c.head_dim + d,
                          place_of(positions, i).position % kBlock);
            }
        }
    }
}

/// Each takes some of the tokens' keys and some of a head's dimensions of all tokens' values:
/// values of neighbouring positions lie in the same cells. For a single token there is one unit per
/// head, as its dimensions take less time than another claim would, and the last has all keys.
int64_t units_per_head(const Tensor& y) {
    return std::min(y.sources[2]->rows(), n_parts(*params_of<StoreParams>(y).cache));
}

int64_t store_units(const Tensor& y) {
    return params_of<StoreParams>(y).cache->n_kv_heads * units_per_head(y);
}

void forward_store(const Tensor& y, int64_t begin, int64_t end, const Worker& w) {
    const int64_t parts = units_per_head(y), units = store_units(y);
    const int64_t all = n_parts(*params_of<StoreParams>(y).cache);
    const int64_t n_tokens = y.sources[2]->rows();
    store_keys(y, n_tokens * begin / units, n_tokens * end / units, w);
    for (int64_t unit = begin; unit < end; ++unit) {
        const int64_t head = unit / parts, part = unit % parts;
        store_values(y, head, all * part / parts, all * (part + 1) / parts);
    }
}

/// What is read: keys and values.
Cost store_cost(const Tensor& y) {
    return {static_cast<double>(params_of<StoreParams>(y).keys->bytes() + y.sources[1]->bytes()),
            0};
}

constexpr Op kStoreOp{"store", store_units, forward_store, store_cost, nullptr, true};

}  // namespace

StoredValues stored_values(const Tensor& stored) {
    return {params_of<StoreParams>(stored).keys, stored.sources[1]};
}

Tensor* store(Graph& g, const Tensor* keys, const Tensor* values, const Tensor* positions,
              const KvCache* cache) {
    if (cache->key_rotation) keys = rotate(g, keys, cache->key_rotation, false);
    if (cache->value_rotation) values = rotate(g, values, cache->value_rotation, false);
    const bool by_row = keys->op != nullptr && keys->op->row != nullptr;
    Tensor* y = by_row ? g.add(kStoreOp, {keys->sources[0], values, positions, keys->sources[1],
                                          g.scratch(keys->cols() * 4)})
                       : g.add(kStoreOp, {keys, values, positions});
    set_shape(y, Storage::kF32, 0, 0);  // no values of its own: it stands for the cache, filled
    params_of<StoreParams>(y) = {cache, keys};
    if (keys->cols() != cache->n_kv_heads * cache->head_dim || values->cols() != keys->cols()) {
        g.fail("store: keys or values do not fit the cache");
    }
    return y;
}

}  // namespace quern
