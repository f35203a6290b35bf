// Additions and SwiGLU (Shazeer 2020, 2002.05202): each value from the values at the same place.
#include "kernels/kernels.h"
#include "tensor/ops.h"

namespace quern {
namespace {

using Kernel = void (*)(const float*, const float*, int64_t, float*);

void each_row(const Tensor& y, int64_t begin, int64_t end, Kernel kernel) {
    for (int64_t t = begin; t < end; ++t) {
        kernel(y.sources[0]->row<float>(t), y.sources[1]->row<float>(t), y.cols(), y.row<float>(t));
    }
}

constexpr Op kAdd{"add", row_units,
                  [](const Tensor& y, int64_t begin, int64_t end, const Worker& w) {
                      each_row(y, begin, end, w.kernels->add);
                  },
                  streaming_cost};
constexpr Op kSwiglu{"swiglu", row_units,
                     [](const Tensor& y, int64_t begin, int64_t end, const Worker& w) {
                         each_row(y, begin, end, w.kernels->swiglu);
                     },
                     streaming_cost};

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
