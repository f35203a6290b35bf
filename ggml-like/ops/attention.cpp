// Causal attention with grouped heads (Ainslie et al. 2023, 2305.13245), tiled with an online
// softmax as in flash attention (Dao et al. 2022, 2205.14135, algorithm 1): scores exist only for
// one block of 128 keys at a time.
//
// Keys are taken in spans of 1024 positions. Every span has sums of its own, and those of a token's
// spans are merged in order, always, so that spans can be units of their own where there are too
// few tokens to keep all workers busy ("flash decoding"), with the same result. A unit of work is
// one kv head, a few tokens and one span or all; its rows are all query heads of these tokens that
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
#include "ops/place.h"
#include "ops/product.h"
#include "tensor/ops.h"

namespace quern {
namespace {

constexpr int64_t kBlock = KvCache::kBlock;
constexpr int64_t kSpan = 8 * kBlock;
constexpr int64_t kMostPartials = 256;  ///< tokens times spans up to which spans are units
constexpr int64_t kTargetRows =
    128;  ///< of a unit: enough to pay for unpacking, few enough for the L2 cache

struct Params {
    const KvCache* cache;
    int64_t n_heads;
    int64_t n_spans;  ///< stored per token: all of the context, or 1 where a unit merges them
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

// ---------------------------------------------------------------- sums

/// What is known of one head after some keys; its values are out / total.
struct Sums {
    float* out;    ///< [head_dim] values times weights
    float* best;   ///< the largest score
    float* total;  ///< weights, e^(score - best)
};

/// A row of sums: those of all heads' values, then their best, then their totals.
int64_t sums_size(const Params& p) { return p.n_heads * (p.cache->head_dim + 2); }
Sums sums_of(const Params& p, float* row, int64_t head) {
    float* best = row + p.n_heads * p.cache->head_dim;
    return {row + head * p.cache->head_dim, best + head, best + p.n_heads + head};
}

void copy(const Sums& from, int64_t head_dim, const Sums& to) {
    std::copy(from.out, from.out + head_dim, to.out);
    *to.best = *from.best;
    *to.total = *from.total;
}

/// Adds the sums of later keys.
void merge(const Sums& more, int64_t head_dim, const Sums& sums) {
    const float best = std::max(*sums.best, *more.best);
    const float keep = std::exp(*sums.best - best), take = std::exp(*more.best - best);
    for (int64_t d = 0; d < head_dim; ++d) sums.out[d] = sums.out[d] * keep + more.out[d] * take;
    *sums.best = best;
    *sums.total = *sums.total * keep + *more.total * take;
}

// ---------------------------------------------------------------- a unit

/// One unit: rows r = token * heads + head. The tokens are of one sequence.
class Unit {
  public:
    Unit(const Tensor& y, const Worker& w, int64_t kv_head, int64_t first, int64_t tokens)
        : y_(y),
          kernels_(*w.kernels),
          params_(params_of<Params>(y)),
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
        return std::clamp<int64_t>(position(row) + 1 - first_key, 0, kBlock);
    }

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
        }
    }

    /// Sums of keys [begin, end) for every row.
    void add_span(int64_t begin, int64_t end) {
        std::fill(s_.best, s_.best + rows_, -INFINITY);
        std::fill(s_.total, s_.total + rows_, 0.0f);
        std::fill(s_.out, s_.out + rows_ * cache_.head_dim, 0.0f);
        for (int64_t key = begin; key < end; key += kBlock) {
            const int64_t n = std::min(kBlock, end - key);
            score_keys(key, n);
            weigh(key);
            add_values(key, n);
        }
    }

    /// Writes a row's sums, or adds them to those of earlier spans.
    void give_sums(int64_t r, int64_t span, bool first) const {
        const Sums sums{s_.out + r * cache_.head_dim, s_.best + r, s_.total + r};
        float* row = y_.row<float>(token(r) * params_.n_spans + span);
        const Sums target = sums_of(params_, row, head(r));
        (first ? copy : merge)(sums, cache_.head_dim, target);
    }

    void score_keys(int64_t first_key, int64_t n_keys) {
        MatmulTask task = product_task(*cache_.key_format, kBlock, cache_.head_dim);
        task.weight = cache_.keys(kv_head_, first_key / kBlock);
        task.x = s_.queries;
        task.x_stride = static_cast<uint64_t>(s_.query_bytes);
        task.tokens = rows_;
        task.y = s_.scores;
        task.y_stride = kBlock;
        task.tile_end = n_tiles(n_keys);
        product_kernel(kernels_, *cache_.key_format)(task);
    }

    /// Scores become softmax weights; keys after the row's token get none.
    void weigh(int64_t first_key) {
        const float scale = 1 / std::sqrt(static_cast<float>(cache_.head_dim));
        for (int64_t r = 0; r < rows_; ++r) {
            float* row = s_.scores + r * kBlock;
            const int64_t n = visible(r, first_key);
            float sum = 0;
            s_.shrink[r] = 1;
            if (n > 0) {
                kernels_.softmax_step(row, n, scale, &s_.best[r], &sum, &s_.shrink[r]);
            }
            std::fill(row + n, row + kBlock, 0.0f);
            s_.total[r] = s_.total[r] * s_.shrink[r] + sum;
        }
    }

    void add_values(int64_t first_key, int64_t n_keys) {
        const int64_t block = first_key / kBlock;
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
                quantize_weights(first_key, cache_.value_scales(kv_head_, block, group));
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

    /// Eight rows at a time: a row that was just written in small pieces cannot be read in large
    /// ones without a wait.
    void quantize_weights(int64_t first_key, const float* scales) {
        constexpr int64_t kRows = 8;
        alignas(64) float scaled[kRows][kBlock];
        for (int64_t first = 0; first < rows_; first += kRows) {
            const int64_t end = std::min(first + kRows, rows_);
            for (int64_t r = first; r < end; ++r) {
                // A hidden position may hold an old scale that is not finite.
                const int64_t n = visible(r, first_key);
                const float* weights = s_.scores + r * kBlock;
                float* row = scaled[r - first];
                for (int64_t j = 0; j < n; ++j) row[j] = weights[j] * scales[j];
                std::fill(row + n, row + kBlock, 0.0f);
            }
            for (int64_t r = first; r < end; ++r) {
                kernels_.quantize_row(scaled[r - first], kBlock,
                                      cache_.value_format->activation_group(),
                                      s_.weights + r * s_.weight_bytes);
            }
        }
    }

    const Tensor& y_;
    const Kernels& kernels_;
    const Params& params_;
    KvCache cache_;  ///< of the tokens' sequence
    int64_t kv_head_, first_, heads_, rows_;
    Scratch s_;
};

// ---------------------------------------------------------------- ops

int64_t n_tokens(const Tensor& y) { return y.sources[0]->rows(); }

int64_t n_groups(const Tensor& y) {
    const int64_t step = tokens_per_unit(params_of<Params>(y));
    return (n_tokens(y) + step - 1) / step;
}

/// Spans that are units: as far as positions reach now.
int64_t n_span_units(const Tensor& y) {
    if (params_of<Params>(y).n_spans == 1) return 1;
    int64_t last = 0;
    for (int64_t t = 0; t < n_tokens(y); ++t) {
        last = std::max(last, place_of(*y.sources[2], t).position);
    }
    return last / kSpan + 1;
}

int64_t units(const Tensor& y) {
    return params_of<Params>(y).cache->n_kv_heads * n_groups(y) * n_span_units(y);
}

/// The next token that is not of token t's sequence, at most `end`.
int64_t end_of_sequence(const Tensor& positions, int64_t t, int64_t end) {
    const int64_t sequence = place_of(positions, t).sequence;
    while (t < end && place_of(positions, t).sequence == sequence) ++t;
    return t;
}

void forward(const Tensor& y, int64_t begin, int64_t end, const Worker& w) {
    const Params& p = params_of<Params>(y);
    const int64_t step = tokens_per_unit(p), groups = n_groups(y);
    const int64_t kv_heads = p.cache->n_kv_heads;
    for (int64_t unit = begin; unit < end; ++unit) {
        const int64_t span = unit / (kv_heads * groups);
        const int64_t first = unit / kv_heads % groups * step;
        const int64_t last = std::min(first + step, n_tokens(y));
        for (int64_t t = first, next; t < last; t = next) {
            next = end_of_sequence(*y.sources[2], t, last);
            Unit(y, w, unit % kv_heads, t, next - t).run(span);
        }
    }
}

/// Every sequence's cache up to its last token once; a product with a key and one with a value for
/// every visible key.
Cost cost(const Tensor& y) {
    const Params& p = params_of<Params>(y);
    const Tensor& positions = *y.sources[2];
    double visible = 0, blocks = 0;
    for (int64_t t = 0; t < n_tokens(y); ++t) {
        const int64_t position = place_of(positions, t).position;
        visible += static_cast<double>(position + 1);
        if (end_of_sequence(positions, t, n_tokens(y)) == t + 1) {
            blocks += static_cast<double>(position / kBlock + 1);
        }
    }
    return {static_cast<double>(p.cache->block_bytes()) * blocks *
                static_cast<double>(p.cache->n_kv_heads),
            4 * visible * static_cast<double>(y.sources[0]->cols())};
}

/// The sums of a token's spans, merged, then divided.
void finish_row(const Tensor& y, int64_t t, float* out, const Worker&) {
    const Tensor& sums = *y.sources[0];
    const Params& p = params_of<Params>(sums);
    const int64_t head_dim = p.cache->head_dim;
    const int64_t last = p.n_spans == 1 ? 0 : place_of(*y.sources[1], t).position / kSpan;
    float best, total;
    for (int64_t h = 0; h < p.n_heads; ++h) {
        const Sums head{out + h * head_dim, &best, &total};
        for (int64_t span = 0; span <= last; ++span) {
            const Sums part = sums_of(p, sums.row<float>(t * p.n_spans + span), h);
            (span == 0 ? copy : merge)(part, head_dim, head);
        }
        const float inverse = 1 / total;
        for (int64_t d = 0; d < head_dim; ++d) head.out[d] *= inverse;
    }
}

constexpr Op kOp{"attention", units, forward, cost};
constexpr Op kFinish{"attention finish", row_units, forward_rows, streaming_cost, finish_row};

}  // namespace

Tensor* attention(Graph& g, const Tensor* q, const Tensor* stored, const Tensor* positions,
                  const KvCache* cache, int64_t n_heads) {
    const bool fits = cache->n_kv_heads > 0 && n_heads >= cache->n_kv_heads &&
                      n_heads % cache->n_kv_heads == 0 && q->cols() == n_heads * cache->head_dim;
    if (!fits) g.fail("attention: " + std::to_string(n_heads) + " heads do not fit");
    Params params{cache, n_heads, (cache->context + kSpan - 1) / kSpan};
    if (q->rows() * params.n_spans > kMostPartials) params.n_spans = 1;
    const int64_t rows = fits ? tokens_per_unit(params) * heads_per_kv(params) : 0;
    Tensor* sums = g.add(kOp, {q, stored, positions, g.scratch(Scratch::bytes(*cache, rows))});
    set_shape(sums, Storage::kF32, q->rows() * params.n_spans, sums_size(params));
    params_of<Params>(sums) = params;
    Tensor* y = g.add(kFinish, {sums, positions});
    set_shape(y, Storage::kF32, q->rows(), q->cols());
    return y;
}

}  // namespace quern
