// The gradients of attention (ops/attention.cpp) at its queries, keys and values, for token t at
// position t of the only sequence. With P = softmax(Q K^T / sqrt(head_dim)), one head, causal:
//
//   at V = P^T at_y      S' = P (at_y V^T - rowsum(P at_y V^T))  elementwise
//   at Q = S' K / sqrt(head_dim)      at K = S'^T Q / sqrt(head_dim)
//
// A unit is a kv head: it takes its query heads one after the other, some queries at a time against
// all keys they see, and adds up what they say of keys and values. Every product is that of the
// kernels with f32 weights, from packed copies.
#include "ops/attention_gradient.h"

#include <algorithm>
#include <cmath>

#include "ops/attention_unit.h"
#include "ops/softmax_weights.h"

namespace quern {
namespace {

constexpr int64_t kTogether = 64;  ///< queries at a time

struct GradientParams {
    int64_t n_heads, n_kv_heads, head_dim;
};

/// f32 tiles of a matrix [rows, cols]. `stride` is that of a tile, in floats.
struct Tiles {
    float* data;
    int64_t stride;
    static int64_t floats(int64_t rows, int64_t cols) {
        return n_tiles(rows) * kTileRows * padded_cols(cols);
    }
    void put(int64_t row, int64_t col, float value) const {
        data[row / kTileRows * stride + col * kTileRows + row % kTileRows] = value;
    }
};

/// Columns of a value that belong to one head.
struct Head {
    const Tensor* value;
    int64_t first, dims;
    float* row(int64_t t) const { return value->row<float>(t) + first; }
};

/// Rows [begin, end) of a head as rows of a matrix [tokens, dims], or as its columns: [dims,
/// tokens].
void pack_rows(const Head& head, int64_t begin, int64_t end, const Tiles& out) {
    for (int64_t t = begin; t < end; ++t) {
        const float* row = head.row(t);
        for (int64_t d = 0; d < head.dims; ++d) out.put(t - begin, d, row[d]);
    }
}
void pack_columns(const Head& head, int64_t begin, int64_t end, const Tiles& out) {
    for (int64_t t = begin; t < end; ++t) {
        const float* row = head.row(t);
        for (int64_t d = 0; d < head.dims; ++d) out.put(d, t - begin, row[d]);
    }
}

/// One worker's memory.
struct Scratch {
    Tiles key_rows, value_rows, key_columns;  ///< of all tokens
    Tiles query_columns, at_y_columns;        ///< of some queries
    float *weights, *at_scores;               ///< [kTogether, tokens]
    float* turned;                            ///< [tokens, kTogether]
    float* product;                           ///< [tokens, dims]

    Scratch(int64_t tokens, int64_t dims, float* memory) {
        const auto take = [&memory](int64_t n) {
            float* p = memory;
            memory += n;
            return p;
        };
        const int64_t wide = padded_cols(tokens) * kTileRows,
                      narrow = padded_cols(dims) * kTileRows;
        key_rows = {take(Tiles::floats(tokens, dims)), narrow};
        value_rows = {take(Tiles::floats(tokens, dims)), narrow};
        key_columns = {take(Tiles::floats(dims, tokens)), wide};
        query_columns = {take(Tiles::floats(dims, kTogether)), kTogether * kTileRows};
        at_y_columns = {take(Tiles::floats(dims, kTogether)), kTogether * kTileRows};
        weights = take(kTogether * padded_cols(tokens));
        at_scores = take(kTogether * padded_cols(tokens));
        turned = take(padded_cols(tokens) * kTogether);
        product = take(tokens * padded_cols(dims));
    }
    static int64_t floats(int64_t tokens, int64_t dims) {
        return 2 * Tiles::floats(tokens, dims) + Tiles::floats(dims, tokens) +
               2 * Tiles::floats(dims, kTogether) + 3 * kTogether * padded_cols(tokens) +
               tokens * padded_cols(dims);
    }
};

class Unit {
  public:
    Unit(const Tensor& y, const Worker& w, int64_t kv_head)
        : y_(y),
          kernels_(*w.kernels),
          params_(params_of<GradientParams>(y)),
          kv_head_(kv_head),
          s_(tokens(), params_.head_dim, y.sources[4]->row<float>(w.index)) {}

    void run() {
        const int64_t dims = params_.head_dim, heads = params_.n_heads / params_.n_kv_heads;
        const Head keys{y_.sources[1], kv_head_ * dims, dims};
        const Head values{y_.sources[2], kv_head_ * dims, dims};
        pack_rows(keys, 0, tokens(), s_.key_rows);
        pack_rows(values, 0, tokens(), s_.value_rows);
        pack_columns(keys, 0, tokens(), s_.key_columns);
        for (int64_t t = 0; t < tokens(); ++t) {
            std::fill_n(at_keys().row(t), dims, 0.0f);
            std::fill_n(at_values().row(t), dims, 0.0f);
        }
        for (int64_t h = kv_head_ * heads; h < (kv_head_ + 1) * heads; ++h) {
            for (int64_t t = 0; t < tokens(); t += kTogether) {
                add_queries(h, t, std::min(t + kTogether, tokens()));
            }
        }
    }

  private:
    int64_t tokens() const { return y_.rows(); }
    int64_t row_floats() const { return padded_cols(tokens()); }
    // Columns of the result: queries, keys, values.
    Head at_queries(int64_t head) const { return {&y_, head * params_.head_dim, params_.head_dim}; }
    Head at_keys() const {
        return {&y_, (params_.n_heads + kv_head_) * params_.head_dim, params_.head_dim};
    }
    Head at_values() const {
        return {&y_, (params_.n_heads + params_.n_kv_heads + kv_head_) * params_.head_dim,
                params_.head_dim};
    }

    /// y [tokens, rows] = x [tokens, cols] W^T
    void multiply(const Tiles& weight, int64_t rows, int64_t cols, const float* x,
                  uint64_t x_stride, int64_t n_tokens, float* y, uint64_t y_stride) const {
        const Format& f32 = *find_format("f32");
        MatmulTask task = product_task(f32, rows, cols);
        task.weight = reinterpret_cast<const uint8_t*>(weight.data);
        task.tile_bytes = static_cast<uint64_t>(weight.stride) * sizeof(float);
        task.x = reinterpret_cast<const uint8_t*>(x);
        task.x_stride = x_stride;
        task.tokens = n_tokens;
        task.y = y;
        task.y_stride = static_cast<int64_t>(y_stride / sizeof(float));
        task.tile_end = n_tiles(rows);
        product_kernel(kernels_, f32)(task);
    }

    /// Queries [begin, end) of a head, and the keys [0, end) that they see.
    void add_queries(int64_t head, int64_t begin, int64_t end) {
        const int64_t dims = params_.head_dim, n = end - begin;
        const uint64_t row_bytes = static_cast<uint64_t>(row_floats()) * sizeof(float);
        const Head queries{y_.sources[0], head * dims, dims};
        const Head at_y{y_.sources[3], head * dims, dims};
        multiply(s_.key_rows, end, dims, queries.row(begin), queries.value->stride, n, s_.weights,
                 row_bytes);
        multiply(s_.value_rows, end, dims, at_y.row(begin), at_y.value->stride, n, s_.at_scores,
                 row_bytes);
        for (int64_t t = begin; t < end; ++t) {
            take_row(t, end, s_.weights + (t - begin) * row_floats(),
                     s_.at_scores + (t - begin) * row_floats());
        }
        multiply(s_.key_columns, dims, end, s_.at_scores, row_bytes, n, at_queries(head).row(begin),
                 y_.stride);
        pack_columns(queries, begin, end, s_.query_columns);
        pack_columns(at_y, begin, end, s_.at_y_columns);
        add_turned(s_.at_scores, s_.query_columns, n, end, at_keys());
        add_turned(s_.weights, s_.at_y_columns, n, end, at_values());
    }

    /// Scores become softmax weights and their gradients those of scores; hidden keys get 0.
    void take_row(int64_t t, int64_t n_keys, float* weights, float* at_scores) const {
        const float scale = 1 / std::sqrt(static_cast<float>(params_.head_dim));
        const float in_log2 = scale * std::numbers::log2e_v<float>;
        const float inverse = 1 / softmax_weights(kernels_, weights, t + 1, in_log2).total;
        double along = 0;
        for (int64_t k = 0; k <= t; ++k) {
            weights[k] *= inverse;
            along += static_cast<double>(weights[k] * at_scores[k]);
        }
        const auto mean = static_cast<float>(along);
        for (int64_t k = 0; k <= t; ++k) at_scores[k] = scale * weights[k] * (at_scores[k] - mean);
        std::fill(weights + t + 1, weights + n_keys, 0.0f);
        std::fill(at_scores + t + 1, at_scores + n_keys, 0.0f);
    }

    /// Adds rows^T [n_keys, n] times the packed columns' rows [n, dims].
    void add_turned(const float* rows, const Tiles& columns, int64_t n, int64_t n_keys,
                    const Head& out) {
        for (int64_t i = 0; i < n; ++i) {
            const float* row = rows + i * row_floats();
            for (int64_t k = 0; k < n_keys; ++k) s_.turned[k * kTogether + i] = row[k];
        }
        const int64_t dims = params_.head_dim;
        multiply(columns, dims, n, s_.turned, kTogether * sizeof(float), n_keys, s_.product,
                 static_cast<uint64_t>(dims) * sizeof(float));
        for (int64_t k = 0; k < n_keys; ++k) {
            kernels_.add(out.row(k), s_.product + k * dims, dims, out.row(k));
        }
    }

    const Tensor& y_;
    const Kernels& kernels_;
    GradientParams params_;
    int64_t kv_head_;
    Scratch s_;
};

int64_t gradient_units(const Tensor& y) { return params_of<GradientParams>(y).n_kv_heads; }

void forward_attention_gradient(const Tensor& y, int64_t begin, int64_t end, const Worker& w) {
    for (int64_t unit = begin; unit < end; ++unit) Unit(y, w, unit).run();
}

/// Five products of scores' size with heads.
Cost gradient_cost(const Tensor& y) {
    Cost cost = streaming_cost(y);
    const auto tokens = static_cast<double>(y.rows());
    cost.operations = 5 * tokens * (tokens + 1) * static_cast<double>(y.sources[0]->cols());
    return cost;
}

constexpr Op kAttentionGradient{"attention gradient", gradient_units, forward_attention_gradient,
                                gradient_cost};

}  // namespace

void add_attention_gradient(Gradients& gradients, const AttentionParams& p, const Tensor* q,
                            const Tensor* k, const Tensor* v, const Tensor* at_y) {
    Graph& g = gradients.graph();
    const int64_t dims = p.cache->head_dim;
    const int64_t scratch = Scratch::floats(q->rows(), dims) * static_cast<int64_t>(sizeof(float));
    Tensor* all = g.add(kAttentionGradient, {q, k, v, at_y, g.scratch(scratch)});
    set_shape(all, Storage::kF32, q->rows(), q->cols() + k->cols() + v->cols());
    params_of<GradientParams>(all) = {p.n_heads, p.cache->n_kv_heads, dims};
    gradients.add(q, g.view_columns(all, 0, q->cols()));
    gradients.add(k, g.view_columns(all, q->cols(), k->cols()));
    gradients.add(v, g.view_columns(all, q->cols() + k->cols(), v->cols()));
}

}  // namespace quern
