// How much attention tokens receive: sums over queries of the softmax weights that attention()
// applies. A unit is a query head; it scores some queries at a time against all keys they see.
#include <algorithm>
#include <cmath>

#include "ops/attention_unit.h"
#include "ops/product.h"
#include "tensor/ops.h"

namespace quern {
namespace {

constexpr int64_t kQueries = 32;  ///< scored together

/// The part of a token's weight that is the same for all. Attention alone lets a few tokens decide:
/// in files that lose little it was worse than equal weights (quantize/RESULTS.md).
constexpr float kEqualPart = 0.5f;

int64_t padded(int64_t keys) {
    return (keys + KvCache::kBlock - 1) / KvCache::kBlock * KvCache::kBlock;
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
    task.y_stride = padded(q.rows());
    for (int64_t key = 0; key < n_keys; key += KvCache::kBlock) {
        task.weight = c.keys(head / heads_per_kv(p), key / KvCache::kBlock);
        task.y = scores + key;
        task.tile_end = n_tiles(std::min(KvCache::kBlock, n_keys - key));
        product_kernel(kernels, *c.key_format)(task);
    }
}

void add_head(const Tensor& y, int64_t head, const Worker& w) {
    const int64_t tokens = y.cols();
    const int64_t head_dim = params_of<AttentionParams>(y).cache->head_dim;
    const float scale = 1 / std::sqrt(static_cast<float>(head_dim));
    auto* received = y.row<float>(head);
    auto* scores = y.sources[2]->row<float>(w.index);
    std::fill_n(received, tokens, 0.0f);
    for (int64_t first = 0; first < tokens; first += kQueries) {
        const int64_t end = std::min(first + kQueries, tokens);
        score(y, *w.kernels, head, first, end - first, end, scores);
        for (int64_t t = first; t < end; ++t) {
            float* row = scores + (t - first) * padded(tokens);
            float best = -INFINITY, sum = 0, shrink = 1;
            w.kernels->softmax_step(row, t + 1, scale, &best, &sum, &shrink);
            const float inverse = 1 / sum;
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

/// The mean over heads is 1 in the mean over tokens, as every query gives 1 away.
void weigh_row(const Tensor& y, int64_t t, float* out, const Worker&) {
    const Tensor& received = *y.sources[1];
    float sum = 0;
    for (int64_t h = 0; h < received.rows(); ++h) sum += received.row<float>(h)[t];
    const float mean = sum / static_cast<float>(received.rows());
    const float factor = std::sqrt(kEqualPart + (1 - kEqualPart) * mean);
    const auto* x = y.sources[0]->row<float>(t);
    for (int64_t i = 0; i < y.cols(); ++i) out[i] = x[i] * factor;
}

constexpr Op kReceived{"attention received", row_units, forward_received, received_cost};
constexpr Op kWeigh{"weigh tokens", row_units, forward_rows, streaming_cost, weigh_row};

}  // namespace

Tensor* received_attention(Graph& g, const Tensor* attention) {
    const Tensor& sums = *attention->sources[0];
    const auto params = params_of<AttentionParams>(sums);
    const Tensor *q = sums.sources[0], *stored = sums.sources[1];
    if (params.cache->key_format->is_block()) g.fail("attention received: keys are quantized");
    const int64_t scores = kQueries * padded(q->rows()) * static_cast<int64_t>(sizeof(float));
    Tensor* y = g.add(kReceived, {q, stored, g.scratch(scores)});
    set_shape(y, Storage::kF32, params.n_heads, q->rows());
    params_of<AttentionParams>(y) = params;
    return y;
}

Tensor* weigh_tokens(Graph& g, const Tensor* x, const Tensor* received) {
    Tensor* y = g.add(kWeigh, {x, received});
    set_shape(y, Storage::kF32, x->rows(), x->cols());
    if (received->cols() != x->rows()) g.fail("weigh tokens: there are others than x has");
    return y;
}

}  // namespace quern
