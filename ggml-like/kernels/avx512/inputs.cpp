// Rows of f32 -> inputs of products, for AVX-512; kernels/scalar/inputs.cpp is the specification.
#include "formats/activation.h"
#include "kernels/avx512/avx512.h"
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

/// The chunks' largest magnitudes.
template <bool kWhole, class Inputs>
[[gnu::always_inline]] inline __m128 find_absmax(const FourChunks<Inputs>& four) {
    __m512 tops[4];
    for (int i = 0; i < 4; ++i) {  // NaN leaves a top as it is
        const __m512 a = _mm512_abs_ps(four.template load<kWhole>(2 * i));
        const __m512 b = _mm512_abs_ps(four.template load<kWhole>(2 * i + 1));
        tops[i] = _mm512_max_ps(b, _mm512_max_ps(a, _mm512_setzero_ps()));
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

/// kN times four chunks: apart, they would wait for their scales and sums one by one.
template <int kN, bool kWhole, class Inputs>
[[gnu::always_inline]] inline void quantize_fours(const FourChunks<Inputs>* fours,
                                                  const ActivationOffsets& at, float range) {
    const __m128 most = _mm_set1_ps(127.0f);
    __m128 absmax[kN];
    __m128i totals[kN];
    for (int i = 0; i < kN; ++i) {
        absmax[i] = range > 0 ? _mm_set1_ps(range) : find_absmax<kWhole>(fours[i]);
    }
    for (int i = 0; i < kN; ++i) {
        const __mmask8 not_tiny =
            _mm_cmp_ps_mask(absmax[i], _mm_set1_ps(kSmallestActivation), _CMP_GT_OQ);
        totals[i] = write_codes<kWhole>(fours[i], _mm_maskz_div_ps(not_tiny, most, absmax[i]));
    }
    for (int i = 0; i < kN; ++i) {
        const int64_t c = fours[i].c;
        const auto floats = [&](int64_t offset) {
            return reinterpret_cast<float*>(fours[i].row + offset);
        };
        const int64_t chunks = ActivationLayout{fours[i].cols}.n_chunks() - c;
        const __mmask8 chunk_lanes = kWhole ? 15 : first_of_four(chunks);
        const __mmask8 pair_lanes = kWhole ? 3 : first_of_four((chunks + 1) / 2);
        const __m128 scale = _mm_div_ps(absmax[i], most);
        const __m128 sums = _mm_mul_ps(scale, _mm_cvtepi32_ps(totals[i]));
        const __m128 pairs = _mm_hadd_ps(sums, sums);
        const __m128i starts = _mm_mullo_epi32(totals[i], _mm_set1_epi32(kActivationStart));
        _mm_mask_storeu_ps(floats(at.scales) + c, chunk_lanes, scale);
        _mm_mask_storeu_epi32(floats(at.starts) + c, chunk_lanes, starts);
        _mm_mask_storeu_ps(floats(at.sums) + c, chunk_lanes, sums);
        _mm_mask_storeu_ps(floats(at.pairs) + c / 2, pair_lanes, pairs);
        _mm_store_ss(floats(at.quads) + c / 4, _mm_hadd_ps(pairs, pairs));
    }
}

template <class Inputs>
void quantize(const InputTask& t, Inputs x) {
    constexpr int kBatch = 4, kCols = 4 * kActivationChunk;
    const ActivationOffsets at(ActivationLayout{t.cols});
    FourChunks<Inputs> fours[kBatch];
    int n = 0;
    uint8_t* row = t.out;
    for (int64_t r = 0; r < t.rows; ++r) {
        int64_t k = 0;
        for (; k + kCols <= t.cols; k += kCols) {
            fours[n++] = {x, t.cols, k / kActivationChunk, row};
            if (n == kBatch) {
                quantize_fours<kBatch, true>(fours, at, t.range);
                n = 0;
            }
        }
        if (k < t.cols) {
            const FourChunks<Inputs> last{x, t.cols, k / kActivationChunk, row};
            quantize_fours<1, false>(&last, at, t.range);
        }
        x.x += t.x_stride;
        row += t.out_stride;
    }
    for (int i = 0; i < n; ++i) quantize_fours<1, true>(fours + i, at, t.range);
}

/// In assembly, because the intrinsic would need a compiler flag for the whole folder.
void round_row_to_pairs(const float* x, int64_t cols, uint8_t* out) {
    const auto round = [&](int64_t k, auto lanes) {
        const __m512 values = load(x + k, lanes);
        __m256i rounded;
        asm("vcvtneps2bf16 %1, %0" : "=v"(rounded) : "v"(values));
        return rounded;
    };
    int64_t k = 0;
    for (; k + 16 <= cols; k += 16) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + 2 * k), round(k, AllLanes()));
    }
    if (k < cols) {  // a last value has a pair with a zero
        const auto pairs = static_cast<__mmask8>((1u << (cols - k + 1) / 2) - 1);
        _mm256_mask_storeu_epi32(out + 2 * k, pairs, round(k, FirstLanes(cols - k)));
    }
}

}  // namespace

void quantize_rows(const InputTask& t) {
    if (t.factors == nullptr) {
        quantize(t, PlainInputs{t.x});
    } else {
        quantize(t, ScaledInputs{t.x, t.factors});
    }
}

void round_rows_to_pairs(const InputTask& t) {
    for (int64_t r = 0; r < t.rows; ++r) {
        round_row_to_pairs(t.x + r * t.x_stride, t.cols, t.out + r * t.out_stride);
    }
}

}  // namespace quern::avx512
