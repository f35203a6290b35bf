// A step of an online softmax for AVX-512; the formula is in kernels/scalar/softmax.cpp.
#include "kernels/avx512/avx512.h"
#include "kernels/avx512/vector_math.h"

namespace quern::avx512 {
namespace {

__m512 find_largest(const float* x, int64_t n) {
    __m512 top = _mm512_set1_ps(-__builtin_inff());
    for_each_vector(n, [&](int64_t k, auto lanes) {
        top = _mm512_mask_max_ps(top, lanes.mask, load(x + k, lanes), top);
    });
    return top;
}

/// Scores become weights; returns what they add up to, spread over sixteen lanes.
__m512 weigh(float* scores, int64_t n, __m512 scale, __m512 best) {
    __m512 total = _mm512_setzero_ps();
    for_each_vector(n, [&](int64_t k, auto lanes) {
        const __m512 s = _mm512_mul_ps(load(scores + k, lanes), scale);
        const __m512 w = _mm512_maskz_mov_ps(lanes.mask, exp2_ps(_mm512_sub_ps(s, best)));
        store(scores + k, lanes, w);
        total = _mm512_add_ps(total, w);
    });
    return total;
}

/// kRows rows: apart, each would wait for its largest score and for its sum.
template <int kRows>
void softmax_rows(const SoftmaxTask& t, int64_t row) {
    constexpr auto kLanes = static_cast<__mmask8>((1 << kRows) - 1);
    float* scores = t.scores + row * t.stride;
    __m512 parts[4] = {};
    for (int i = 0; i < kRows; ++i) parts[i] = find_largest(scores + i * t.stride, t.n);
    const auto max = [](__m512 a, __m512 b) { return _mm512_max_ps(a, b); };
    const __m128 before = _mm_maskz_loadu_ps(kLanes, t.best + row);
    const __m128 largest = _mm_mul_ps(quarters(combine_lanes(parts, max)), _mm_set1_ps(t.scale));
    const __m128 best = _mm_max_ps(largest, before);
    for (int i = 0; i < kRows; ++i) {
        const __m512 of_row =
            _mm512_permutexvar_ps(_mm512_set1_epi32(i), _mm512_castps128_ps512(best));
        parts[i] = weigh(scores + i * t.stride, t.n, _mm512_set1_ps(t.scale), of_row);
    }
    const auto add = [](__m512 a, __m512 b) { return _mm512_add_ps(a, b); };
    const __m128 sums = quarters(combine_lanes(parts, add));
    const __m128 shrink =
        _mm512_castps512_ps128(exp2_ps(_mm512_castps128_ps512(_mm_sub_ps(before, best))));
    const __m128 total = _mm_maskz_loadu_ps(kLanes, t.total + row);
    _mm_mask_storeu_ps(t.best + row, kLanes, best);
    _mm_mask_storeu_ps(t.total + row, kLanes, _mm_fmadd_ps(total, shrink, sums));
    _mm_mask_storeu_ps(t.shrink + row, kLanes, shrink);
}

}  // namespace

void softmax_step(const SoftmaxTask& t) {
    int64_t row = 0;
    for (; row + 4 <= t.rows; row += 4) softmax_rows<4>(t, row);
    for (; row < t.rows; ++row) softmax_rows<1>(t, row);
}

}  // namespace quern::avx512
