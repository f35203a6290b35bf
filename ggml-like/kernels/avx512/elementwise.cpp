// Row-wise kernels for AVX-512; the formulas are in kernels/scalar/elementwise.cpp.
#include "kernels/avx512/avx512.h"
#include "kernels/avx512/vector_math.h"

namespace quern::avx512 {

void rms_norm(const float* x, const float* weight, int64_t cols, float eps, float* y) {
    __m512 sum = _mm512_setzero_ps();
    for_each_vector(cols, [&](int64_t k, auto lanes) {
        const __m512 v = load(x + k, lanes);
        sum = _mm512_fmadd_ps(v, v, sum);
    });
    const float mean = _mm512_reduce_add_ps(sum) / static_cast<float>(cols) + eps;
    const __m512 scale = _mm512_div_ps(_mm512_set1_ps(1.0f), _mm512_sqrt_ps(_mm512_set1_ps(mean)));
    for_each_vector(cols, [&](int64_t k, auto lanes) {
        const __m512 v = _mm512_mul_ps(load(x + k, lanes), scale);
        store(y + k, lanes, _mm512_mul_ps(v, load(weight + k, lanes)));
    });
}

void swiglu(const float* gate, const float* up, int64_t n, float* y) {
    const __m512 one = _mm512_set1_ps(1.0f);
    for_each_vector(n, [&](int64_t k, auto lanes) {
        const __m512 g = load(gate + k, lanes);
        const __m512 e = exp_ps(_mm512_sub_ps(_mm512_setzero_ps(), g));
        const __m512 silu = _mm512_div_ps(g, _mm512_add_ps(one, e));
        store(y + k, lanes, _mm512_mul_ps(silu, load(up + k, lanes)));
    });
}

void add(const float* a, const float* b, int64_t n, float* y) {
    for_each_vector(n, [&](int64_t k, auto lanes) {
        store(y + k, lanes, _mm512_add_ps(load(a + k, lanes), load(b + k, lanes)));
    });
}

void scale_add(const float* x, int64_t n, float factor, float* y) {
    const __m512 f = _mm512_set1_ps(factor);
    for_each_vector(n, [&](int64_t k, auto lanes) {
        store(y + k, lanes, _mm512_fmadd_ps(load(y + k, lanes), f, load(x + k, lanes)));
    });
}

}  // namespace quern::avx512
