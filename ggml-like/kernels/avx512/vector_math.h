// Small AVX-512 helpers shared by the f32 kernels: parts of registers, sums side by side,
// exponentials.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels/exp2.h"

namespace quern::avx512 {
namespace {

/// Lanes [0, n) of sixteen, none if n is negative.
inline __mmask16 first_lanes(int64_t n) {
    return n >= 16 ? 0xFFFF : n <= 0 ? 0 : static_cast<__mmask16>((1u << n) - 1);
}

/// Lanes that are loaded and stored.
struct FirstLanes {
    __mmask16 mask;
    explicit FirstLanes(int64_t n) : mask(first_lanes(n)) {}
};
/// Needs no mask: to make one costs as much as most of what is done with sixteen values.
struct AllLanes {
    static constexpr __mmask16 mask = 0xFFFF;
};

inline __m512 load(const float* x, AllLanes) { return _mm512_loadu_ps(x); }
inline __m512 load(const float* x, FirstLanes lanes) {
    return _mm512_maskz_loadu_ps(lanes.mask, x);
}
inline void store(float* y, AllLanes, __m512 v) { _mm512_storeu_ps(y, v); }
inline void store(float* y, FirstLanes lanes, __m512 v) { _mm512_mask_storeu_ps(y, lanes.mask, v); }

/// Calls f(k, lanes) for the values from k on, sixteen at a time.
template <class F>
[[gnu::always_inline]] inline void for_each_vector(int64_t n, F f) {
    int64_t k = 0;
    for (; k + 16 <= n; k += 16) f(k, AllLanes());
    if (k < n) f(k, FirstLanes(n - k));
}

/// In assembly, because the intrinsic would need a compiler flag for the whole folder. Needs
/// AVX512_BF16.
inline __m256i round_to_bf16(__m512 v) {
    __m256i rounded;
    asm("vcvtneps2bf16 %1, %0" : "=v"(rounded) : "v"(v));
    return rounded;
}
/// Values rounded to bf16; a last one without a partner is followed by a zero.
inline void store_bf16(uint8_t* out, AllLanes, __m512 v) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), round_to_bf16(v));
}
inline void store_bf16(uint8_t* out, FirstLanes lanes, __m512 v) {
    const auto pairs = static_cast<__mmask16>(lanes.mask | (lanes.mask & 0x5555) << 1);
    _mm256_mask_storeu_epi16(out, pairs, round_to_bf16(v));
}

/// Combines the lanes of each of four registers, side by side: quarter i of the result has what
/// those of v[i] come to in all its lanes.
template <class Combine>
__m512 combine_lanes(const __m512 (&v)[4], Combine combine) {
    __m512 halves[2];
    for (int i = 0; i < 2; ++i) {
        halves[i] = combine(_mm512_shuffle_f32x4(v[2 * i], v[2 * i + 1], 0x44),
                            _mm512_shuffle_f32x4(v[2 * i], v[2 * i + 1], 0xEE));
    }
    __m512 all = combine(_mm512_shuffle_f32x4(halves[0], halves[1], 0x88),
                         _mm512_shuffle_f32x4(halves[0], halves[1], 0xDD));
    all = combine(all, _mm512_permute_ps(all, 0xB1));
    return combine(all, _mm512_permute_ps(all, 0x4E));
}

/// The first lane of each quarter.
inline __m128i quarters(__m512i v) {
    const __m512i first = _mm512_castsi128_si512(_mm_setr_epi32(0, 4, 8, 12));
    return _mm512_castsi512_si128(_mm512_permutexvar_epi32(first, v));
}

inline __m128 quarters(__m512 v) { return _mm_castsi128_ps(quarters(_mm512_castps_si512(v))); }

/// 2^n p(r), p of exp2.h; n is rounded down.
inline __m512 scaled_exp2(__m512 n, __m512 r) {
    __m512 p = _mm512_set1_ps(kExp2First);
    for (const float c : kExp2) p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(c));
    return _mm512_scalef_ps(p, n);
}

/// 2^x with a relative error below 2e-7; 0 for -infinity, NaN for NaN.
inline __m512 exp2_ps(__m512 x) {
    return scaled_exp2(x, _mm512_reduce_ps(x, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC));
}

/// e^x, x clamped to [-87, 88], with a relative error below 2e-7; NaN for NaN.
inline __m512 exp_ps(__m512 x) {
    // With the constant first, min and max return x where it is NaN.
    x = _mm512_min_ps(_mm512_set1_ps(88.0f), _mm512_max_ps(_mm512_set1_ps(-87.0f), x));
    const __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(kLog2E)),
                                          _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
    const __m512 r = _mm512_fmsub_ps(x, _mm512_set1_ps(kLog2E), n);
    return scaled_exp2(n, _mm512_fmadd_ps(x, _mm512_set1_ps(kLog2ERest), r));
}

}  // namespace
}  // namespace quern::avx512
