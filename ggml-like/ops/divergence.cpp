// The Kullback-Leibler divergence of predictions from others, token by token, and its gradient.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "ops/softmax_weights.h"
#include "tensor/ops.h"

namespace quern {
namespace {

/// softmax(logits) = weights / sum; log_sum is the logarithm of sum of e^logit.
struct Softmax {
    float* weights;
    float sum;
    double log_sum;
};

Softmax softmax(const Kernels& kernels, const float* logits, int64_t n, float* weights) {
    std::copy(logits, logits + n, weights);
    const auto [best, total] = softmax_weights(kernels, weights, n, std::numbers::log2e_v<float>);
    const double log_sum = static_cast<double>(best) + std::log2(static_cast<double>(total));
    return {weights, total, log_sum * std::numbers::ln2};
}

/// sum of p (log p - log q)
void forward_divergence(const Tensor& y, int64_t begin, int64_t end, const Worker& w) {
    const Tensor &base = *y.sources[0], &changed = *y.sources[1];
    const int64_t n = base.cols();
    auto* weights = y.sources[2]->row<float>(w.index);
    for (int64_t t = begin; t < end; ++t) {
        const auto *b = base.row<float>(t), *c = changed.row<float>(t);
        const double of_changed = softmax(*w.kernels, c, n, weights).log_sum;
        const Softmax p = softmax(*w.kernels, b, n, weights);
        double sum = 0;
        for (int64_t i = 0; i < n; ++i) sum += static_cast<double>(weights[i] * (b[i] - c[i]));
        *y.row<float>(t) =
            static_cast<float>(sum / static_cast<double>(p.sum) - p.log_sum + of_changed);
    }
}

void forward_divergence_gradient(const Tensor& y, int64_t begin, int64_t end, const Worker& w) {
    const int64_t n = y.cols();
    auto* weights = y.sources[2]->row<float>(w.index);
    for (int64_t t = begin; t < end; ++t) {
        auto* out = y.row<float>(t);
        const Softmax base = softmax(*w.kernels, y.sources[0]->row<float>(t), n, weights);
        const Softmax changed = softmax(*w.kernels, y.sources[1]->row<float>(t), n, out);
        for (int64_t i = 0; i < n; ++i) out[i] = out[i] / changed.sum - weights[i] / base.sum;
    }
}

constexpr Op kDivergence{"divergence", row_units, forward_divergence, streaming_cost};
constexpr Op kDivergenceGradient{"divergence gradient", row_units, forward_divergence_gradient,
                                 streaming_cost};

Tensor* record_of_both(Graph& g, const Op& op, const Tensor* base, const Tensor* changed) {
    if (base->shape != changed->shape) g.fail(std::string(op.name) + ": the two shapes differ");
    return g.add(op, {base, changed, g.scratch(changed->cols() * 4)});
}

}  // namespace

Tensor* divergence(Graph& g, const Tensor* base, const Tensor* changed) {
    Tensor* y = record_of_both(g, kDivergence, base, changed);
    set_shape(y, Storage::kF32, changed->rows(), 1);
    return y;
}

Tensor* divergence_gradient(Graph& g, const Tensor* base, const Tensor* changed) {
    Tensor* y = record_of_both(g, kDivergenceGradient, base, changed);
    set_shape(y, Storage::kF32, changed->rows(), changed->cols());
    return y;
}

}  // namespace quern
