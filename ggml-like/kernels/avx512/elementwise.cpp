// Row-wise kernels for AVX-512; the formulas are in kernels/scalar/elementwise.cpp. Rows end in a
// masked register.
#include <immintrin.h>

#include "formats/activation.h"
#include "kernels/avx512/avx512.h"

namespace quern::avx512 {
namespace {

/// Lanes [0, n) of sixteen.
__mmask16 first_lanes(int64_t n) {
    return n >= 16 ? 0xFFFF : static_cast<__mmask16>((1u << n) - 1);
}
__m512 load(const float* x, int64_t n) { return _mm512_maskz_loadu_ps(first_lanes(n), x); }
void store(float* y, int64_t n, __m512 v) { _mm512_mask_storeu_ps(y, first_lanes(n), v); }

/// e^x with a relative error below 2e-7, as in kernels/avx2/vector_math.h: x = n ln 2 + r, Taylor
/// polynomial in r.
__m512 exp_ps(__m512 x) {
    const __m512 low = _mm512_set1_ps(-87.0f), high = _mm512_set1_ps(88.0f);
    // With the constant first, min and max return x where it is NaN.
    const __m512 clamped = _mm512_min_ps(high, _mm512_max_ps(low, x));
    const __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(clamped, _mm512_set1_ps(1.44269504f)), 0);
    __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693359375f), clamped);
    r = _mm512_fnmadd_ps(n, _mm512_set1_ps(-2.12194440e-4f), r);
    constexpr float kTaylor[] = {1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1.0f, 1.0f};
    __m512 p = _mm512_set1_ps(1.0f / 5040);
    for (float c : kTaylor) p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(c));
    const __mmask16 visible = _mm512_cmp_ps_mask(x, low, _CMP_NLT_UQ);
    return _mm512_maskz_scalef_ps(visible, p, n);
}

int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

float find_absmax(const float* x, int64_t n) {
    __m512 top = _mm512_setzero_ps();
    for (int64_t k = 0; k < n; k += 16) {
        top = _mm512_max_ps(_mm512_abs_ps(load(x + k, n - k)), top);
    }
    return _mm512_reduce_max_ps(top);
}

/// Codes of n inputs; returns their sum. NaN becomes -127.
int32_t quantize_group(const float* x, int64_t n, float inverse, uint8_t* codes) {
    __m512i sum = _mm512_setzero_si512();
    for (int64_t k = 0; k < n; k += 16) {
        __m512 v = _mm512_mul_ps(load(x + k, n - k), _mm512_set1_ps(inverse));
        v = _mm512_min_ps(_mm512_max_ps(v, _mm512_set1_ps(-127.0f)), _mm512_set1_ps(127.0f));
        const __m512i q = _mm512_maskz_cvtps_epi32(first_lanes(n - k), v);
        sum = _mm512_add_epi32(sum, q);
        _mm512_mask_cvtepi32_storeu_epi8(codes + k, first_lanes(n - k), q);
    }
    return _mm512_reduce_add_epi32(sum);
}

}  // namespace

void quantize_row(const float* x, int64_t cols, int64_t group, float range, uint8_t* out) {
    const ActivationLayout layout{cols, group};
    auto* scales = reinterpret_cast<float*>(out + layout.scale_offset());
    auto* sums = reinterpret_cast<int32_t*>(out + layout.sum_offset());
    auto* float_sums = reinterpret_cast<float*>(out + layout.float_sum_offset());
    _mm512_storeu_si512(out + layout.scale_offset() - 64, _mm512_setzero_si512());
    for (int64_t g = 0; g < layout.n_groups(); ++g) {
        const int64_t begin = g * group;
        const int64_t n = smaller(group, cols - begin);
        const float absmax = range > 0 ? range : find_absmax(x + begin, n);
        const float inverse = absmax > kSmallestActivation ? 127.0f / absmax : 0.0f;
        const int32_t sum = quantize_group(x + begin, n, inverse, out + begin);
        scales[g] = absmax / 127.0f;
        sums[g] = sum;
        float_sums[g] = static_cast<float>(sum);
    }
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
        const __m512 e = _mm512_maskz_mov_ps(first_lanes(n - k), exp_ps(_mm512_sub_ps(s, top)));
        store(scores + k, n - k, e);
        total = _mm512_add_ps(total, e);
    }
    *sum = _mm512_reduce_add_ps(total);
    *shrink = _mm512_cvtss_f32(exp_ps(_mm512_set1_ps(*best - highest)));
    *best = highest;
}

void scale_add(const float* x, int64_t n, float factor, float* y) {
    const __m512 f = _mm512_set1_ps(factor);
    for (int64_t k = 0; k < n; k += 16) {
        store(y + k, n - k, _mm512_fmadd_ps(load(y + k, n - k), f, load(x + k, n - k)));
    }
}

}  // namespace quern::avx512
