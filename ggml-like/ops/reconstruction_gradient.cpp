// The gradient of a squared error: how far values are from others, where a token's distance counts
// relative to the mean square of its values, which the next norm divides by.
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

constexpr Op kReconstructionGradient{"reconstruction gradient", row_units, forward_rows,
                                     streaming_cost, error_row};

}  // namespace

Tensor* reconstruction_gradient(Graph& g, const Tensor* x, const Tensor* target) {
    Tensor* y = g.add(kReconstructionGradient, {x, target});
    set_shape(y, Storage::kF32, x->rows(), x->cols());
    if (x->shape != target->shape) g.fail("reconstruction gradient: the two shapes differ");
    return y;
}

}  // namespace quern
