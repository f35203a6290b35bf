// Causal attention with grouped heads (Ainslie et al. 2023, 2305.13245), tiled with an online
// softmax as in flash attention (Dao et al. 2022, 2205.14135, algorithm 1): scores exist only for
// one block of 128 keys at a time.
//
// Keys are taken in spans of 1024 positions. Every span has sums of its own, and those of a token's
// spans are merged in order, always, so that spans can be units of their own where there are too
// few tokens to keep all workers busy ("flash decoding"), with the same result. What a unit does is
// in ops/attention_unit.h.
#include "ops/attention_gradient.h"
#include "ops/attention_unit.h"
#include "ops/store.h"
#include "tensor/ops.h"

namespace quern {
namespace {

constexpr int64_t kMostPartials = 256;  ///< tokens times spans up to which spans are units

int64_t n_tokens(const Tensor& y) { return y.sources[0]->rows(); }

int64_t n_groups(const Tensor& y) {
    const int64_t step = tokens_per_unit(params_of<AttentionParams>(y));
    return (n_tokens(y) + step - 1) / step;
}

/// Spans that are units: as far as positions reach now.
int64_t n_span_units(const Tensor& y) {
    if (params_of<AttentionParams>(y).n_spans == 1) return 1;
    int64_t last = 0;
    for (int64_t t = 0; t < n_tokens(y); ++t) {
        last = std::max(last, place_of(*y.sources[2], t).position);
    }
    return last / kSpan + 1;
}

int64_t attention_units(const Tensor& y) {
    return params_of<AttentionParams>(y).cache->n_kv_heads * n_groups(y) * n_span_units(y);
}

/// The next token that is not of token t's sequence, at most `end`.
int64_t end_of_sequence(const Tensor& positions, int64_t t, int64_t end) {
    const int64_t sequence = place_of(positions, t).sequence;
    while (t < end && place_of(positions, t).sequence == sequence) ++t;
    return t;
}

void forward_attention(const Tensor& y, int64_t begin, int64_t end, const Worker& w) {
    const AttentionParams& p = params_of<AttentionParams>(y);
    const int64_t step = tokens_per_unit(p), groups = n_groups(y);
    const int64_t kv_heads = p.cache->n_kv_heads;
    for (int64_t unit = begin; unit < end; ++unit) {
        const int64_t span = unit / (kv_heads * groups);
        const int64_t first = unit / kv_heads % groups * step;
        const int64_t last = std::min(first + step, n_tokens(y));
        for (int64_t t = first, next; t < last; t = next) {
            next = end_of_sequence(*y.sources[2], t, last);
            AttentionUnit(y, w, unit % kv_heads, t, next - t).run(span);
        }
    }
}

/// Every sequence's cache up to its last token once; a product with a key and one with a value for
/// every visible key.
Cost attention_cost(const Tensor& y) {
    const AttentionParams& p = params_of<AttentionParams>(y);
    const Tensor& positions = *y.sources[2];
    double visible = 0, blocks = 0;
    for (int64_t t = 0; t < n_tokens(y); ++t) {
        const int64_t position = place_of(positions, t).position;
        visible += static_cast<double>(position + 1);
        const bool last = t + 1 == n_tokens(y) ||
                          place_of(positions, t + 1).sequence != place_of(positions, t).sequence;
        if (last) {
            blocks += static_cast<double>(position / KvCache::kBlock + 1);
        }
    }
    return {static_cast<double>(p.cache->block_bytes()) * blocks *
                static_cast<double>(p.cache->n_kv_heads),
            4 * visible * static_cast<double>(y.sources[0]->cols())};
}

/// The sums of a token's spans, merged, then divided.
void finish_row(const Tensor& y, int64_t t, float* out, const Worker&) {
    const Tensor& sums = *y.sources[0];
    const AttentionParams& p = params_of<AttentionParams>(sums);
    const int64_t head_dim = p.cache->head_dim;
    const int64_t last = p.n_spans == 1 ? 0 : place_of(*y.sources[1], t).position / kSpan;
    float best, total;
    for (int64_t h = 0; h < p.n_heads; ++h) {
        const Sums head{out + h * head_dim, &best, &total};
        for (int64_t span = 0; span <= last; ++span) {
            const Sums part = sums_of(p, sums.row<float>(t * p.n_spans + span), h);
            (span == 0 ? copy_sums : merge_sums)(part, head_dim, head);
        }
        const float inverse = 1 / total;
        for (int64_t d = 0; d < head_dim; ++d) head.out[d] *= inverse;
    }
}

constexpr Op kAttentionOp{.name = "attention",
                          .units = attention_units,
                          .forward = forward_attention,
                          .cost = attention_cost,
                          .units_vary = true};
/// Of both steps: from what was mixed to queries, keys and values.
void attention_gradient(Gradients& gradients, const Tensor& y, const Tensor* at_y) {
    const Tensor& sums = *y.sources[0];
    const auto [keys, values] = stored_values(*sums.sources[1]);
    add_attention_gradient(gradients, params_of<AttentionParams>(sums), sums.sources[0], keys,
                           values, at_y);
}

constexpr Op kFinish{.name = "attention finish",
                     .units = row_units,
                     .forward = forward_rows,
                     .cost = streaming_cost,
                     .row = finish_row,
                     .gradient = attention_gradient};

}  // namespace

Tensor* attention(Graph& g, const Tensor* q, const Tensor* stored, const Tensor* positions,
                  const KvCache* cache, int64_t n_heads) {
    const bool fits = cache->n_kv_heads > 0 && n_heads >= cache->n_kv_heads &&
                      n_heads % cache->n_kv_heads == 0 && q->cols() == n_heads * cache->head_dim;
    if (!fits) g.fail("attention: " + std::to_string(n_heads) + " heads do not fit");
    if (cache->key_rotation) q = rotate(g, q, cache->key_rotation, false);
    AttentionParams params{cache, n_heads, (cache->context + kSpan - 1) / kSpan};
    if (q->rows() * params.n_spans > kMostPartials) params.n_spans = 1;
    const int64_t rows = fits ? tokens_per_unit(params) * heads_per_kv(params) : 0;
    Tensor* sums = g.add(kAttentionOp,
                         {q, stored, positions, g.scratch(AttentionScratch::bytes(*cache, rows))});
    set_shape(sums, Storage::kF32, q->rows() * params.n_spans, sums_size(params));
    params_of<AttentionParams>(sums) = params;
    Tensor* y = g.add(kFinish, {sums, positions});
    set_shape(y, Storage::kF32, q->rows(), q->cols());
    return cache->value_rotation ? rotate(g, y, cache->value_rotation, true) : y;
}

const Tensor* find_attention(Graph& g) {
    for (const Tensor& value : g.values()) {
        if (value.op == &kFinish) return &value;
    }
    return nullptr;
}

}  // namespace quern
