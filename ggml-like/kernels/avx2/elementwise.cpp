// Row-wise kernels for AVX2; the formulas are in kernels/scalar/elementwise.cpp.
#include <immintrin.h>

#include "kernels/activation_sums.h"
#include "kernels/avx2/avx2.h"
#include "kernels/avx2/vector_math.h"

namespace quern::avx2 {
namespace {

/// Lanes [0, n) of eight are loaded, the others are 0.
__m256i first_lanes(int64_t n) {
    const __m256i index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n < 8 ? n : 8)), index);
}
__m256 load_some(const float* x, int64_t n) {
    return n >= 8 ? _mm256_loadu_ps(x) : _mm256_maskload_ps(x, first_lanes(n));
}
void store_some(float* y, int64_t n, __m256 v) {
    if (n >= 8) {
        _mm256_storeu_ps(y, v);
    } else {
        _mm256_maskstore_ps(y, first_lanes(n), v);
    }
}

float find_absmax(const float* x, int64_t n) {
    const __m256 magnitude = _mm256_castsi256_ps(_mm256_set1_epi32(0x7FFFFFFF));
    __m256 m = _mm256_setzero_ps();
    for (int64_t k = 0; k < n; k += 8) {
        m = _mm256_max_ps(_mm256_and_ps(load_some(x + k, n - k), magnitude), m);
    }
    return horizontal_max(m);
}

/// Codes of up to 8 inputs as eight bytes; adds them to `sum`.
__m128i to_codes(__m256 v, __m256i* sum) {
    const __m256 limit = _mm256_set1_ps(127.0f);
    v = _mm256_min_ps(_mm256_max_ps(v, _mm256_set1_ps(-127.0f)), limit);  // NaN becomes -127
    const __m256i q = _mm256_cvtps_epi32(v);
    *sum = _mm256_add_epi32(*sum, q);
    const __m128i words =
        _mm_packs_epi32(_mm256_castsi256_si128(q), _mm256_extracti128_si256(q, 1));
    return _mm_packs_epi16(words, words);
}

int32_t horizontal_sum(__m256i v) {
    __m128i s = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4E));
    return _mm_cvtsi128_si32(_mm_add_epi32(s, _mm_shuffle_epi32(s, 0xB1)));
}

int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/// Codes of n inputs; returns their sum. Rows have room for whole eights: see ActivationLayout.
int32_t quantize_chunk(const float* x, int64_t n, float inverse, uint8_t* codes) {
    __m256i sum = _mm256_setzero_si256();
    for (int64_t k = 0; k < n; k += 8) {
        const __m256 v = _mm256_mul_ps(load_some(x + k, n - k), _mm256_set1_ps(inverse));
        _mm_storel_epi64(reinterpret_cast<__m128i*>(codes + k), to_codes(v, &sum));
    }
    return horizontal_sum(sum);
}

}  // namespace

void quantize_row(const float* x, int64_t cols, float range, uint8_t* out) {
    const ActivationLayout layout{cols};
    auto* scales = reinterpret_cast<float*>(out + layout.scale_offset());
    auto* starts = reinterpret_cast<int32_t*>(out + layout.start_offset());
    auto* sums = reinterpret_cast<float*>(out + layout.sum_offset(kActivationChunk));
    for (int64_t k = layout.scale_offset() - 64; k < layout.scale_offset(); k += 32) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + k), _mm256_setzero_si256());
    }
    for (int64_t c = 0; c < layout.n_chunks(); ++c) {
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

void round_row(const float* x, int64_t cols, uint8_t* out) {
    auto* y = reinterpret_cast<float*>(out);
    const __m256i high = _mm256_set1_epi32(static_cast<int>(0xFFFF0000u));
    for (int64_t k = 0; k < cols; k += 8) {
        const __m256 v = load_some(x + k, cols - k);
        const __m256i bits = _mm256_castps_si256(v);
        const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
        const __m256i half = _mm256_add_epi32(odd, _mm256_set1_epi32(0x7FFF));  // to even
        const __m256 rounded =
            _mm256_castsi256_ps(_mm256_and_si256(_mm256_add_epi32(bits, half), high));
        store_some(y + k, cols - k,
                   _mm256_blendv_ps(rounded, v, _mm256_cmp_ps(v, v, _CMP_UNORD_Q)));
    }
}

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

void multiply(const float* a, const float* b, int64_t n, float* y) {
    for (int64_t k = 0; k < n; k += 8) {
        const __m256 v = load_some(a + k, n - k);
        const __m256 used = _mm256_cmp_ps(v, _mm256_setzero_ps(), _CMP_NEQ_UQ);
        const __m256 product = _mm256_mul_ps(v, load_some(b + k, n - k));
        store_some(y + k, n - k, _mm256_and_ps(product, used));
    }
}

void softmax_step(float* scores, int64_t n, float scale, float* best, float* sum, float* shrink) {
    const __m256 factor = _mm256_set1_ps(scale);
    __m256 top = _mm256_set1_ps(*best);
    int64_t k = 0;
    for (; k + 8 <= n; k += 8) {
        top = _mm256_max_ps(_mm256_mul_ps(_mm256_loadu_ps(scores + k), factor), top);
    }
    float highest = horizontal_max(top);
    for (; k < n; ++k) highest = scores[k] * scale > highest ? scores[k] * scale : highest;
    top = _mm256_set1_ps(highest);
    __m256 total = _mm256_setzero_ps();
    for (k = 0; k < n; k += 8) {
        const __m256 s = _mm256_mul_ps(load_some(scores + k, n - k), factor);
        __m256 e = exp2_ps(_mm256_sub_ps(s, top));
        if (n - k < 8) e = _mm256_and_ps(e, _mm256_castsi256_ps(first_lanes(n - k)));
        store_some(scores + k, n - k, e);
        total = _mm256_add_ps(total, e);
    }
    *sum = horizontal_sum(total);
    *shrink = _mm256_cvtss_f32(exp2_ps(_mm256_set1_ps(*best - highest)));
    *best = highest;
}

void scale_add(const float* x, int64_t n, float factor, float* y) {
    const __m256 f = _mm256_set1_ps(factor);
    for (int64_t k = 0; k < n; k += 8) {
        const __m256 v = _mm256_fmadd_ps(load_some(y + k, n - k), f, load_some(x + k, n - k));
        store_some(y + k, n - k, v);
    }
}

}  // namespace quern::avx2
