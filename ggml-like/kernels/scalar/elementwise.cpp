// Scalar twins of the row-wise kernels: RMSNorm (Zhang and Sennrich 2019, 1910.07467), SwiGLU
// (Shazeer 2020, 2002.05202), additions.
#include <algorithm>
#include <cmath>

#include "kernels/scalar/scalar.h"

namespace quern::scalar {

void rms_norm(const float* x, const float* weight, int64_t cols, float eps, float* y) {
    float sum = 0;
    for (int64_t k = 0; k < cols; ++k) sum += x[k] * x[k];
    const float scale = 1.0f / std::sqrt(sum / static_cast<float>(cols) + eps);
    for (int64_t k = 0; k < cols; ++k) y[k] = x[k] * scale * weight[k];
}

void swiglu(const float* gate, const float* up, int64_t n, float* y) {
    for (int64_t k = 0; k < n; ++k) y[k] = gate[k] / (1.0f + std::exp(-gate[k])) * up[k];
}

void add(const float* a, const float* b, int64_t n, float* y) {
    for (int64_t k = 0; k < n; ++k) y[k] = a[k] + b[k];
}

void scale_add(const float* x, int64_t n, float factor, float* y) {
    for (int64_t k = 0; k < n; ++k) y[k] = y[k] * factor + x[k];
}

}  // namespace quern::scalar
