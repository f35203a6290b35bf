// Steps of an online softmax for AVX-512; the formula is in kernels/scalar/softmax.cpp. Rows go
// through it in batches: first all their largest scores, then all their weights, as one row alone
// would wait for the former and then for its sums.
#include "kernels/avx512/avx512.h"
#include "kernels/avx512/four_chunks.h"

namespace quern::avx512 {
namespace {

/// Spread over sixteen lanes.
[[gnu::always_inline]] inline __m512 find_largest(const float* x, int64_t n) {
    __m512 top = _mm512_set1_ps(-__builtin_inff()), other = top;
    int64_t k = 0;
    for (; k + 32 <= n; k += 32) {
        top = _mm512_max_ps(_mm512_loadu_ps(x + k), top);
        other = _mm512_max_ps(_mm512_loadu_ps(x + k + 16), other);
    }
    for (; k < n; k += 16) {
        const FirstLanes lanes(n - k);
        top = _mm512_mask_max_ps(top, lanes.mask, load(x + k, lanes), top);
    }
    return _mm512_max_ps(top, other);
}

/// Updates best and shrink of kRows rows.
template <int kRows>
void raise_best(const SoftmaxTask& t, int64_t row) {
    constexpr auto kLanes = static_cast<__mmask8>((1 << kRows) - 1);
    __m512 tops[4] = {};
#pragma GCC unroll 4
    for (int i = 0; i < kRows; ++i) tops[i] = find_largest(t.scores + (row + i) * t.stride, t.n);
    const auto max = [](__m512 a, __m512 b) { return _mm512_max_ps(a, b); };
    const __m128 largest = _mm_mul_ps(quarters(combine_lanes(tops, max)), _mm_set1_ps(t.scale));
    const __m128 before = _mm_maskz_loadu_ps(kLanes, t.best + row);
    const __m128 best = _mm_max_ps(largest, before);
    const __m512 shrink = exp2_ps(_mm512_castps128_ps512(_mm_sub_ps(before, best)));
    _mm_mask_storeu_ps(t.best + row, kLanes, best);
    _mm_mask_storeu_ps(t.shrink + row, kLanes, _mm512_castps512_ps128(shrink));
}

/// Updates the totals of kRows rows by the weights that were added, spread over sixteen lanes.
template <int kRows>
void add_totals(const SoftmaxTask& t, int64_t row, const __m512 (&added)[4]) {
    constexpr auto kLanes = static_cast<__mmask8>((1 << kRows) - 1);
    const auto add = [](__m512 a, __m512 b) { return _mm512_add_ps(a, b); };
    const __m128 sums = quarters(combine_lanes(added, add));
    const __m128 total = _mm_maskz_loadu_ps(kLanes, t.total + row);
    const __m128 shrink = _mm_maskz_loadu_ps(kLanes, t.shrink + row);
    _mm_mask_storeu_ps(t.total + row, kLanes, _mm_fmadd_ps(total, shrink, sums));
}

/// weigh(row, best) turns a row's scores into weights and returns them, added up to sixteen lanes;
/// finish(n) is called after every n rows.
template <class Weigh, class Finish>
[[gnu::always_inline]] inline void for_each_batch(const SoftmaxTask& t, Weigh weigh,
                                                  Finish finish) {
    constexpr int64_t kBatch = FourBatch::kMost;
    const auto weigh_row = [&](int64_t row) { return weigh(row, _mm512_set1_ps(t.best[row])); };
    for (int64_t begin = 0; begin < t.rows; begin += kBatch) {
        const int64_t end = begin + kBatch < t.rows ? begin + kBatch : t.rows;
        const int64_t fours = begin + (end - begin) / 4 * 4;
        for (int64_t row = begin; row < fours; row += 4) raise_best<4>(t, row);
        for (int64_t row = fours; row < end; ++row) raise_best<1>(t, row);
        for (int64_t row = begin; row < fours; row += 4) {
            __m512 sums[4];
            for (int i = 0; i < 4; ++i) sums[i] = weigh_row(row + i);
            add_totals<4>(t, row, sums);
        }
        for (int64_t row = fours; row < end; ++row) {
            add_totals<1>(t, row, {weigh_row(row)});
        }
        finish(static_cast<int>(end - begin));
    }
}

/// The weights of sixteen scores, 0 where there are no lanes.
template <class Lanes>
[[gnu::always_inline]] inline __m512 weights(const SoftmaxTask& t, const float* scores, Lanes lanes,
                                             __m512 best) {
    const __m512 s = _mm512_mul_ps(load(scores, lanes), _mm512_set1_ps(t.scale));
    return _mm512_maskz_mov_ps(lanes.mask, exp2_ps(_mm512_sub_ps(s, best)));
}

/// put(k, lanes, weights) for all scores of a row; returns the weights, added up.
template <class Put>
[[gnu::always_inline]] inline __m512 weigh_scores(const SoftmaxTask& t, const float* scores,
                                                  __m512 best, Put put) {
    __m512 total = _mm512_setzero_ps();
    for_each_vector(t.n, [&](int64_t k, auto lanes) {
        const __m512 w = weights(t, scores + k, lanes, best);
        put(k, lanes, w);
        total = _mm512_add_ps(total, w);
    });
    return total;
}

void finish_nothing(int) {}

static_assert(kBlockKeys == 4 * kActivationChunk);

/// The scores of a block's keys become weights; absmax: the largest of weights times factors per
/// chunk. Returns the weights, added up.
template <bool kWhole>
[[gnu::always_inline]] inline __m512 weigh_block(const SoftmaxTask& t, float* scores, __m512 best,
                                                 const float* factors, float* absmax) {
    __m512 tops[4], sums[4];
#pragma GCC unroll 4
    for (int c = 0; c < 4; ++c) {
        __m512 w[2], scaled[2];
#pragma GCC unroll 2
        for (int i = 0; i < 2; ++i) {
            const int64_t k = kActivationChunk * c + 16 * i;
            if constexpr (kWhole) {
                w[i] = weights(t, scores + k, AllLanes(), best);
            } else {
                w[i] = weights(t, scores + k, FirstLanes(t.n - k), best);
            }
            _mm512_storeu_ps(scores + k, w[i]);
            scaled[i] = _mm512_mul_ps(w[i], _mm512_loadu_ps(factors + k));
        }
        sums[c] = _mm512_add_ps(w[0], w[1]);
        tops[c] = larger_magnitude(scaled[0], scaled[1]);
    }
    const auto max = [](__m512 a, __m512 b) { return _mm512_max_ps(a, b); };
    _mm_store_ps(absmax, quarters(combine_lanes(tops, max)));
    return _mm512_add_ps(_mm512_add_ps(sums[0], sums[1]), _mm512_add_ps(sums[2], sums[3]));
}

template <bool kWhole>
void quantize_blocks(const SoftmaxTask& t, const InputTask& inputs) {
    const ActivationOffsets at(ActivationLayout{kBlockKeys});
    FourBatch batch;
    FourChunks<ScaledInputs> fours[FourBatch::kMost];
    const auto weigh = [&](int64_t row, __m512 best) {
        float* scores = t.scores + row * t.stride;
        const int64_t i = row % FourBatch::kMost;
        fours[i] = {{scores, inputs.factors}, kBlockKeys, 0, inputs.out + row * inputs.out_stride};
        return weigh_block<kWhole>(t, scores, best, inputs.factors, batch.absmax[i]);
    };
    const auto finish = [&](int n) { batch.write<true>(fours, n, at); };
    for_each_batch(t, weigh, finish);
}

}  // namespace

void softmax_step(const SoftmaxTask& t) {
    const auto weigh = [&](int64_t row, __m512 best) {
        float* scores = t.scores + row * t.stride;
        return weigh_scores(t, scores, best,
                            [&](int64_t k, auto lanes, __m512 w) { store(scores + k, lanes, w); });
    };
    for_each_batch(t, weigh, finish_nothing);
}

void softmax_round(const SoftmaxTask& t, const InputTask& inputs) {
    const auto weigh = [&](int64_t row, __m512 best) {
        uint8_t* out = inputs.out + row * inputs.out_stride;
        const __m512 sum = weigh_scores(
            t, t.scores + row * t.stride, best,
            [&](int64_t k, auto lanes, __m512 w) { store_bf16(out + 2 * k, lanes, w); });
        for (int64_t k = (t.n + 1) / 2 * 2; k < inputs.cols; k += 16) {
            store_bf16(out + 2 * k, FirstLanes(inputs.cols - k), _mm512_setzero_ps());
        }
        return sum;
    };
    for_each_batch(t, weigh, finish_nothing);
}

void softmax_quantize(const SoftmaxTask& t, const InputTask& inputs) {
    if (t.n == kBlockKeys) {
        quantize_blocks<true>(t, inputs);
    } else {
        quantize_blocks<false>(t, inputs);
    }
}

}  // namespace quern::avx512
