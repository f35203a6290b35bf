// Additions and SwiGLU (Shazeer 2020, 2002.05202): each value from the values at the same place.
#include "kernels/kernels.h"
#include "tensor/ops.h"

namespace quern {
namespace {

using Kernel = void (*)(const float*, const float*, int64_t, float*);

void each_row(const Tensor& y, const Worker& w, Kernel kernel) {
    for (int64_t t = w.begin(y.rows()); t < w.end(y.rows()); ++t) {
        kernel(y.sources[0]->row<float>(t), y.sources[1]->row<float>(t), y.cols(), y.row<float>(t));
    }
}

constexpr Op kAdd{"add", [](const Tensor& y, const Worker& w) { each_row(y, w, w.kernels->add); },
                  streaming_cost};
constexpr Op kSwiglu{"swiglu",
                     [](const Tensor& y, const Worker& w) { each_row(y, w, w.kernels->swiglu); },
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
