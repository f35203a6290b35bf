// Block matrix product for AVX2, shared by the two ways to multiply bytes (a `Dot` policy:
// block_matmul.cpp and block_matmul_vnni.cpp). Two registers hold four inputs of 8 rows each; the
// token's four int8 inputs are broadcast.
//
//   cell step (64 bytes)   lo: rows 0..7 | hi: rows 8..15, 4 code bytes per row
//   x4                     x[k] x[k+1] x[k+2] x[k+3] in every 32-bit lane
//
// Few tokens: codes are unpacked in registers (Direct). Many: a panel of one tile and up to 512
// inputs is unpacked once to bytes that stay in L1 (Unpacked) and multiplied with all tokens, four
// at a time.
#pragma once

#include <immintrin.h>

#include <utility>

#include "formats/nf4.h"
#include "kernels/avx2/avx2.h"
#include "kernels/block_view.h"

namespace quern::avx2 {
namespace {

constexpr int kTokens = 4;
constexpr int kFewTokens = 8;  ///< up to so many tokens go without a panel
constexpr int64_t kPanelCols = 2048;
/// Bytes ahead that are prefetched: a page, so that its address translation is there too.
constexpr int64_t kAhead = 4096;

struct Pair {  // integers of 16 rows
    __m256i lo, hi;
};
struct Floats {  // 16 rows
    __m256 lo, hi;
};

// ---------------------------------------------------------------- codes

template <int kBits, int kShift>
__m256i plane_codes(__m256i word) {
    if constexpr (kBits == 8) return word;
    const __m256i mask = _mm256_set1_epi8((1 << kBits) - 1);
    return _mm256_and_si256(kShift ? _mm256_srli_epi16(word, kShift) : word, mask);
}

/// Half a cell (8 rows) of step kStep of a chunk; see the layout in formats/block.h.
template <int kBits, Zero kZero, int kStep>
__m256i load_half(const uint8_t* chunk) {
    constexpr Planes kPlanes = planes_of(kBits);
    constexpr int kFirst = kPlanes.bits[0];
    constexpr int kShift = kFirst * (kStep % (8 / kFirst));
    const uint8_t* cell = chunk + kStep / (8 / kFirst) * kBlockCellBytes;
    __m256i q =
        plane_codes<kFirst, kShift>(_mm256_load_si256(reinterpret_cast<const __m256i*>(cell)));
    if constexpr (kPlanes.count == 2) {
        constexpr int kSecond = kPlanes.bits[1];
        constexpr int kHighShift = kSecond * (kStep % (8 / kSecond));
        const uint8_t* high =
            chunk + kBlockCellBytes * kFirst + kStep / (8 / kSecond) * kBlockCellBytes;
        const __m256i top = plane_codes<kSecond, kHighShift>(
            _mm256_load_si256(reinterpret_cast<const __m256i*>(high)));
        q = _mm256_or_si256(q, _mm256_slli_epi16(top, kFirst));
    }
    if constexpr (kZero == Zero::kNf4) {
        const __m128i table = _mm_load_si128(reinterpret_cast<const __m128i*>(kNf4Values));
        q = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(table), q);
    }
    return q;
}

/// A tile as it is stored.
template <int kBits, Zero kZero>
struct Direct {
    const uint8_t* chunks;  ///< of the whole tile
    void prefetch(int64_t chunk) const {
        const uint8_t* at = chunks + chunk * chunk_bytes(kBits) + kAhead;
        for (int64_t line = 0; line < chunk_bytes(kBits); line += 64) {
            _mm_prefetch(at + line, _MM_HINT_T0);
        }
    }
    template <int kStep>
    Pair get(int64_t chunk) const {
        const uint8_t* at = chunks + chunk * chunk_bytes(kBits);
        return {load_half<kBits, kZero, kStep>(at), load_half<kBits, kZero, kStep>(at + 32)};
    }
};

/// A tile's codes as bytes, from chunk `first` on.
struct Unpacked {
    int64_t first;
    void prefetch(int64_t) const {}
    alignas(64) uint8_t codes[kPanelCols * 16];
    template <int kStep>
    Pair get(int64_t chunk) const {
        const auto* at =
            reinterpret_cast<const __m256i*>(codes + (chunk - first) * 512 + kStep * 64);
        return {_mm256_load_si256(at), _mm256_load_si256(at + 1)};
    }
};

/// Calls visit.operator()<0>() ... <7>().
template <class Visit>
void for_each_step(Visit visit) {
    [&]<int... kI>(std::integer_sequence<int, kI...>) { (visit.template operator()<kI>(), ...); }
    (std::make_integer_sequence<int, 8>{});
}

__m256i broadcast4(const int8_t* x) {
    int32_t four;
    __builtin_memcpy(&four, x, 4);
    return _mm256_set1_epi32(four);
}

// ---------------------------------------------------------------- groups

Floats load_f16(const uint8_t* p) {
    const auto* halves = reinterpret_cast<const __m128i*>(p);
    return {_mm256_cvtph_ps(_mm_load_si128(halves)), _mm256_cvtph_ps(_mm_load_si128(halves + 1))};
}

/// sum += factor * x
void add_scaled(Floats factor, Floats x, Floats* sum) {
    sum->lo = _mm256_fmadd_ps(factor.lo, x.lo, sum->lo);
    sum->hi = _mm256_fmadd_ps(factor.hi, x.hi, sum->hi);
}

Floats to_floats(Pair v) { return {_mm256_cvtepi32_ps(v.lo), _mm256_cvtepi32_ps(v.hi)}; }

Floats both(float v) { return {_mm256_set1_ps(v), _mm256_set1_ps(v)}; }

/// Applies a group's scales and offsets to the integer sums of one token. kBias is what Dot took
/// from every code.
template <Zero kZero, int kBias>
void add_group(const uint8_t* group, int zero_code, Pair dot, int32_t x_sum, Floats* sum) {
    const Floats s = load_f16(group);
    if constexpr (kZero == Zero::kMinimum) {
        const __m256i bias = _mm256_set1_epi32(kBias * x_sum);
        dot = {_mm256_add_epi32(dot.lo, bias), _mm256_add_epi32(dot.hi, bias)};
        add_scaled(s, to_floats(dot), sum);
        add_scaled(load_f16(group + 32), both(static_cast<float>(x_sum)), sum);
        return;
    }
    if constexpr (kZero == Zero::kInteger) {
        const __m128i z = _mm_loadu_si128(reinterpret_cast<const __m128i*>(group + 32));
        const __m256i bias = _mm256_set1_epi32(kBias);
        const __m256i x_sums = _mm256_set1_epi32(x_sum);
        const __m256i lo = _mm256_sub_epi32(bias, _mm256_cvtepu8_epi32(z));
        const __m256i hi = _mm256_sub_epi32(bias, _mm256_cvtepu8_epi32(_mm_srli_si128(z, 8)));
        dot.lo = _mm256_add_epi32(dot.lo, _mm256_mullo_epi32(lo, x_sums));
        dot.hi = _mm256_add_epi32(dot.hi, _mm256_mullo_epi32(hi, x_sums));
    } else {
        const __m256i correction = _mm256_set1_epi32((kBias - zero_code) * x_sum);
        dot = {_mm256_add_epi32(dot.lo, correction), _mm256_add_epi32(dot.hi, correction)};
    }
    add_scaled(s, to_floats(dot), sum);
}

// ---------------------------------------------------------------- rows of y

void store_rows(const Floats& sum, int64_t rows, float* y) {
    if (rows >= 16) {
        _mm256_storeu_ps(y, sum.lo);
        _mm256_storeu_ps(y + 8, sum.hi);
        return;
    }
    float all[16];
    _mm256_storeu_ps(all, sum.lo);
    _mm256_storeu_ps(all + 8, sum.hi);
    for (int64_t r = 0; r < rows; ++r) y[r] = all[r];
}

Floats load_rows(const float* y, int64_t rows) {
    if (rows >= 16) return {_mm256_loadu_ps(y), _mm256_loadu_ps(y + 8)};
    float all[16] = {};
    for (int64_t r = 0; r < rows; ++r) all[r] = y[r];
    return {_mm256_loadu_ps(all), _mm256_loadu_ps(all + 8)};
}

// ---------------------------------------------------------------- products

/// Adds groups [first, last) of a tile times kN tokens to y, or starts y if first is 0.
template <class Dot, int kBits, Zero kZero, int kN, class Codes>
void product(const BlockView& v, const Codes& codes, const uint8_t* tile, int64_t first,
             int64_t last, int64_t token, int64_t rows, float* y) {
    const int8_t* x[kN];
    Floats sums[kN];
    for (int i = 0; i < kN; ++i) {
        x[i] = v.x(token + i);
        sums[i] = first == 0 ? Floats{_mm256_setzero_ps(), _mm256_setzero_ps()}
                             : load_rows(y + (token + i) * v.t.y_stride, rows);
    }
    for (int64_t a = first; a < last; ++a) {
        Pair dots[kN];
        for (int i = 0; i < kN; ++i) dots[i] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
        for (int64_t c = v.first_chunk(a); c < v.last_chunk(a); ++c) {
            codes.prefetch(c);
            Dot::template add_chunk<value_bits(kBits, kZero)>(codes, c, x, dots);
        }
        const uint8_t* group = v.group(tile, a);
        for (int i = 0; i < kN; ++i) {
            Floats part = both(0);
            add_group<kZero, Dot::template bias<value_bits(kBits, kZero)>()>(
                group, v.zero_code, dots[i], v.sums(x[i])[a], &part);
            add_scaled(both(v.scales(x[i])[a]), part, &sums[i]);
        }
    }
    for (int i = 0; i < kN; ++i) store_rows(sums[i], rows, y + (token + i) * v.t.y_stride);
}

/// All tokens, four at a time.
template <class Dot, int kBits, Zero kZero, class Codes>
void product_all(const BlockView& v, const Codes& codes, const uint8_t* tile, int64_t first,
                 int64_t last, int64_t rows, float* y) {
    int64_t token = 0;
    for (; token + kTokens <= v.t.tokens; token += kTokens) {
        product<Dot, kBits, kZero, kTokens>(v, codes, tile, first, last, token, rows, y);
    }
    for (; token < v.t.tokens; ++token) {
        product<Dot, kBits, kZero, 1>(v, codes, tile, first, last, token, rows, y);
    }
}

template <int kBits, Zero kZero>
void unpack(const Direct<kBits, kZero>& direct, int64_t first, int64_t last, Unpacked* panel) {
    panel->first = first;
    uint8_t* out = panel->codes;
    for (int64_t c = first; c < last; ++c, out += 512) {
        for_each_step([&]<int kStep>() {
            const Pair q = direct.template get<kStep>(c);
            auto* at = reinterpret_cast<__m256i*>(out + kStep * 64);
            _mm256_store_si256(at, q.lo);
            _mm256_store_si256(at + 1, q.hi);
        });
    }
}

template <class Dot, int kBits, Zero kZero>
void matmul(const MatmulTask& t) {
    const BlockView v(t, kBits, kZero);
    const int64_t n_groups = v.n_groups;
    const int64_t groups_per_panel = kPanelCols / t.group;
    Unpacked panel;
    for (int64_t i = t.tile_begin; i < t.tile_end; ++i) {
        const uint8_t* tile = v.tile(i);
        const Direct<kBits, kZero> direct{tile};
        const int64_t rows = t.rows - i * 16;
        float* y = t.y + i * 16;
        if (t.tokens <= kFewTokens) {
            product_all<Dot, kBits, kZero>(v, direct, tile, 0, n_groups, rows, y);
            continue;
        }
        for (int64_t first = 0; first < n_groups; first += groups_per_panel) {
            const int64_t end = first + groups_per_panel;
            const int64_t last = end < n_groups ? end : n_groups;
            unpack(direct, v.first_chunk(first), v.last_chunk(last - 1), &panel);
            product_all<Dot, kBits, kZero>(v, panel, tile, first, last, rows, y);
        }
    }
}

template <class Dot, int kBits>
constexpr MatmulKernel kNf4 = nullptr;
template <class Dot>
constexpr MatmulKernel kNf4<Dot, 4> = matmul<Dot, 4, Zero::kNf4>;
template <class Dot, int kBits>
constexpr MatmulKernel kWidth[kZeroKinds] = {matmul<Dot, kBits, Zero::kSymmetric>,
                                             matmul<Dot, kBits, Zero::kInteger>,
                                             matmul<Dot, kBits, Zero::kMinimum>, kNf4<Dot, kBits>};
template <class Dot>
constexpr const MatmulKernel* kWidths[9] = {nullptr,        nullptr,        kWidth<Dot, 2>,
                                            kWidth<Dot, 3>, kWidth<Dot, 4>, kWidth<Dot, 5>,
                                            kWidth<Dot, 6>, nullptr,        kWidth<Dot, 8>};

}  // namespace
}  // namespace quern::avx2
