// Activations quantized for AVX-512, four chunks of 32 inputs at a time: what inputs.cpp and
// softmax.cpp share. kernels/scalar/inputs.cpp is the specification, formats/activation.h has the
// layout.
#pragma once

#include "formats/activation.h"
#include "kernels/avx512/vector_math.h"

namespace quern::avx512 {
namespace {

/// Inputs from k on, times factors or not.
struct PlainInputs {
    const float* x;
    template <class Lanes>
    __m512 load(int64_t k, Lanes lanes) const {
        return avx512::load(x + k, lanes);
    }
};
struct ScaledInputs {
    const float *x, *factors;
    template <class Lanes>
    __m512 load(int64_t k, Lanes lanes) const {
        return _mm512_mul_ps(avx512::load(x + k, lanes), avx512::load(factors + k, lanes));
    }
};

/// The codes of 64 inputs times their factors.
__m512i to_codes(const __m512 (&v)[4], const __m512 (&factors)[4]) {
    __m512i q[4];
    for (int i = 0; i < 4; ++i) {
        // With the constant first, min returns NaN where the input is, which converts to the
        // smallest integer.
        const __m512 product = _mm512_mul_ps(v[i], factors[i]);
        q[i] = _mm512_cvtps_epi32(_mm512_min_ps(_mm512_set1_ps(127.0f), product));
    }
    const __m512i codes =
        _mm512_packs_epi16(_mm512_packs_epi32(q[0], q[1]), _mm512_packs_epi32(q[2], q[3]));
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    return _mm512_max_epi8(_mm512_permutexvar_epi32(order, codes), _mm512_set1_epi8(-127));
}

/// Sums of the codes of four chunks.
__m128i sum_chunks(const __m512i (&codes)[2]) {
    __m512i sums[2];  // of four codes
    for (int i = 0; i < 2; ++i) {
        sums[i] = _mm512_dpbusd_epi32(_mm512_setzero_si512(), _mm512_set1_epi8(1), codes[i]);
    }
    __m512i all = _mm512_add_epi32(_mm512_shuffle_i32x4(sums[0], sums[1], 0x88),
                                   _mm512_shuffle_i32x4(sums[0], sums[1], 0xDD));
    all = _mm512_add_epi32(all, _mm512_shuffle_epi32(all, _MM_PERM_CDAB));
    return quarters(_mm512_add_epi32(all, _mm512_shuffle_epi32(all, _MM_PERM_BADC)));
}

/// Where the parts of an activation row are.
struct ActivationOffsets {
    int64_t scales, starts, sums, pairs, quads;

    explicit ActivationOffsets(const ActivationLayout& layout)
        : scales(layout.scale_offset()),
          starts(layout.start_offset()),
          sums(layout.sum_offset(kActivationChunk)),
          pairs(layout.sum_offset(2 * kActivationChunk)),
          quads(layout.sum_offset(4 * kActivationChunk)) {}
};

/// Four chunks of a row, the last of the row may be missing or cut.
template <class Inputs>
struct FourChunks {
    Inputs x;
    int64_t cols;  ///< of the row
    int64_t c;     ///< the first chunk's number
    uint8_t* row;  ///< what is written

    /// Sixteen inputs; those behind the row's last are 0.
    template <bool kWhole>
    __m512 load(int i) const {
        const int64_t k = c * kActivationChunk + 16 * i;
        if constexpr (kWhole) return x.load(k, AllLanes());
        return x.load(k, FirstLanes(cols - k));
    }
};

/// Of magnitudes lane by lane; NaN counts as 0.
inline __m512 larger_magnitude(__m512 a, __m512 b) {
    return _mm512_max_ps(b, _mm512_max_ps(a, _mm512_setzero_ps()));
}

/// The chunks' largest magnitudes, or range where that is positive.
template <bool kWhole, class Inputs>
[[gnu::always_inline]] inline __m128 find_absmax(const FourChunks<Inputs>& four, float range) {
    if (range > 0) return _mm_set1_ps(range);
    __m512 tops[4];
    for (int i = 0; i < 4; ++i) {
        const __m512 a = _mm512_abs_ps(four.template load<kWhole>(2 * i));
        const __m512 b = _mm512_abs_ps(four.template load<kWhole>(2 * i + 1));
        tops[i] = larger_magnitude(a, b);
    }
    return quarters(combine_lanes(tops, [](__m512 a, __m512 b) { return _mm512_max_ps(a, b); }));
}

/// Writes the chunks' codes and returns their sums.
template <bool kWhole, class Inputs>
[[gnu::always_inline]] inline __m128i write_codes(const FourChunks<Inputs>& four, __m128 inverse) {
    const __m512 factors = _mm512_castps128_ps512(inverse);
    __m512i codes[2];
    for (int i = 0; i < 2; ++i) {
        const __m512 a = _mm512_permutexvar_ps(_mm512_set1_epi32(2 * i), factors);
        const __m512 b = _mm512_permutexvar_ps(_mm512_set1_epi32(2 * i + 1), factors);
        __m512 v[4];
        for (int j = 0; j < 4; ++j) v[j] = four.template load<kWhole>(4 * i + j);
        codes[i] = to_codes(v, {a, a, b, b});
        const int64_t k = four.c * kActivationChunk + i * 64;
        if (kWhole || k < four.cols) _mm512_storeu_si512(four.row + k, codes[i]);
    }
    return sum_chunks(codes);
}

/// Lanes [0, n) of four.
__mmask8 first_of_four(int64_t n) { return static_cast<__mmask8>(n >= 4 ? 15 : (1 << n) - 1); }

/// Some fours on their way to inputs, stage by stage: one alone would wait for its scales and then
/// for its sums.
struct FourBatch {
    static constexpr int kMost = 16;
    /// Of the chunks. Divisions go four fours at a time, so that all must be numbers.
    alignas(64) float absmax[kMost][4] = {};
    alignas(64) float inverse[kMost][4];  ///< 127 / absmax or 0
    alignas(64) float scale[kMost][4];
    alignas(64) int32_t total[kMost][4];  ///< of the codes

    /// Writes n fours whose absmax is known.
    template <bool kWhole, class Inputs>
    [[gnu::always_inline]] void write(const FourChunks<Inputs>* fours, int n,
                                      const ActivationOffsets& at) {
        const __m512 most = _mm512_set1_ps(127.0f);
        for (int i = 0; i < n; i += 4) {
            const __m512 top = _mm512_load_ps(absmax[i]);
            const __mmask16 not_tiny =
                _mm512_cmp_ps_mask(top, _mm512_set1_ps(kSmallestActivation), _CMP_GT_OQ);
            _mm512_store_ps(inverse[i], _mm512_maskz_div_ps(not_tiny, most, top));
            _mm512_store_ps(scale[i], _mm512_div_ps(top, most));
        }
        for (int i = 0; i < n; ++i) {
            _mm_store_si128(reinterpret_cast<__m128i*>(total[i]),
                            write_codes<kWhole>(fours[i], _mm_load_ps(inverse[i])));
        }
        for (int i = 0; i < n; ++i) write_sums<kWhole>(fours[i], i, at);
    }

    /// Scales and what comes of the sums of codes.
    template <bool kWhole, class Inputs>
    void write_sums(const FourChunks<Inputs>& four, int i, const ActivationOffsets& at) const {
        const auto floats = [&](int64_t offset) {
            return reinterpret_cast<float*>(four.row + offset);
        };
        const int64_t c = four.c, chunks = ActivationLayout{four.cols}.n_chunks() - c;
        const __mmask8 chunk_lanes = kWhole ? 15 : first_of_four(chunks);
        const __mmask8 pair_lanes = kWhole ? 3 : first_of_four((chunks + 1) / 2);
        const __m128i codes = _mm_load_si128(reinterpret_cast<const __m128i*>(total[i]));
        const __m128 sums = _mm_mul_ps(_mm_load_ps(scale[i]), _mm_cvtepi32_ps(codes));
        const __m128 pairs = _mm_hadd_ps(sums, sums);
        const __m128i starts = _mm_mullo_epi32(codes, _mm_set1_epi32(kActivationStart));
        _mm_mask_storeu_ps(floats(at.scales) + c, chunk_lanes, _mm_load_ps(scale[i]));
        _mm_mask_storeu_epi32(floats(at.starts) + c, chunk_lanes, starts);
        _mm_mask_storeu_ps(floats(at.sums) + c, chunk_lanes, sums);
        _mm_mask_storeu_ps(floats(at.pairs) + c / 2, pair_lanes, pairs);
        _mm_store_ss(floats(at.quads) + c / 4, _mm_hadd_ps(pairs, pairs));
    }
};

}  // namespace
}  // namespace quern::avx512
