// Row-wise kernels for NEON; the formulas are in kernels/scalar/elementwise.cpp.
#include <arm_neon.h>

#include "kernels/neon/neon.h"
#include "kernels/neon/vector_math.h"

namespace quern::neon {

void rms_norm(const float* x, const float* weight, int64_t cols, float eps, float* y) {
    float32x4_t sum = vdupq_n_f32(0);
    for (int64_t k = 0; k < cols; k += 4) {
        const float32x4_t v = load_some(x + k, cols - k);
        sum = vfmaq_f32(sum, v, v);
    }
    const float32x4_t mean = vdupq_n_f32(vaddvq_f32(sum) / static_cast<float>(cols) + eps);
    const float32x4_t scale = vdivq_f32(vdupq_n_f32(1.0f), vsqrtq_f32(mean));
    for (int64_t k = 0; k < cols; k += 4) {
        const float32x4_t v = vmulq_f32(load_some(x + k, cols - k), scale);
        store_some(y + k, cols - k, vmulq_f32(v, load_some(weight + k, cols - k)));
    }
}

void swiglu(const float* gate, const float* up, int64_t n, float* y) {
    for (int64_t k = 0; k < n; k += 4) {
        const float32x4_t g = load_some(gate + k, n - k);
        const float32x4_t silu = vdivq_f32(g, vaddq_f32(vdupq_n_f32(1.0f), exp_ps(vnegq_f32(g))));
        store_some(y + k, n - k, vmulq_f32(silu, load_some(up + k, n - k)));
    }
}

void add(const float* a, const float* b, int64_t n, float* y) {
    for (int64_t k = 0; k < n; k += 4) {
        store_some(y + k, n - k, vaddq_f32(load_some(a + k, n - k), load_some(b + k, n - k)));
    }
}

void scale_add(const float* x, int64_t n, float factor, float* y) {
    for (int64_t k = 0; k < n; k += 4) {
        const float32x4_t v = vfmaq_n_f32(load_some(x + k, n - k), load_some(y + k, n - k), factor);
        store_some(y + k, n - k, v);
    }
}

}  // namespace quern::neon
