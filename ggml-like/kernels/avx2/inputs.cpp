// Rows of f32 -> inputs of products, for AVX2; kernels/scalar/inputs.cpp is the specification.
#include "kernels/activation_row.h"
#include "kernels/avx2/avx2.h"
#include "kernels/avx2/vector_math.h"

namespace quern::avx2 {
namespace {

/// A row's inputs, up to n of the eight from k on.
struct PlainInputs {
    const float* x;
    __m256 load(int64_t k, int64_t n) const { return load_some(x + k, n); }
};
struct ScaledInputs {
    const float *x, *factors;
    __m256 load(int64_t k, int64_t n) const {
        return _mm256_mul_ps(load_some(x + k, n), load_some(factors + k, n));
    }
};

template <class Inputs>
float find_absmax(const Inputs& x, int64_t begin, int64_t end) {
    const __m256 magnitude = _mm256_castsi256_ps(_mm256_set1_epi32(0x7FFFFFFF));
    __m256 m = _mm256_setzero_ps();
    for (int64_t k = begin; k < end; k += 8) {
        m = _mm256_max_ps(_mm256_and_ps(x.load(k, end - k), magnitude), m);
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

/// Codes of inputs [begin, end); returns their sum. Rows have room for whole eights: see
/// ActivationLayout.
template <class Inputs>
int32_t quantize_chunk(const Inputs& x, int64_t begin, int64_t end, float inverse, uint8_t* codes) {
    __m256i sum = _mm256_setzero_si256();
    for (int64_t k = begin; k < end; k += 8) {
        const __m256 v = _mm256_mul_ps(x.load(k, end - k), _mm256_set1_ps(inverse));
        _mm_storel_epi64(reinterpret_cast<__m128i*>(codes + k), to_codes(v, &sum));
    }
    return horizontal_sum(sum);
}

template <class Inputs>
void quantize_row(const InputTask& t, const Inputs& x, uint8_t* out) {
    quern::quantize_row(
        t.cols, t.range, out,
        [&](int64_t begin, int64_t end) { return find_absmax(x, begin, end); },
        [&](int64_t begin, int64_t end, float inverse) {
            return quantize_chunk(x, begin, end, inverse, out);
        });
}

void round_row(const float* x, int64_t cols, float* y) {
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

}  // namespace

void quantize_rows(const InputTask& t) {
    for_each_row(t, [&t](const float* x, uint8_t* out) {
        if (t.factors == nullptr) {
            quantize_row(t, PlainInputs{x}, out);
        } else {
            quantize_row(t, ScaledInputs{x, t.factors}, out);
        }
    });
}

void round_rows(const InputTask& t) {
    for_each_row(t, [&t](const float* x, uint8_t* out) {
        round_row(x, t.cols, reinterpret_cast<float*>(out));
    });
}

}  // namespace quern::avx2
