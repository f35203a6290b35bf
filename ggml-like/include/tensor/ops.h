// What model code calls: each function records one value in a graph and returns it. Shapes are
// [rows, cols]; rows of values are tokens. One file in ops/ per operation.
#pragma once

#include "tensor/graph.h"
#include "tensor/kv_cache.h"
#include "tensor/rotation.h"

namespace quern {

/// Rows `ids` [tokens, 1] of a matrix [vocab, cols] -> f32 [tokens, cols].
Tensor* embed(Graph& g, const Tensor* table, const Tensor* ids);

/// x / sqrt(mean(x^2) + eps) * weight, per row; weight is a vector of cols.
Tensor* rms_norm(Graph& g, const Tensor* x, const Tensor* weight, float eps);

/// x [tokens, in] times a weight [out, in], plus `residual` if given -> [tokens, out]. With a
/// weight of the block family x is quantized to int8 first, once for all products that share it:
/// by the largest magnitude of each chunk or, if it is not 0, by `input_range`. With weights
/// whose format takes inputs in bf16 (Format::inputs) it is rounded to bf16.
Tensor* matmul(Graph& g, const Tensor* weight, const Tensor* x, const Tensor* residual = nullptr,
               float input_range = 0);

/// Columns of x [tokens, in] by their indices, f32 [1, n], ascending whole numbers below `in`:
/// [tokens, n]. Once for all that take the same columns.
Tensor* take_columns(Graph& g, const Tensor* x, const Tensor* columns);
/// What take_columns() leaves: x with zeros in these columns.
Tensor* clear_columns(Graph& g, const Tensor* x, const Tensor* columns);

/// cos and sin of position * frequency: [tokens, 2 * n], pairs (cos, sin). `frequencies` is f32 [1,
/// n].
Tensor* rope_table(Graph& g, const Tensor* positions, const Tensor* frequencies);

/// Rotary embedding (Su et al. 2021, 2104.09864) of neighbouring pairs (2i, 2i+1) of every head;
/// dimensions beyond the table's stay as they are.
Tensor* rope(Graph& g, const Tensor* x, const Tensor* table, int64_t head_dim);

/// Writes keys and values [tokens, n_kv_heads * head_dim] to the cache at positions [tokens, 1], or
/// [tokens, 2] with the sequence in the second column. The result has no values; attention() takes
/// it to run afterwards.
Tensor* store(Graph& g, const Tensor* keys, const Tensor* values, const Tensor* positions,
              const KvCache* cache);

/// Causal attention of q [tokens, n_heads * head_dim] over the cache of each token's sequence;
/// query head h reads kv head h / (n_heads / n_kv_heads). Scores are scaled by 1 / sqrt(head_dim).
Tensor* attention(Graph& g, const Tensor* q, const Tensor* stored, const Tensor* positions,
                  const KvCache* cache, int64_t n_heads);
/// The graph's first value of attention(); nullptr: there is none.
const Tensor* find_attention(Graph& g);
/// What each token receives of the attention of all tokens, [n_heads, tokens]: the softmax
/// weights that this value of attention() applied, summed over queries. Token t is at position t of
/// the only sequence; keys take f32 queries (Format::inputs). Reads the cache as attention() does.
Tensor* received_attention(Graph& g, const Tensor* attention);

/// gate * sigmoid(gate) * up
Tensor* swiglu(Graph& g, const Tensor* gate, const Tensor* up);

Tensor* add(Graph& g, const Tensor* a, const Tensor* b);

/// Q x, or Q^T x, of every rotation->size() values of a row. `rotation` outlives the graph.
Tensor* rotate(Graph& g, const Tensor* x, const Rotation* rotation, bool inverse);

/// Adds x^T x of values x [tokens, n] to sum [n, n], on and below the diagonal: second moments of a
/// product's inputs. The result has no values. Rows of `sum` are summed in f32.
Tensor* add_gram(Graph& g, const Tensor* x, float* sum);
/// Adds x^T (other - x) to sum [n, n], all of it: how x goes with its distance to `other`.
Tensor* add_shift_gram(Graph& g, const Tensor* x, const Tensor* other, float* sum);

// For gradients (tensor/gradient.h):

/// Adds a^T b of values a [tokens, m] and b [tokens, n] to sum [m, n].
Tensor* add_outer_products(Graph& g, const Tensor* a, const Tensor* b, float* sum);
/// W^T of a weight [rows, cols] of any format: a weight [cols, rows] in `format`, which has
/// put_column().
Tensor* transpose(Graph& g, const Tensor* weight, const Format& format);
/// What values changed by rounding were before: x of quantize_activations(), else the value itself.
const Tensor* unrounded(const Tensor* x);
/// (x - target) / mean(target^2), per row: the gradient at x of half the squared error, where a
/// token's counts relative to its size. 0 where the target is 0.
Tensor* reconstruction_gradient(Graph& g, const Tensor* x, const Tensor* target);
/// How far predictions are from others, both logits [tokens, vocab]: KL(base || changed) in nats,
/// [tokens, 1].
Tensor* divergence(Graph& g, const Tensor* base, const Tensor* changed);
/// Its gradient at `changed`: softmax(changed) - softmax(base).
Tensor* divergence_gradient(Graph& g, const Tensor* base, const Tensor* changed);

/// What products with weights of `format`, which outlives the graph, take for x: int8 or bf16.
/// Model code does not need it, matmul() records it.
Tensor* quantize_activations(Graph& g, const Tensor* x, const Format& format, float range = 0);

}  // namespace quern
