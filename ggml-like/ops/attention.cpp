// Causal attention with grouped heads (Ainslie et al. 2023, 2305.13245), tiled with an online
// softmax as in flash attention (Dao et al. 2022, 2205.14135, algorithm 1): scores exist only for
// one block of 128 keys at a time.
//
// A unit of work is one kv head and a few tokens; its rows are all query heads of these tokens that
// share the kv head, so that keys and values are unpacked once for all of them. Per block of the
// cache:
//
//   S = Q K^T                  product with the block's key matrix
//   P = e^(S - best)           0 where the key lies after the token
//   O = O * shrink + P V       product with the block's value matrix
//
// Where values are quantized, P takes their scales first and becomes int8 like any activation.
// Every row is computed the same way whatever rows stand beside it.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "formats/activation.h"
#include "ops/product.h"
#include "tensor/ops.h"

namespace quern {
namespace {

constexpr int64_t kBlock = KvCache::kBlock;
constexpr int64_t kTargetRows =
    64;  ///< of a unit: enough to pay for unpacking, few enough for the L2 cache

struct Params {
    const KvCache* cache;
    int64_t n_heads;
};

int64_t heads_per_kv(const Params& p) { return p.n_heads / p.cache->n_kv_heads; }
int64_t tokens_per_unit(const Params& p) {
    return std::max<int64_t>(1, kTargetRows / heads_per_kv(p));
}

/// Bytes of one product input of n columns: int8 activations for a block format, else f32.
int64_t input_bytes(const Format& f, int64_t n) {
    return f.is_block() ? ActivationLayout{n, f.activation_group()}.row_bytes() : n * 4;
}

/// One worker's memory, cut into rows of a unit.
struct Scratch {
    int64_t query_bytes, weight_bytes;  ///< per row
    uint8_t* queries;                   ///< inputs of the key product
    float* scores;                      ///< [rows, kBlock], then the softmax weights
    uint8_t* weights;                   ///< inputs of the value product, where values are quantized
    float* product;                     ///< [rows, head_dim]
    float* out;                         ///< [rows, head_dim]
    float *best, *total, *shrink;       ///< [rows]

    Scratch(const KvCache& c, int64_t rows, std::byte* memory)
        : query_bytes(input_bytes(*c.key_format, c.head_dim)),
          weight_bytes(input_bytes(*c.value_format, kBlock)) {
        const auto take = [&memory](int64_t n) {
            std::byte* p = memory;
            memory += round_up(n);
            return p;
        };
        queries = reinterpret_cast<uint8_t*>(take(rows * query_bytes));
        scores = reinterpret_cast<float*>(take(rows * kBlock * 4));
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
               round_up(rows * input_bytes(*c.value_format, kBlock)) + round_up(rows * kBlock * 4) +
               2 * round_up(rows * c.head_dim * 4) + 3 * round_up(rows * 4);
    }
    static int64_t round_up(int64_t n) { return (n + 63) / 64 * 64; }
};

/// One unit: rows r = token * heads + head.
class Unit {
  public:
    Unit(const Tensor& y, const Worker& w, int64_t kv_head, int64_t first, int64_t tokens)
        : y_(y),
          kernels_(*w.kernels),
          params_(params_of<Params>(y)),
          cache_(*params_.cache),
          kv_head_(kv_head),
          first_(first),
          heads_(heads_per_kv(params_)),
          rows_(tokens * heads_),
          s_(cache_, tokens_per_unit(params_) * heads_, y.sources[3]->row<std::byte>(w.index)) {}

    void run() {
        load_queries();
        const int64_t n_keys = position(rows_ - 1) + 1;
        for (int64_t block = 0; block * kBlock < n_keys; ++block) {
            const int64_t n = std::min(kBlock, n_keys - block * kBlock);
            score_keys(block, n);
            weigh(block);
            add_values(block, n);
        }
        for (int64_t r = 0; r < rows_; ++r) {
            float* out = y_.row<float>(token(r)) + head(r) * cache_.head_dim;
            const float inverse = 1 / s_.total[r];
            for (int64_t d = 0; d < cache_.head_dim; ++d) {
                out[d] = s_.out[r * cache_.head_dim + d] * inverse;
            }
        }
    }

  private:
    int64_t token(int64_t row) const { return first_ + row / heads_; }
    int64_t head(int64_t row) const { return kv_head_ * heads_ + row % heads_; }
    int64_t position(int64_t row) const { return *y_.sources[2]->row<int32_t>(token(row)); }

    void load_queries() {
        const Format& f = *cache_.key_format;
        for (int64_t r = 0; r < rows_; ++r) {
            const float* q = y_.sources[0]->row<float>(token(r)) + head(r) * cache_.head_dim;
            uint8_t* row = s_.queries + r * s_.query_bytes;
            if (f.is_block()) {
                kernels_.quantize_row(q, cache_.head_dim, f.activation_group(), row);
            } else {
                std::memcpy(row, q, static_cast<size_t>(cache_.head_dim) * 4);
            }
            s_.best[r] = -INFINITY;
            s_.total[r] = 0;
        }
        std::fill(s_.out, s_.out + rows_ * cache_.head_dim, 0.0f);
    }

    void score_keys(int64_t block, int64_t n_keys) {
        MatmulTask task = product_task(*cache_.key_format, kBlock, cache_.head_dim);
        task.weight = cache_.keys(kv_head_, block);
        task.x = s_.queries;
        task.x_stride = static_cast<uint64_t>(s_.query_bytes);
        task.tokens = rows_;
        task.y = s_.scores;
        task.y_stride = kBlock;
        task.tile_end = n_tiles(n_keys);
        product_kernel(kernels_, *cache_.key_format)(task);
    }

    /// Scores become softmax weights; keys after the row's token get none.
    void weigh(int64_t block) {
        const float scale = 1 / std::sqrt(static_cast<float>(cache_.head_dim));
        for (int64_t r = 0; r < rows_; ++r) {
            float* row = s_.scores + r * kBlock;
            const int64_t visible =
                std::clamp<int64_t>(position(r) + 1 - block * kBlock, 0, kBlock);
            float sum = 0;
            s_.shrink[r] = 1;
            if (visible > 0) {
                kernels_.softmax_step(row, visible, scale, &s_.best[r], &sum, &s_.shrink[r]);
            }
            std::fill(row + visible, row + kBlock, 0.0f);
            s_.total[r] = s_.total[r] * s_.shrink[r] + sum;
        }
    }

    void add_values(int64_t block, int64_t n_keys) {
        const Format& f = *cache_.value_format;
        MatmulTask task = product_task(f, cache_.head_dim, kBlock);
        task.weight = cache_.values(kv_head_, block);
        task.tokens = rows_;
        task.y = s_.product;
        task.y_stride = cache_.head_dim;
        if (!f.is_block()) {
            task.cols = n_keys;  // the others have no weight
            task.x = reinterpret_cast<const uint8_t*>(s_.scores);
            task.x_stride = kBlock * 4;
            task.tile_end = n_tiles(cache_.head_dim);
            product_kernel(kernels_, f)(task);
        } else {
            task.x = s_.weights;
            task.x_stride = static_cast<uint64_t>(s_.weight_bytes);
            for (int64_t group = 0; group < cache_.n_scale_groups(); ++group) {
                quantize_weights(cache_.value_scales(kv_head_, block, group));
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

    void quantize_weights(const float* scales) {
        float scaled[kBlock];
        for (int64_t r = 0; r < rows_; ++r) {
            for (int64_t j = 0; j < kBlock; ++j) {
                // A hidden position may hold an old scale that is not finite.
                const float weight = s_.scores[r * kBlock + j];
                scaled[j] = weight > 0 ? weight * scales[j] : 0.0f;
            }
            kernels_.quantize_row(scaled, kBlock, cache_.value_format->activation_group(),
                                  s_.weights + r * s_.weight_bytes);
        }
    }

    const Tensor& y_;
    const Kernels& kernels_;
    const Params& params_;
    const KvCache& cache_;
    int64_t kv_head_, first_, heads_, rows_;
    Scratch s_;
};

int64_t units(const Tensor& y) {
    const Params& p = params_of<Params>(y);
    const int64_t step = tokens_per_unit(p);
    return p.cache->n_kv_heads * ((y.rows() + step - 1) / step);
}

void forward(const Tensor& y, int64_t begin, int64_t end, const Worker& w) {
    const Params& p = params_of<Params>(y);
    const int64_t step = tokens_per_unit(p);
    const int64_t kv_heads = p.cache->n_kv_heads;
    for (int64_t unit = begin; unit < end; ++unit) {
        const int64_t first = unit / kv_heads * step;
        Unit(y, w, unit % kv_heads, first, std::min(step, y.rows() - first)).run();
    }
}

/// The cache up to the last token once; a product with a key and one with a value for every visible
/// key.
Cost cost(const Tensor& y) {
    const Params& p = params_of<Params>(y);
    const Tensor& positions = *y.sources[2];
    double visible = 0;
    for (int64_t t = 0; t < y.rows(); ++t) visible += *positions.row<int32_t>(t) + 1;
    const int64_t blocks = (*positions.row<int32_t>(y.rows() - 1) + kBlock) / kBlock;
    return {static_cast<double>(p.cache->block_bytes()) *
                static_cast<double>(blocks * p.cache->n_kv_heads),
            4 * visible * static_cast<double>(y.cols())};
}

constexpr Op kOp{"attention", units, forward, cost};

}  // namespace

Tensor* attention(Graph& g, const Tensor* q, const Tensor* stored, const Tensor* positions,
                  const KvCache* cache, int64_t n_heads) {
    const bool fits = cache->n_kv_heads > 0 && n_heads >= cache->n_kv_heads &&
                      n_heads % cache->n_kv_heads == 0 && q->cols() == n_heads * cache->head_dim;
    const Params params{cache, n_heads};
    const int64_t rows = fits ? tokens_per_unit(params) * heads_per_kv(params) : 0;
    Tensor* y = g.add(kOp, {q, stored, positions, g.scratch(Scratch::bytes(*cache, rows))});
    set_shape(y, Storage::kF32, q->rows(), q->cols());
    params_of<Params>(y) = params;
    if (!fits) g.fail("attention: " + std::to_string(n_heads) + " heads do not fit");
    return y;
}

}  // namespace quern
