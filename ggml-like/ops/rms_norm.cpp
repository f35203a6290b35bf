// RMSNorm (Zhang and Sennrich 2019, 1910.07467, equation 4) of every token.
#include "kernels/kernels.h"
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

constexpr Op kRmsNormOp{"rms_norm", row_units, forward_rows, streaming_cost, norm_row};

}  // namespace

Tensor* rms_norm(Graph& g, const Tensor* x, const Tensor* weight, float eps) {
    Tensor* y = g.add(kRmsNormOp, {x, weight});
    set_shape(y, Storage::kF32, x->rows(), x->cols());
    params_of<RmsNormParams>(y).eps = eps;
    if (weight->cols() != x->cols()) g.fail("rms_norm: " + weight->name + " has another width");
    return y;
}

}  // namespace quern
