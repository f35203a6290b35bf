// Row-wise kernels for AVX-512; the formulas are in kernels/scalar/elementwise.cpp. Rows end in a
// masked register.
#include <immintrin.h>

#include "kernels/activation_sums.h"
#include "kernels/avx512/avx512.h"
#include "kernels/exp2.h"

namespace quern::avx512 {
namespace {

/// Lanes [0, n) of sixteen, and all of them: masks cost more than what is done with most values.
struct FirstLanes {
    __mmask16 mask;
    explicit FirstLanes(int64_t n) : mask(static_cast<__mmask16>((1u << n) - 1)) {}
};
struct AllLanes {
    static constexpr __mmask16 mask = 0xFFFF;
};

__m512 load(const float* x, AllLanes) { return _mm512_loadu_ps(x); }
__m512 load(const float* x, FirstLanes lanes) { return _mm512_maskz_loadu_ps(lanes.mask, x); }
void store(float* y, AllLanes, __m512 v) { _mm512_storeu_ps(y, v); }
void store(float* y, FirstLanes lanes, __m512 v) { _mm512_mask_storeu_ps(y, lanes.mask, v); }

/// Calls f(k, lanes) for the values from k on, sixteen at a time.
template <class F>
[[gnu::always_inline]] inline void for_each_vector(int64_t n, F f) {
    int64_t k = 0;
    for (; k + 16 <= n; k += 16) f(k, AllLanes());
    if (k < n) f(k, FirstLanes(n - k));
}

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

template <class Inputs>
float find_absmax(const Inputs& x, int64_t begin, int64_t n) {
    __m512 top = _mm512_setzero_ps();
    for_each_vector(n, [&](int64_t k, auto lanes) {
        top = _mm512_max_ps(_mm512_abs_ps(x.load(begin + k, lanes)), top);
    });
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

template <class Combine>
__m512 combine_lanes(const __m512 (&v)[4], Combine combine) {
    __m512i bits[4];
    for (int i = 0; i < 4; ++i) bits[i] = _mm512_castps_si512(v[i]);
    return _mm512_castsi512_ps(combine_lanes(bits, [&](__m512i a, __m512i b) {
        return _mm512_castps_si512(combine(_mm512_castsi512_ps(a), _mm512_castsi512_ps(b)));
    }));
}

/// The first lane of each quarter.
__m128i quarters(__m512i v) {
    const __m512i first = _mm512_castsi128_si512(_mm_setr_epi32(0, 4, 8, 12));
    return _mm512_castsi512_si128(_mm512_permutexvar_epi32(first, v));
}

__m128 quarters(__m512 v) { return _mm_castsi128_ps(quarters(_mm512_castps_si512(v))); }

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

/// Four whole chunks of a row.
template <class Inputs>
struct Four {
    Inputs x;      ///< of the row
    int64_t c;     ///< the first chunk's number
    uint8_t* row;  ///< what is written
};

/// The chunks' largest magnitudes.
template <class Inputs>
[[gnu::always_inline]] inline __m128 find_absmax(const Four<Inputs>& four) {
    __m512 tops[4];
    for (int i = 0; i < 4; ++i) {  // NaN leaves a top as it is
        const int64_t k = (four.c + i) * kActivationChunk;
        tops[i] = _mm512_max_ps(_mm512_abs_ps(four.x.load(k, AllLanes())), _mm512_setzero_ps());
        tops[i] = _mm512_max_ps(_mm512_abs_ps(four.x.load(k + 16, AllLanes())), tops[i]);
    }
    return quarters(combine_lanes(tops, [](__m512 a, __m512 b) { return _mm512_max_ps(a, b); }));
}

/// Writes the chunks' codes and returns their sums.
template <class Inputs>
[[gnu::always_inline]] inline __m128i quantize(const Four<Inputs>& four, __m128 inverse) {
    const __m512 factors = _mm512_castps128_ps512(inverse);
    const int64_t k = four.c * kActivationChunk;
    __m512i codes[2];
    for (int i = 0; i < 2; ++i) {
        const __m512 a = _mm512_permutexvar_ps(_mm512_set1_epi32(2 * i), factors);
        const __m512 b = _mm512_permutexvar_ps(_mm512_set1_epi32(2 * i + 1), factors);
        __m512 v[4];
        for (int j = 0; j < 4; ++j) v[j] = four.x.load(k + i * 64 + j * 16, AllLanes());
        codes[i] = to_codes(v, {a, a, b, b});
        _mm512_storeu_si512(four.row + k + i * 64, codes[i]);
    }
    return sum_chunks(codes);
}

/// kN of them: apart, they would wait for their scales and sums one by one.
template <int kN, class Inputs>
[[gnu::always_inline]] inline void quantize_fours(const Four<Inputs>* fours,
                                                  const ActivationOffsets& at, float range) {
    const __m128 most = _mm_set1_ps(127.0f);
    __m128 absmax[kN];
    __m128i totals[kN];
    for (int i = 0; i < kN; ++i) absmax[i] = range > 0 ? _mm_set1_ps(range) : find_absmax(fours[i]);
    for (int i = 0; i < kN; ++i) {
        const __mmask8 visible =
            _mm_cmp_ps_mask(absmax[i], _mm_set1_ps(kSmallestActivation), _CMP_GT_OQ);
        totals[i] = quantize(fours[i], _mm_maskz_div_ps(visible, most, absmax[i]));
    }
    for (int i = 0; i < kN; ++i) {
        const int64_t c = fours[i].c;
        uint8_t* row = fours[i].row;
        const __m128 scale = _mm_div_ps(absmax[i], most);
        const __m128 sums = _mm_mul_ps(scale, _mm_cvtepi32_ps(totals[i]));
        const __m128 pairs = _mm_hadd_ps(sums, sums);
        const __m128i starts = _mm_mullo_epi32(totals[i], _mm_set1_epi32(kActivationStart));
        _mm_storeu_ps(reinterpret_cast<float*>(row + at.scales) + c, scale);
        _mm_storeu_si128(reinterpret_cast<__m128i*>(row + at.starts + c * 4), starts);
        _mm_storeu_ps(reinterpret_cast<float*>(row + at.sums) + c, sums);
        _mm_storel_pi(reinterpret_cast<__m64*>(row + at.pairs + c * 2), pairs);
        _mm_store_ss(reinterpret_cast<float*>(row + at.quads + c), _mm_hadd_ps(pairs, pairs));
    }
}

/// Codes of n inputs from `begin` on; returns their sum.
template <class Inputs>
int32_t quantize_chunk(const Inputs& x, int64_t begin, int64_t n, float inverse, uint8_t* codes) {
    __m512i sum = _mm512_setzero_si512();
    for_each_vector(n, [&](int64_t k, auto lanes) {
        const __m512 v = _mm512_mul_ps(x.load(begin + k, lanes), _mm512_set1_ps(inverse));
        const __m512i q = _mm512_maskz_mov_epi32(lanes.mask, to_codes(v));
        sum = _mm512_add_epi32(sum, q);
        _mm512_mask_cvtepi32_storeu_epi8(codes + begin + k, lanes.mask, q);
    });
    return _mm512_reduce_add_epi32(sum);
}

/// Chunks from c on, the last of which may be cut.
template <class Inputs>
void quantize_rest(const Inputs& x, int64_t c, const ActivationLayout& layout, float range,
                   uint8_t* row) {
    auto* scales = reinterpret_cast<float*>(row + layout.scale_offset());
    auto* starts = reinterpret_cast<int32_t*>(row + layout.start_offset());
    auto* sums = reinterpret_cast<float*>(row + layout.sum_offset(kActivationChunk));
    _mm512_storeu_si512(row + layout.scale_offset() - 64, _mm512_setzero_si512());
    for (; c < layout.n_chunks(); ++c) {
        const int64_t begin = c * kActivationChunk;
        const int64_t n = smaller(kActivationChunk, layout.cols - begin);
        const float absmax = range > 0 ? range : find_absmax(x, begin, n);
        const float inverse = absmax > kSmallestActivation ? 127.0f / absmax : 0.0f;
        const int32_t sum = quantize_chunk(x, begin, n, inverse, row);
        scales[c] = absmax / 127.0f;
        starts[c] = kActivationStart * sum;
        sums[c] = scales[c] * static_cast<float>(sum);
    }
    add_larger_sums(layout, row);
}

template <class Inputs>
void quantize(const InputTask& t, Inputs x) {
    constexpr int kBatch = 4;
    const ActivationLayout layout{t.cols};
    const ActivationOffsets at(layout);
    const int64_t whole = t.cols / (4 * kActivationChunk) * 4;  // chunks
    Four<Inputs> fours[kBatch];
    int n = 0;
    const auto finish = [&] {
        for (int i = 0; i < n; ++i) quantize_fours<1>(fours + i, at, t.range);
        n = 0;
    };
    uint8_t* row = t.out;
    for (int64_t r = 0; r < t.rows; ++r) {
        for (int64_t c = 0; c < whole; c += 4) {
            fours[n++] = {x, c, row};
            if (n < kBatch) continue;
            quantize_fours<kBatch>(fours, at, t.range);
            n = 0;
        }
        if (whole < layout.n_chunks()) {
            finish();
            quantize_rest(x, whole, layout, t.range, row);
        }
        x.x += t.x_stride;
        row += t.out_stride;
    }
    finish();
}

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

void rms_norm(const float* x, const float* weight, int64_t cols, float eps, float* y) {
    __m512 sum = _mm512_setzero_ps();
    for_each_vector(cols, [&](int64_t k, auto lanes) {
        const __m512 v = load(x + k, lanes);
        sum = _mm512_fmadd_ps(v, v, sum);
    });
    const float mean = _mm512_reduce_add_ps(sum) / static_cast<float>(cols) + eps;
    const __m512 scale = _mm512_div_ps(_mm512_set1_ps(1.0f), _mm512_sqrt_ps(_mm512_set1_ps(mean)));
    for_each_vector(cols, [&](int64_t k, auto lanes) {
        const __m512 v = _mm512_mul_ps(load(x + k, lanes), scale);
        store(y + k, lanes, _mm512_mul_ps(v, load(weight + k, lanes)));
    });
}

void swiglu(const float* gate, const float* up, int64_t n, float* y) {
    const __m512 one = _mm512_set1_ps(1.0f);
    for_each_vector(n, [&](int64_t k, auto lanes) {
        const __m512 g = load(gate + k, lanes);
        const __m512 e = exp_ps(_mm512_sub_ps(_mm512_setzero_ps(), g));
        const __m512 silu = _mm512_div_ps(g, _mm512_add_ps(one, e));
        store(y + k, lanes, _mm512_mul_ps(silu, load(up + k, lanes)));
    });
}

void add(const float* a, const float* b, int64_t n, float* y) {
    for_each_vector(n, [&](int64_t k, auto lanes) {
        store(y + k, lanes, _mm512_add_ps(load(a + k, lanes), load(b + k, lanes)));
    });
}

void multiply(const float* a, const float* b, int64_t n, float* y) {
    for_each_vector(n, [&](int64_t k, auto lanes) {
        const __m512 v = load(a + k, lanes);
        const __mmask16 used = _mm512_cmp_ps_mask(v, _mm512_setzero_ps(), _CMP_NEQ_UQ);
        store(y + k, lanes, _mm512_maskz_mul_ps(used, v, load(b + k, lanes)));
    });
}

void softmax_step(const SoftmaxTask& t) {
    int64_t row = 0;
    for (; row + 4 <= t.rows; row += 4) softmax_rows<4>(t, row);
    for (; row < t.rows; ++row) softmax_rows<1>(t, row);
}

void scale_add(const float* x, int64_t n, float factor, float* y) {
    const __m512 f = _mm512_set1_ps(factor);
    for_each_vector(n, [&](int64_t k, auto lanes) {
        store(y + k, lanes, _mm512_fmadd_ps(load(y + k, lanes), f, load(x + k, lanes)));
    });
}

}  // namespace quern::avx512
