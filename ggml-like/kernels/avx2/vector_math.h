// Small AVX2 helpers shared by the f32 kernels: parts of registers, sums, exponentials.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels/exp2.h"

namespace quern::avx2 {
namespace {

/// Lanes [0, n) of eight.
inline __m256i first_lanes(int64_t n) {
    const __m256i index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n < 8 ? n : 8)), index);
}
/// Lanes behind the first n are 0.
inline __m256 load_some(const float* x, int64_t n) {
    return n >= 8 ? _mm256_loadu_ps(x) : _mm256_maskload_ps(x, first_lanes(n));
}
inline void store_some(float* y, int64_t n, __m256 v) {
    if (n >= 8) {
        _mm256_storeu_ps(y, v);
    } else {
        _mm256_maskstore_ps(y, first_lanes(n), v);
    }
}

inline float horizontal_sum(__m256 v) {
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}

inline float horizontal_max(__m256 v) {
    __m128 m = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    m = _mm_max_ps(m, _mm_movehl_ps(m, m));
    return _mm_cvtss_f32(_mm_max_ss(m, _mm_movehdup_ps(m)));
}

/// 2^n p(r), p of exp2.h; n is a whole number, -126 to 127, and p(r) about 1 to 2, so that adding n
/// to its exponent is exact.
inline __m256 scaled_exp2(__m256 n, __m256 r) {
    __m256 p = _mm256_set1_ps(kExp2First);
    for (const float c : kExp2) p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(c));
    const __m256i power = _mm256_slli_epi32(_mm256_cvtps_epi32(n), 23);
    return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(p), power));
}

/// 2^x, x <= 0, with a relative error below 2e-7; 0 below -126, NaN for NaN.
inline __m256 exp2_ps(__m256 x) {
    const __m256 low = _mm256_set1_ps(-126.0f);
    const __m256 clamped = _mm256_max_ps(low, x);  // x where it is NaN, as it stands last
    const __m256 n = _mm256_floor_ps(clamped);
    const __m256 e = scaled_exp2(n, _mm256_sub_ps(clamped, n));
    return _mm256_andnot_ps(_mm256_cmp_ps(x, low, _CMP_LT_OQ), e);
}

/// e^x, x clamped to [-87, 88], with a relative error below 2e-7; NaN for NaN.
inline __m256 exp_ps(__m256 x) {
    x = _mm256_min_ps(_mm256_set1_ps(88.0f), _mm256_max_ps(_mm256_set1_ps(-87.0f), x));
    const __m256 n = _mm256_floor_ps(_mm256_mul_ps(x, _mm256_set1_ps(kLog2E)));
    const __m256 r = _mm256_fmsub_ps(x, _mm256_set1_ps(kLog2E), n);
    return scaled_exp2(n, _mm256_fmadd_ps(x, _mm256_set1_ps(kLog2ERest), r));
}

}  // namespace
}  // namespace quern::avx2
