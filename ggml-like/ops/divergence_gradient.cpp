// Where predictions would have to go to be like others: softmax(changed) - softmax(base) of every
// token.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/kernels.h"
#include "tensor/ops.h"

namespace quern {
namespace {

/// softmax(logits) times its sum, which it returns.
float unscaled_softmax(const Kernels& kernels, const float* logits, int64_t n, float* out) {
    float best = -INFINITY, sum = 0, shrink = 1;
    std::copy(logits, logits + n, out);
    kernels.softmax_step(out, n, std::numbers::log2e_v<float>, &best, &sum, &shrink);
    return sum;
}

void forward_divergence_gradient(const Tensor& y, int64_t begin, int64_t end, const Worker& w) {
    auto* of_base = y.sources[2]->row<float>(w.index);
    for (int64_t t = begin; t < end; ++t) {
        auto* out = y.row<float>(t);
        const float base =
            unscaled_softmax(*w.kernels, y.sources[0]->row<float>(t), y.cols(), of_base);
        const float changed =
            unscaled_softmax(*w.kernels, y.sources[1]->row<float>(t), y.cols(), out);
        for (int64_t i = 0; i < y.cols(); ++i) out[i] = out[i] / changed - of_base[i] / base;
    }
}

constexpr Op kDivergenceGradient{"divergence gradient", row_units, forward_divergence_gradient,
                                 streaming_cost};

}  // namespace

Tensor* divergence_gradient(Graph& g, const Tensor* base, const Tensor* changed) {
    Tensor* y = g.add(kDivergenceGradient, {base, changed, g.scratch(changed->cols() * 4)});
    set_shape(y, Storage::kF32, changed->rows(), changed->cols());
    if (base->shape != changed->shape) g.fail("divergence gradient: the two shapes differ");
    return y;
}

}  // namespace quern
