// Writes keys and values into the cache. Keys become rows of their block's matrix, values become
// columns. Finite values stay finite: attention multiplies those that a token does not see by 0,
// and 0 times infinity is not 0.
#include <algorithm>
#include <cmath>

#include "ops/place.h"
#include "tensor/block.h"
#include "tensor/ops.h"

namespace quern {
namespace {

struct StoreParams {
    const KvCache* cache;
};

/// An empty block of quantized values: scale 1 everywhere.
void start_values(const KvCache& c, uint8_t* values) {
    const Format& f = *c.value_format;
    BlockRow row;
    row.resize(f, KvCache::kBlock);
    std::fill(row.scales.begin(), row.scales.end(), uint16_t{0x3C00});  // 1.0
    const uint64_t tile_bytes = f.tile_bytes(f, KvCache::kBlock);
    for (int64_t d = 0; d < c.head_dim; ++d) {
        pack_row(f, row, KvCache::kBlock,
                 values + static_cast<uint64_t>(d / kTileRows) * tile_bytes, d % kTileRows);
    }
}

/// The scale of one position's values of a group of dimensions; 1 for float formats.
float value_scale(const KvCache& c, const float* v, int64_t n) {
    if (!c.value_format->is_block()) return 1;
    float absmax = 0;
    for (int64_t i = 0; i < n; ++i) absmax = std::max(absmax, std::fabs(v[i]));
    return absmax / static_cast<float>((1 << (c.value_format->bits - 1)) - 1);
}

void store_values(const KvCache& c, int64_t head, int64_t position, const float* v) {
    const Format& f = *c.value_format;
    const int64_t block = position / KvCache::kBlock, column = position % KvCache::kBlock;
    uint8_t* values = c.values(head, block);
    if (f.is_block() && column == 0) start_values(c, values);
    const uint64_t tile_bytes = f.tile_bytes(f, KvCache::kBlock);
    // The largest of f16; of bf16, and f32's is hardly larger.
    const float largest = f.codec == Codec::kF16 ? 65504.0f : 0x1.FEp127f;
    for (int64_t begin = 0; begin < c.head_dim; begin += KvCache::kScaleDims) {
        const int64_t end = std::min(begin + KvCache::kScaleDims, c.head_dim);
        const float scale = value_scale(c, v + begin, end - begin);
        const float inverse = scale > 0 ? 1 / scale : 0.0f;
        if (f.is_block()) c.value_scales(head, block, begin / KvCache::kScaleDims)[column] = scale;
        for (int64_t d = begin; d < end; ++d) {
            uint8_t* tile = values + static_cast<uint64_t>(d / kTileRows) * tile_bytes;
            const float value = std::isfinite(v[d]) ? std::clamp(v[d], -largest, largest) : v[d];
            f.put(f, value * inverse, d % kTileRows, column, KvCache::kBlock, tile);
        }
    }
}

void store_keys(const KvCache& c, int64_t head, int64_t position, const float* k) {
    const Format& f = *c.key_format;
    const int64_t row = position % KvCache::kBlock;
    uint8_t* tile = c.keys(head, position / KvCache::kBlock) +
                    static_cast<uint64_t>(row / kTileRows) * f.tile_bytes(f, c.head_dim);
    f.encode_row(f, k, row % kTileRows, c.head_dim, tile);
}

/// A unit is a head: neighbouring positions lie in the same cells.
int64_t store_units(const Tensor& y) { return params_of<StoreParams>(y).cache->n_kv_heads; }

void forward_store(const Tensor& y, int64_t begin, int64_t end, const Worker&) {
    const KvCache& cache = *params_of<StoreParams>(y).cache;
    const Tensor& keys = *y.sources[0];
    const Tensor& values = *y.sources[1];
    const Tensor& positions = *y.sources[2];
    for (int64_t h = begin; h < end; ++h) {
        for (int64_t t = 0; t < keys.rows(); ++t) {
            const auto [position, sequence] = place_of(positions, t);
            const KvCache c = cache.of_sequence(sequence);
            store_keys(c, h, position, keys.row<float>(t) + h * c.head_dim);
            store_values(c, h, position, values.row<float>(t) + h * c.head_dim);
        }
    }
}

constexpr Op kStoreOp{"store", store_units, forward_store, streaming_cost, nullptr, true};

}  // namespace

Tensor* store(Graph& g, const Tensor* keys, const Tensor* values, const Tensor* positions,
              const KvCache* cache) {
    Tensor* y = g.add(kStoreOp, {keys, values, positions});
    set_shape(y, Storage::kF32, 0, 0);  // no values of its own: it stands for the cache, filled
    params_of<StoreParams>(y).cache = cache;
    if (keys->cols() != cache->n_kv_heads * cache->head_dim || values->cols() != keys->cols()) {
        g.fail("store: keys or values do not fit the cache");
    }
    return y;
}

}  // namespace quern
