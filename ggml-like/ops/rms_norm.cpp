// RMSNorm (Zhang and Sennrich 2019, 1910.07467, equation 4) of every token.
#include <cmath>

#include "kernels/kernels.h"
#include "tensor/gradient.h"
#include "tensor/ops.h"

namespace quern {
namespace {

struct RmsNormParams {
    float eps;
};

void norm_row(const Tensor& y, int64_t t, float* out, const Worker& w) {
    const Tensor& x = *y.sources[0];
    w.kernels->rms_norm(x.row<float>(t), y.sources[1]->row<float>(0), x.cols(),
                        params_of<RmsNormParams>(y).eps, out);
}

/// r (w at_y - x r^2 mean(x w at_y)), r = 1 / sqrt(mean(x^2) + eps). Sources: x, w, at_y.
void norm_gradient_row(const Tensor& y, int64_t t) {
    const auto* x = y.sources[0]->row<float>(t);
    const auto* weight = y.sources[1]->row<float>(0);
    const auto* at_y = y.sources[2]->row<float>(t);
    auto* out = y.row<float>(t);
    const auto n = static_cast<double>(y.cols());
    double square = 0, along = 0;
    for (int64_t i = 0; i < y.cols(); ++i) {
        const auto v = static_cast<double>(x[i]);
        out[i] = weight[i] * at_y[i];
        square += v * v;
        along += v * static_cast<double>(out[i]);
    }
    const double r2 = 1 / (square / n + static_cast<double>(params_of<RmsNormParams>(y).eps));
    const auto r = static_cast<float>(std::sqrt(r2)), part = static_cast<float>(r2 * along / n);
    for (int64_t i = 0; i < y.cols(); ++i) out[i] = r * (out[i] - x[i] * part);
}

void forward_norm_gradient(const Tensor& y, int64_t begin, int64_t end, const Worker&) {
    for (int64_t t = begin; t < end; ++t) norm_gradient_row(y, t);
}

constexpr Op kNormGradient{"rms_norm gradient", row_units, forward_norm_gradient, streaming_cost};

void norm_gradient(Gradients& gradients, const Tensor& y, const Tensor* at_y) {
    Tensor* at_x = gradients.graph().add(kNormGradient, {y.sources[0], y.sources[1], at_y});
    set_shape(at_x, Storage::kF32, y.rows(), y.cols());
    params_of<RmsNormParams>(at_x) = params_of<RmsNormParams>(y);
    gradients.add(y.sources[0], at_x);
}

constexpr Op kRmsNormOp{.name = "rms_norm",
                        .units = row_units,
                        .forward = forward_rows,
                        .cost = streaming_cost,
                        .row = norm_row,
                        .gradient = norm_gradient};

}  // namespace

Tensor* rms_norm(Graph& g, const Tensor* x, const Tensor* weight, float eps) {
    Tensor* y = g.add(kRmsNormOp, {x, weight});
    set_shape(y, Storage::kF32, x->rows(), x->cols());
    params_of<RmsNormParams>(y).eps = eps;
    if (weight->cols() != x->cols()) g.fail("rms_norm: " + weight->name + " has another width");
    return y;
}

}  // namespace quern
