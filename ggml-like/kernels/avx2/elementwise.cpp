// Row-wise kernels for AVX2; the formulas are in kernels/scalar/elementwise.cpp.
#include "kernels/avx2/avx2.h"
#include "kernels/avx2/vector_math.h"

namespace quern::avx2 {

void rms_norm(const float* x, const float* weight, int64_t cols, float eps, float* y) {
    __m256 sum = _mm256_setzero_ps();
    for (int64_t k = 0; k < cols; k += 8) {
        const __m256 v = load_some(x + k, cols - k);
        sum = _mm256_fmadd_ps(v, v, sum);
    }
    const __m256 mean = _mm256_set1_ps(horizontal_sum(sum) / static_cast<float>(cols) + eps);
    const __m256 scale = _mm256_div_ps(_mm256_set1_ps(1.0f), _mm256_sqrt_ps(mean));
    for (int64_t k = 0; k < cols; k += 8) {
        const __m256 v = _mm256_mul_ps(load_some(x + k, cols - k), scale);
        store_some(y + k, cols - k, _mm256_mul_ps(v, load_some(weight + k, cols - k)));
    }
}

void swiglu(const float* gate, const float* up, int64_t n, float* y) {
    const __m256 one = _mm256_set1_ps(1.0f);
    for (int64_t k = 0; k < n; k += 8) {
        const __m256 g = load_some(gate + k, n - k);
        const __m256 e = exp_ps(_mm256_sub_ps(_mm256_setzero_ps(), g));
        const __m256 silu = _mm256_div_ps(g, _mm256_add_ps(one, e));
        store_some(y + k, n - k, _mm256_mul_ps(silu, load_some(up + k, n - k)));
    }
}

void add(const float* a, const float* b, int64_t n, float* y) {
    for (int64_t k = 0; k < n; k += 8) {
        store_some(y + k, n - k, _mm256_add_ps(load_some(a + k, n - k), load_some(b + k, n - k)));
    }
}

void scale_add(const float* x, int64_t n, float factor, float* y) {
    const __m256 f = _mm256_set1_ps(factor);
    for (int64_t k = 0; k < n; k += 8) {
        const __m256 v = _mm256_fmadd_ps(load_some(y + k, n - k), f, load_some(x + k, n - k));
        store_some(y + k, n - k, v);
    }
}

}  // namespace quern::avx2
