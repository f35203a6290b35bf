// A step of an online softmax for AVX2; the formula is in kernels/scalar/softmax.cpp.
#include "kernels/avx2/avx2.h"
#include "kernels/avx2/vector_math.h"

namespace quern::avx2 {
namespace {

/// Scores become weights and are added up.
float weigh(float* scores, int64_t n, __m256 scale, __m256 best) {
    __m256 total = _mm256_setzero_ps();
    for (int64_t k = 0; k < n; k += 8) {
        const __m256 s = _mm256_mul_ps(load_some(scores + k, n - k), scale);
        __m256 w = exp2_ps(_mm256_sub_ps(s, best));
        if (n - k < 8) w = _mm256_and_ps(w, _mm256_castsi256_ps(first_lanes(n - k)));
        store_some(scores + k, n - k, w);
        total = _mm256_add_ps(total, w);
    }
    return horizontal_sum(total);
}

float find_largest(const float* x, int64_t n) {
    __m256 top = _mm256_set1_ps(-__builtin_inff());
    int64_t k = 0;
    for (; k + 8 <= n; k += 8) top = _mm256_max_ps(_mm256_loadu_ps(x + k), top);
    float largest = horizontal_max(top);
    for (; k < n; ++k) largest = x[k] > largest ? x[k] : largest;
    return largest;
}

}  // namespace

void softmax_step(const SoftmaxTask& t) {
    for (int64_t row = 0; row < t.rows; ++row) {
        float* scores = t.scores + row * t.stride;
        const float before = t.best[row], largest = find_largest(scores, t.n) * t.scale;
        const float best = largest > before ? largest : before;
        const float sum = weigh(scores, t.n, _mm256_set1_ps(t.scale), _mm256_set1_ps(best));
        const float shrink = _mm256_cvtss_f32(exp2_ps(_mm256_set1_ps(before - best)));
        t.total[row] = t.total[row] * shrink + sum;
        t.best[row] = best;
        t.shrink[row] = shrink;
    }
}

}  // namespace quern::avx2
