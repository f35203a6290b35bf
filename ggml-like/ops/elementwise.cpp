// Additions and SwiGLU (Shazeer 2020, 2002.05202): each value from the values at the same place.
#include "kernels/kernels.h"
#include "tensor/ops.h"

namespace quern {
namespace {

void add_row(const Tensor& y, int64_t t, float* out, const Worker& w) {
    w.kernels->add(y.sources[0]->row<float>(t), y.sources[1]->row<float>(t), y.cols(), out);
}

void swiglu_row(const Tensor& y, int64_t t, float* out, const Worker& w) {
    w.kernels->swiglu(y.sources[0]->row<float>(t), y.sources[1]->row<float>(t), y.cols(), out);
}

constexpr Op kAdd{"add", row_units, forward_rows, streaming_cost, add_row};
constexpr Op kSwiglu{"swiglu", row_units, forward_rows, streaming_cost, swiglu_row};

Tensor* record(Graph& g, const Op& op, const Tensor* a, const Tensor* b) {
    Tensor* y = g.add(op, {a, b});
    set_shape(y, Storage::kF32, a->rows(), a->cols());
    if (a->shape != b->shape) g.fail(std::string(op.name) + ": the two shapes differ");
    return y;
}

}  // namespace

Tensor* add(Graph& g, const Tensor* a, const Tensor* b) { return record(g, kAdd, a, b); }

Tensor* swiglu(Graph& g, const Tensor* gate, const Tensor* up) {
    return record(g, kSwiglu, gate, up);
}

}  // namespace quern
