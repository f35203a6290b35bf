// A matrix product split by columns of its input, as LLM.int8() does (Dettmers et al. 2022,
// 2208.07339, section 3.2): few columns with large values go to a product of their own, and the
// others are quantized as if those were zero.
#include <algorithm>
#include <cstring>

#include "tensor/ops.h"

namespace quern {
namespace {

void take_row(const Tensor& y, int64_t t, float* out, const Worker&) {
    const auto* x = y.sources[0]->row<float>(t);
    const auto* columns = y.sources[1]->row<float>(0);
    for (int64_t i = 0; i < y.cols(); ++i) out[i] = x[static_cast<int64_t>(columns[i])];
}

void clear_row(const Tensor& y, int64_t t, float* out, const Worker&) {
    const auto* x = y.sources[0]->row<float>(t);
    const auto* columns = y.sources[1]->row<float>(0);
    std::copy(x, x + y.cols(), out);
    for (int64_t i = 0; i < y.sources[1]->cols(); ++i) out[static_cast<int64_t>(columns[i])] = 0;
}

constexpr Op kTake{"take columns", row_units, forward_rows, streaming_cost, take_row};
constexpr Op kClear{"clear columns", row_units, forward_rows, streaming_cost, clear_row};

/// Products with one input may each bring their own copy of the same indices.
bool same_columns(const Tensor& a, const Tensor& b) {
    const auto bytes = static_cast<size_t>(a.cols()) * sizeof(float);
    return a.cols() == b.cols() && std::memcmp(a.data, b.data, bytes) == 0;
}

Tensor* record(Graph& g, const Op& op, const Tensor* x, const Tensor* columns, int64_t cols) {
    for (Tensor& known : g.values()) {
        if (known.op != &op || known.sources[0] != x) continue;
        if (same_columns(*known.sources[1], *columns)) return &known;
    }
    Tensor* y = g.add(op, {x, columns});
    set_shape(y, Storage::kF32, x->rows(), cols);
    if (columns->cols() > x->cols()) g.fail(std::string(op.name) + ": more columns than x has");
    return y;
}

}  // namespace

Tensor* take_columns(Graph& g, const Tensor* x, const Tensor* columns) {
    return record(g, kTake, x, columns, columns->cols());
}

Tensor* clear_columns(Graph& g, const Tensor* x, const Tensor* columns) {
    return record(g, kClear, x, columns, x->cols());
}

}  // namespace quern
