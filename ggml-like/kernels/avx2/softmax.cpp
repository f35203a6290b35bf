// A step of an online softmax for AVX2; the formula is in kernels/scalar/softmax.cpp.
#include "kernels/avx2/avx2.h"
#include "kernels/avx2/vector_math.h"
#include "kernels/softmax_rows.h"

namespace quern::avx2 {
namespace {

/// Scores become weights and are added up.
float weigh(float* scores, int64_t n, float scale, float best) {
    const __m256 factor = _mm256_set1_ps(scale), highest = _mm256_set1_ps(best);
    __m256 total = _mm256_setzero_ps();
    for (int64_t k = 0; k < n; k += 8) {
        const __m256 s = _mm256_mul_ps(load_some(scores + k, n - k), factor);
        __m256 w = exp2_ps(_mm256_sub_ps(s, highest));
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
    const auto exp2 = [](float x) { return _mm256_cvtss_f32(exp2_ps(_mm256_set1_ps(x))); };
    softmax_rows(t, find_largest, weigh, exp2);
}

}  // namespace quern::avx2
