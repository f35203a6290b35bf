// Row-wise kernels for AVX-512; the formulas are in kernels/scalar/elementwise.cpp. Rows end in a
// masked register.
#include <immintrin.h>

#include "kernels/activation_sums.h"
#include "kernels/avx512/avx512.h"
#include "kernels/exp2.h"

namespace quern::avx512 {
namespace {

/// Lanes [0, n) of sixteen.
__mmask16 first_lanes(int64_t n) {
    return n >= 16 ? 0xFFFF : static_cast<__mmask16>((1u << n) - 1);
}
__m512 load(const float* x, int64_t n) { return _mm512_maskz_loadu_ps(first_lanes(n), x); }
void store(float* y, int64_t n, __m512 v) { _mm512_mask_storeu_ps(y, first_lanes(n), v); }

/// 2^n p(r), p of exp2.h; n is rounded down.
__m512 scaled_exp2(__m512 n, __m512 r) {
    __m512 p = _mm512_set1_ps(kExp2First);
    for (const float c : kExp2) p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(c));
    return _mm512_scalef_ps(p, n);
}

/// 2^x with a relative error below 2e-7; 0 for -infinity, NaN for NaN.
__m512 exp2_ps(__m512 x) {
    return scaled_exp2(x, _mm512_reduce_ps(x, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC));
}

/// e^x, x clamped to [-87, 88], with a relative error below 2e-7; NaN for NaN.
__m512 exp_ps(__m512 x) {
    // With the constant first, min and max return x where it is NaN.
    x = _mm512_min_ps(_mm512_set1_ps(88.0f), _mm512_max_ps(_mm512_set1_ps(-87.0f), x));
    const __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(kLog2E)),
                                          _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
    const __m512 r = _mm512_fmsub_ps(x, _mm512_set1_ps(kLog2E), n);
    return scaled_exp2(n, _mm512_fmadd_ps(x, _mm512_set1_ps(kLog2ERest), r));
}

int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

float find_absmax(const float* x, int64_t n) {
    __m512 top = _mm512_setzero_ps();
    for (int64_t k = 0; k < n; k += 16) {
        top = _mm512_max_ps(_mm512_abs_ps(load(x + k, n - k)), top);
    }
    return _mm512_reduce_max_ps(top);
}

/// Sixteen codes in 32 bits each. NaN becomes -127.
__m512i to_codes(__m512 v) {
    v = _mm512_min_ps(_mm512_max_ps(v, _mm512_set1_ps(-127.0f)), _mm512_set1_ps(127.0f));
    return _mm512_cvtps_epi32(v);
}

/// Combines the lanes of each of four registers, side by side: quarter i of the result has what
/// those of v[i] come to in all its lanes.
template <class Combine>
__m512i combine_lanes(const __m512i (&v)[4], Combine combine) {
    __m512i halves[2];
    for (int i = 0; i < 2; ++i) {
        halves[i] = combine(_mm512_shuffle_i32x4(v[2 * i], v[2 * i + 1], 0x44),
                            _mm512_shuffle_i32x4(v[2 * i], v[2 * i + 1], 0xEE));
    }
    __m512i all = combine(_mm512_shuffle_i32x4(halves[0], halves[1], 0x88),
                          _mm512_shuffle_i32x4(halves[0], halves[1], 0xDD));
    all = combine(all, _mm512_shuffle_epi32(all, _MM_PERM_CDAB));
    return combine(all, _mm512_shuffle_epi32(all, _MM_PERM_BADC));
}

/// The first lane of each quarter.
__m128i quarters(__m512i v) {
    const __m512i first = _mm512_castsi128_si512(_mm_setr_epi32(0, 4, 8, 12));
    return _mm512_castsi512_si128(_mm512_permutexvar_epi32(first, v));
}

/// Four whole chunks: apart, they would wait for their sums one by one.
void quantize_four(const float* x, float range, uint8_t* codes, float* scales, int32_t* starts,
                   float* sums) {
    constexpr int kVectors = kActivationChunk / 16;
    __m512i parts[4];
    for (int i = 0; i < 4; ++i) {
        __m512 top = _mm512_setzero_ps();
        for (int j = 0; j < kVectors; ++j) {
            const __m512 v = _mm512_loadu_ps(x + (i * kVectors + j) * 16);
            top = _mm512_max_ps(_mm512_abs_ps(v), top);  // NaN leaves top as it is
        }
        parts[i] = _mm512_castps_si512(top);
    }
    // Floats that are not negative are in the order of their bits.
    const auto larger = [](__m512i a, __m512i b) { return _mm512_max_epi32(a, b); };
    const __m512 absmax =
        range > 0 ? _mm512_set1_ps(range) : _mm512_castsi512_ps(combine_lanes(parts, larger));
    const __m512 most = _mm512_set1_ps(127.0f);
    const __mmask16 visible =
        _mm512_cmp_ps_mask(absmax, _mm512_set1_ps(kSmallestActivation), _CMP_GT_OQ);
    const __m512 inverse = _mm512_maskz_div_ps(visible, most, absmax);
    for (int i = 0; i < 4; ++i) {
        const __m512 factor = _mm512_permutexvar_ps(_mm512_set1_epi32(4 * i), inverse);
        parts[i] = _mm512_setzero_si512();
        for (int j = 0; j < kVectors; ++j) {
            const int at = (i * kVectors + j) * 16;
            const __m512i q = to_codes(_mm512_mul_ps(_mm512_loadu_ps(x + at), factor));
            parts[i] = _mm512_add_epi32(parts[i], q);
            _mm_storeu_si128(reinterpret_cast<__m128i*>(codes + at), _mm512_cvtepi32_epi8(q));
        }
    }
    const auto add = [](__m512i a, __m512i b) { return _mm512_add_epi32(a, b); };
    const __m128i total = quarters(combine_lanes(parts, add));
    const __m128 scale =
        _mm_castsi128_ps(quarters(_mm512_castps_si512(_mm512_div_ps(absmax, most))));
    _mm_storeu_ps(scales, scale);
    const __m128i start = _mm_mullo_epi32(total, _mm_set1_epi32(kActivationStart));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(starts), start);
    _mm_storeu_ps(sums, _mm_mul_ps(scale, _mm_cvtepi32_ps(total)));
}

/// Codes of n inputs; returns their sum.
int32_t quantize_chunk(const float* x, int64_t n, float inverse, uint8_t* codes) {
    __m512i sum = _mm512_setzero_si512();
    for (int64_t k = 0; k < n; k += 16) {
        const __m512 v = _mm512_mul_ps(load(x + k, n - k), _mm512_set1_ps(inverse));
        const __m512i q = _mm512_maskz_mov_epi32(first_lanes(n - k), to_codes(v));
        sum = _mm512_add_epi32(sum, q);
        _mm512_mask_cvtepi32_storeu_epi8(codes + k, first_lanes(n - k), q);
    }
    return _mm512_reduce_add_epi32(sum);
}

}  // namespace

void quantize_row(const float* x, int64_t cols, float range, uint8_t* out) {
    const ActivationLayout layout{cols};
    auto* scales = reinterpret_cast<float*>(out + layout.scale_offset());
    auto* starts = reinterpret_cast<int32_t*>(out + layout.start_offset());
    auto* sums = reinterpret_cast<float*>(out + layout.sum_offset(kActivationChunk));
    _mm512_storeu_si512(out + layout.scale_offset() - 64, _mm512_setzero_si512());
    int64_t c = 0;
    for (; (c + 4) * kActivationChunk <= cols; c += 4) {
        const int64_t begin = c * kActivationChunk;
        quantize_four(x + begin, range, out + begin, scales + c, starts + c, sums + c);
    }
    for (; c < layout.n_chunks(); ++c) {
        const int64_t begin = c * kActivationChunk;
        const int64_t n = smaller(kActivationChunk, cols - begin);
        const float absmax = range > 0 ? range : find_absmax(x + begin, n);
        const float inverse = absmax > kSmallestActivation ? 127.0f / absmax : 0.0f;
        const int32_t sum = quantize_chunk(x + begin, n, inverse, out + begin);
        scales[c] = absmax / 127.0f;
        starts[c] = kActivationStart * sum;
        sums[c] = scales[c] * static_cast<float>(sum);
    }
    add_larger_sums(layout, out);
}

/// In assembly, because the intrinsic would need a compiler flag for the whole folder.
void round_row_to_pairs(const float* x, int64_t cols, uint8_t* out) {
    for (int64_t k = 0; k < cols; k += 16) {
        const __m512 values = load(x + k, cols - k);  // zeros behind the last
        __m256i rounded;
        asm("vcvtneps2bf16 %1, %0" : "=v"(rounded) : "v"(values));
        const int64_t pairs = smaller(cols - k + 1, 16) / 2;
        _mm256_mask_storeu_epi32(out + 2 * k, static_cast<__mmask8>((1u << pairs) - 1), rounded);
    }
}

void rms_norm(const float* x, const float* weight, int64_t cols, float eps, float* y) {
    __m512 sum = _mm512_setzero_ps();
    for (int64_t k = 0; k < cols; k += 16) {
        const __m512 v = load(x + k, cols - k);
        sum = _mm512_fmadd_ps(v, v, sum);
    }
    const float mean = _mm512_reduce_add_ps(sum) / static_cast<float>(cols) + eps;
    const __m512 scale = _mm512_div_ps(_mm512_set1_ps(1.0f), _mm512_sqrt_ps(_mm512_set1_ps(mean)));
    for (int64_t k = 0; k < cols; k += 16) {
        const __m512 v = _mm512_mul_ps(load(x + k, cols - k), scale);
        store(y + k, cols - k, _mm512_mul_ps(v, load(weight + k, cols - k)));
    }
}

void swiglu(const float* gate, const float* up, int64_t n, float* y) {
    const __m512 one = _mm512_set1_ps(1.0f);
    for (int64_t k = 0; k < n; k += 16) {
        const __m512 g = load(gate + k, n - k);
        const __m512 e = exp_ps(_mm512_sub_ps(_mm512_setzero_ps(), g));
        const __m512 silu = _mm512_div_ps(g, _mm512_add_ps(one, e));
        store(y + k, n - k, _mm512_mul_ps(silu, load(up + k, n - k)));
    }
}

void add(const float* a, const float* b, int64_t n, float* y) {
    for (int64_t k = 0; k < n; k += 16) {
        store(y + k, n - k, _mm512_add_ps(load(a + k, n - k), load(b + k, n - k)));
    }
}

void multiply(const float* a, const float* b, int64_t n, float* y) {
    for (int64_t k = 0; k < n; k += 16) {
        const __m512 v = load(a + k, n - k);
        const __mmask16 used = _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_NEQ_UQ);
        store(y + k, n - k, _mm512_maskz_mul_ps(used, v, load(b + k, n - k)));
    }
}

void softmax_step(float* scores, int64_t n, float scale, float* best, float* sum, float* shrink) {
    const __m512 factor = _mm512_set1_ps(scale);
    __m512 top = _mm512_set1_ps(*best);
    for (int64_t k = 0; k < n; k += 16) {
        const __m512 s = _mm512_mul_ps(load(scores + k, n - k), factor);
        top = _mm512_mask_max_ps(top, first_lanes(n - k), s, top);
    }
    const float highest = _mm512_reduce_max_ps(top);
    top = _mm512_set1_ps(highest);
    __m512 total = _mm512_setzero_ps();
    for (int64_t k = 0; k < n; k += 16) {
        const __m512 s = _mm512_mul_ps(load(scores + k, n - k), factor);
        const __m512 e = _mm512_maskz_mov_ps(first_lanes(n - k), exp2_ps(_mm512_sub_ps(s, top)));
        store(scores + k, n - k, e);
        total = _mm512_add_ps(total, e);
    }
    *sum = _mm512_reduce_add_ps(total);
    *shrink = _mm512_cvtss_f32(exp2_ps(_mm512_set1_ps(*best - highest)));
    *best = highest;
}

void scale_add(const float* x, int64_t n, float factor, float* y) {
    const __m512 f = _mm512_set1_ps(factor);
    for (int64_t k = 0; k < n; k += 16) {
        store(y + k, n - k, _mm512_fmadd_ps(load(y + k, n - k), f, load(x + k, n - k)));
    }
}

}  // namespace quern::avx512
