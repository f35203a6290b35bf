// How far values are from others, relative to the size of those, token by token: the next norm
// divides by it.
#include "tensor/ops.h"

namespace quern {
namespace {

void error_row(const Tensor& y, int64_t t, float* out, const Worker&) {
    const auto* x = y.sources[0]->row<float>(t);
    const auto* target = y.sources[1]->row<float>(t);
    double square = 0;
    for (int64_t i = 0; i < y.cols(); ++i) {
        square += static_cast<double>(target[i]) * static_cast<double>(target[i]);
    }
    const auto inverse =
        static_cast<float>(square > 0 ? static_cast<double>(y.cols()) / square : 0.0);
    for (int64_t i = 0; i < y.cols(); ++i) out[i] = (x[i] - target[i]) * inverse;
}

constexpr Op kRelativeError{"relative error", row_units, forward_rows, streaming_cost, error_row};

}  // namespace

Tensor* relative_error(Graph& g, const Tensor* x, const Tensor* target) {
    Tensor* y = g.add(kRelativeError, {x, target});
    set_shape(y, Storage::kF32, x->rows(), x->cols());
    if (x->shape != target->shape) g.fail("relative error: the two shapes differ");
    return y;
}

}  // namespace quern
