// One unit of attention (ops/attention.cpp): the sums of one kv head and a few tokens over one span
// of keys or all. Its rows are all query heads of these tokens that share the kv head, so that keys
// and values are unpacked once for all of them. Per block of the cache:
//
//   S = Q K^T log2(e) / sqrt(head_dim)   product with the block's key matrix
//   P = 2^(S - best)                     0 where the key lies after the token
//   O = O * shrink + P V                 product with the block's value matrix
//
// Where values are quantized, P takes their scales first and becomes int8 like any activation;
// where they are bf16, it is rounded to bf16. Every row is computed the same way whatever rows
// stand beside it.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include "ops/place.h"
#include "ops/product.h"
#include "tensor/graph.h"
#include "tensor/kv_cache.h"

namespace quern {

inline constexpr int64_t kSpan = 8 * KvCache::kBlock;  ///< keys with sums of their own
inline constexpr int64_t kTargetRows =
    128;  ///< of a unit: enough to pay for unpacking, few enough for the L2 cache

static_assert(KvCache::kBlock == kBlockKeys);

struct AttentionParams {
    const KvCache* cache;
    int64_t n_heads;
    int64_t n_spans;  ///< stored per token: all of the context, or 1 where a unit merges them
};

/// Scores count in binary logarithms.
inline float score_scale(const KvCache& c) {
    return std::numbers::log2e_v<float> / std::sqrt(static_cast<float>(c.head_dim));
}

inline int64_t heads_per_kv(const AttentionParams& p) { return p.n_heads / p.cache->n_kv_heads; }
inline int64_t tokens_per_unit(const AttentionParams& p) {
    return std::max<int64_t>(1, kTargetRows / heads_per_kv(p));
}

/// What is known of one head after some keys; its values are out / total.
struct Sums {
    float* out;    ///< [head_dim] values times weights
    float* best;   ///< the largest score
    float* total;  ///< weights, 2^(score - best)
};

/// A row of sums: those of all heads' values, then their best, then their totals.
inline int64_t sums_size(const AttentionParams& p) { return p.n_heads * (p.cache->head_dim + 2); }
inline Sums sums_of(const AttentionParams& p, float* row, int64_t head) {
    float* best = row + p.n_heads * p.cache->head_dim;
    return {row + head * p.cache->head_dim, best + head, best + p.n_heads + head};
}

inline void copy_sums(const Sums& from, int64_t head_dim, const Sums& to) {
    std::copy(from.out, from.out + head_dim, to.out);
    *to.best = *from.best;
    *to.total = *from.total;
}

/// Adds the sums of later keys.
inline void merge_sums(const Sums& more, int64_t head_dim, const Sums& sums) {
    const float best = std::max(*sums.best, *more.best);
    const float keep = std::exp2(*sums.best - best), take = std::exp2(*more.best - best);
    for (int64_t d = 0; d < head_dim; ++d) sums.out[d] = sums.out[d] * keep + more.out[d] * take;
    *sums.best = best;
    *sums.total = *sums.total * keep + *more.total * take;
}

/// One worker's memory, cut into rows of a unit.
struct AttentionScratch {
    int64_t query_bytes, weight_bytes;  ///< per row
    uint8_t* queries;                   ///< inputs of the key product
    float* scores;                      ///< [rows, KvCache::kBlock], then perhaps their weights
    uint8_t* weights;                   ///< inputs of the value product, where they are not scores
    float* product;                     ///< [rows, head_dim]
    float* out;                         ///< [rows, head_dim]
    float *best, *total, *shrink;       ///< [rows]

    AttentionScratch(const KvCache& c, int64_t rows, std::byte* memory)
        : query_bytes(input_bytes(*c.key_format, c.head_dim)),
          weight_bytes(input_bytes(*c.value_format, KvCache::kBlock)) {
        const auto take = [&memory](int64_t n) {
            std::byte* p = memory;
            memory += round_up(n);
            return p;
        };
        queries = reinterpret_cast<uint8_t*>(take(rows * query_bytes));
        scores = reinterpret_cast<float*>(take(rows * KvCache::kBlock * 4));
        weights = reinterpret_cast<uint8_t*>(take(rows * weight_bytes));
        product = reinterpret_cast<float*>(take(rows * c.head_dim * 4));
        out = reinterpret_cast<float*>(take(rows * c.head_dim * 4));
        best = reinterpret_cast<float*>(take(rows * 4));
        total = reinterpret_cast<float*>(take(rows * 4));
        shrink = reinterpret_cast<float*>(take(rows * 4));
    }
    /// What the constructor cuts.
    static int64_t bytes(const KvCache& c, int64_t rows) {
        return round_up(rows * input_bytes(*c.key_format, c.head_dim)) +
               round_up(rows * input_bytes(*c.value_format, KvCache::kBlock)) +
               round_up(rows * KvCache::kBlock * 4) + 2 * round_up(rows * c.head_dim * 4) +
               3 * round_up(rows * 4);
    }
    static int64_t round_up(int64_t n) { return (n + 63) / 64 * 64; }
};

/// One unit: rows r = token * heads + head. The tokens are of one sequence.
class AttentionUnit {
  public:
    AttentionUnit(const Tensor& y, const Worker& w, int64_t kv_head, int64_t first, int64_t tokens)
        : y_(y),
          kernels_(*w.kernels),
          params_(params_of<AttentionParams>(y)),
          cache_(params_.cache->of_sequence(place_of(*y.sources[2], first).sequence)),
          kv_head_(kv_head),
          first_(first),
          heads_(heads_per_kv(params_)),
          rows_(tokens * heads_),
          s_(cache_, tokens_per_unit(params_) * heads_, y.sources[3]->row<std::byte>(w.index)) {}

    /// One span, or all that there are if n_spans is 1.
    void run(int64_t span) {
        const int64_t n_keys = position(rows_ - 1) + 1;
        const int64_t begin = span * kSpan;
        const int64_t end = params_.n_spans > 1 ? std::min(begin + kSpan, n_keys) : n_keys;
        if (begin < end) load_queries();
        for (int64_t key = begin; key < end; key += kSpan) {
            add_span(key, std::min(key + kSpan, end));
            for (int64_t r = 0; r < rows_; ++r) {
                if (position(r) >= key) give_sums(r, span, key == begin);
            }
        }
    }

  private:
    int64_t token(int64_t row) const { return first_ + row / heads_; }
    int64_t head(int64_t row) const { return kv_head_ * heads_ + row % heads_; }
    int64_t position(int64_t row) const { return place_of(*y_.sources[2], token(row)).position; }

    /// Keys of a block that the row's token sees.
    int64_t visible(int64_t row, int64_t first_key) const {
        return std::clamp<int64_t>(position(row) + 1 - first_key, 0, KvCache::kBlock);
    }

    void load_queries() {
        const int64_t dims = cache_.head_dim;
        for (int64_t r = 0; r < rows_; r += heads_) {  // the heads of a token
            const float* q = y_.sources[0]->row<float>(token(r)) + head(r) * dims;
            make_inputs(kernels_, *cache_.key_format,
                        {.x = q,
                         .x_stride = dims,
                         .rows = heads_,
                         .cols = dims,
                         .out = s_.queries + r * s_.query_bytes,
                         .out_stride = s_.query_bytes});
        }
    }

    /// Sums of keys [begin, end) for every row.
    void add_span(int64_t begin, int64_t end) {
        std::fill(s_.best, s_.best + rows_, -INFINITY);
        std::fill(s_.total, s_.total + rows_, 0.0f);
        std::fill(s_.out, s_.out + rows_ * cache_.head_dim, 0.0f);
        for (int64_t key = begin; key < end; key += KvCache::kBlock) {
            const int64_t n = std::min(KvCache::kBlock, end - key);
            score_keys(key, n);
            weigh(key, n);
            add_values(key, n);
        }
    }

    /// Writes a row's sums, or adds them to those of earlier spans.
    void give_sums(int64_t r, int64_t span, bool first) const {
        const Sums sums{s_.out + r * cache_.head_dim, s_.best + r, s_.total + r};
        float* row = y_.row<float>(token(r) * params_.n_spans + span);
        const Sums target = sums_of(params_, row, head(r));
        (first ? copy_sums : merge_sums)(sums, cache_.head_dim, target);
    }

    void score_keys(int64_t first_key, int64_t n_keys) {
        MatmulTask task = product_task(*cache_.key_format, KvCache::kBlock, cache_.head_dim);
        task.weight = cache_.keys(kv_head_, first_key / KvCache::kBlock);
        task.x = s_.queries;
        task.x_stride = static_cast<uint64_t>(s_.query_bytes);
        task.tokens = rows_;
        task.y = s_.scores;
        task.y_stride = KvCache::kBlock;
        task.tile_end = n_tiles(n_keys);
        product_kernel(kernels_, *cache_.key_format)(task);
    }

    /// Scores become softmax weights, and these inputs of the value product.
    void weigh(int64_t first_key, int64_t n_keys) {
        for (int64_t r = 0, end; r < rows_; r = end) {
            const int64_t n = visible(r, first_key);
            end = r + heads_;
            while (end < rows_ && visible(end, first_key) == n) end += heads_;
            weigh_rows(r, end, n, value_inputs(first_key / KvCache::kBlock, n_keys, 0));
        }
    }

    /// Rows [begin, end), which see n keys of a block.
    void weigh_rows(int64_t begin, int64_t end, int64_t n, InputTask inputs) {
        inputs.out += begin * s_.weight_bytes;
        make_softmax_inputs(kernels_, *cache_.value_format,
                            {.scores = s_.scores + begin * KvCache::kBlock,
                             .stride = KvCache::kBlock,
                             .rows = end - begin,
                             .n = n,
                             .scale = score_scale(cache_),
                             .best = s_.best + begin,
                             .total = s_.total + begin,
                             .shrink = s_.shrink + begin},
                            inputs);
    }

    /// From weights to inputs of the product with a block's values, for a group of dimensions.
    InputTask value_inputs(int64_t block, int64_t n_keys, int64_t group) const {
        const bool scaled = cache_.value_format->is_block();
        return {.x = s_.scores,
                .x_stride = KvCache::kBlock,
                .rows = rows_,
                .cols = scaled ? KvCache::kBlock : n_keys,  // the others have no weight
                .out = s_.weights,
                .out_stride = s_.weight_bytes,
                .factors = scaled ? cache_.value_scales(kv_head_, block, group) : nullptr};
    }

    void add_values(int64_t first_key, int64_t n_keys) {
        const int64_t block = first_key / KvCache::kBlock;
        const Format& f = *cache_.value_format;
        MatmulTask task = product_task(f, cache_.head_dim, KvCache::kBlock);
        task.weight = cache_.values(kv_head_, block);
        // Rows of scores are as long as those of weights in f32.
        task.x =
            f.inputs == InputKind::kF32 ? reinterpret_cast<const uint8_t*>(s_.scores) : s_.weights;
        task.x_stride = static_cast<uint64_t>(s_.weight_bytes);
        task.tokens = rows_;
        task.y = s_.product;
        task.y_stride = cache_.head_dim;
        if (!f.is_block()) {
            task.cols = n_keys;
            task.tile_end = n_tiles(cache_.head_dim);
            product_kernel(kernels_, f)(task);
        } else {
            for (int64_t group = 0; group < cache_.n_scale_groups(); ++group) {
                if (group > 0) make_inputs(kernels_, f, value_inputs(block, n_keys, group));
                task.tile_begin = group * KvCache::kScaleDims / kTileRows;
                task.tile_end = std::min(task.tile_begin + KvCache::kScaleDims / kTileRows,
                                         n_tiles(cache_.head_dim));
                product_kernel(kernels_, f)(task);
            }
        }
        for (int64_t r = 0; r < rows_; ++r) {
            kernels_.scale_add(s_.product + r * cache_.head_dim, cache_.head_dim, s_.shrink[r],
                               s_.out + r * cache_.head_dim);
        }
    }

    const Tensor& y_;
    const Kernels& kernels_;
    const AttentionParams& params_;
    KvCache cache_;  ///< of the tokens' sequence
    int64_t kv_head_, first_, heads_, rows_;
    AttentionScratch s_;
};

}  // namespace quern
