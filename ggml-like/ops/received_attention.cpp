// How much attention tokens receive: sums over queries of the softmax weights that attention()
// applies. A unit is a query head; it scores some queries at a time against all keys they see.
#include <algorithm>
#include <cmath>

#include "ops/attention_unit.h"
#include "ops/product.h"
#include "ops/softmax_weights.h"
#include "tensor/ops.h"

namespace quern {
namespace {

constexpr int64_t kQueries = 32;  ///< scored together

/// Floats of a row of scores: every position of the cache.
int64_t score_stride(const KvCache& c) {
    return static_cast<int64_t>(c.n_blocks()) * KvCache::kBlock;
}

/// Scores [rows, stride] of the queries from token `first` on, against the keys of tokens before
/// `n_keys`.
void score(const Tensor& y, const Kernels& kernels, int64_t head, int64_t first, int64_t rows,
           int64_t n_keys, float* scores) {
    const AttentionParams& p = params_of<AttentionParams>(y);
    const KvCache& c = *p.cache;
    const Tensor& q = *y.sources[0];
    MatmulTask task = product_task(*c.key_format, KvCache::kBlock, c.head_dim);
    task.x = reinterpret_cast<const uint8_t*>(q.row<float>(first) + head * c.head_dim);
    task.x_stride = q.stride;
    task.tokens = rows;
    task.y_stride = score_stride(c);
    for (int64_t key = 0; key < n_keys; key += KvCache::kBlock) {
        task.weight = c.keys(head / heads_per_kv(p), key / KvCache::kBlock);
        task.y = scores + key;
        task.tile_end = n_tiles(std::min(KvCache::kBlock, n_keys - key));
        product_kernel(kernels, *c.key_format)(task);
    }
}

void add_head(const Tensor& y, int64_t head, const Worker& w) {
    const int64_t tokens = y.cols();
    const KvCache& c = *params_of<AttentionParams>(y).cache;
    const float scale = score_scale(c);
    auto* received = y.row<float>(head);
    auto* scores = y.sources[2]->row<float>(w.index);
    std::fill_n(received, tokens, 0.0f);
    for (int64_t first = 0; first < tokens; first += kQueries) {
        const int64_t end = std::min(first + kQueries, tokens);
        score(y, *w.kernels, head, first, end - first, end, scores);
        for (int64_t t = first; t < end; ++t) {
            float* row = scores + (t - first) * score_stride(c);
            const float inverse = 1 / softmax_weights(*w.kernels, row, t + 1, scale).total;
            for (int64_t key = 0; key <= t; ++key) received[key] += row[key] * inverse;
        }
    }
}

void forward_received(const Tensor& y, int64_t begin, int64_t end, const Worker& w) {
    for (int64_t head = begin; head < end; ++head) add_head(y, head, w);
}

Cost received_cost(const Tensor& y) {
    const auto tokens = static_cast<double>(y.cols());
    return {static_cast<double>(y.sources[0]->bytes()),
            tokens * (tokens + 1) * static_cast<double>(y.sources[0]->cols())};
}

constexpr Op kReceived{"attention received", row_units, forward_received, received_cost};

}  // namespace

Tensor* received_attention(Graph& g, const Tensor* attention) {
    const Tensor& sums = *attention->sources[0];
    const auto params = params_of<AttentionParams>(sums);
    const Tensor *q = sums.sources[0], *stored = sums.sources[1];
    if (params.cache->key_format->inputs != InputKind::kF32) {
        g.fail("attention received: keys are not multiplied by f32 queries");
    }
    const int64_t scores =
        kQueries * score_stride(*params.cache) * static_cast<int64_t>(sizeof(float));
    Tensor* y = g.add(kReceived, {q, stored, g.scratch(scores)});
    set_shape(y, Storage::kF32, params.n_heads, q->rows());
    params_of<AttentionParams>(y) = params;
    return y;
}

}  // namespace quern
