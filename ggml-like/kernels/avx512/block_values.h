// What the block family's product multiplies, for AVX-512: a chunk's values and a group's scale
// and minimum, of 16 rows.
//
// A weight is scale * value + minimum. A value is a code less the middle of all codes, or less its
// row's zero; 8-bit codes less a zero are no bytes, so there the zero goes to the minimum. Values
// are multiplied as value + 128, unsigned; the sums begin at what takes that off (starts).
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <utility>

#include "kernels/avx512/unpack.h"
#include "kernels/block_view.h"

namespace quern::avx512 {
namespace {

/// Calls visit.operator()<0>() ... <kN - 1>(): arrays that only constants index stay in registers.
template <int kN, class Visit>
[[gnu::always_inline]] inline void for_each(Visit visit) {
    [&]<int... kI>(std::integer_sequence<int, kI...>) __attribute__((always_inline)) {
        (visit.template operator()<kI>(), ...);
    }
    (std::make_integer_sequence<int, kN>{});
}

/// A group of 16 rows: w = scale * value + minimum.
struct Group {
    __m512 scale;
    __m512 minimum;
};

template <int kBits, Zero kZero>
constexpr bool kHasRowZeros = (kZero == Zero::kInteger) && (kBits < 8);
template <int kBits, Zero kZero>
constexpr bool kHasMinimum = kZero == Zero::kMinimum || (kZero == Zero::kInteger && kBits == 8);

inline __m512 load_f16(const uint8_t* p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
}

/// Scales or minima at p, counted in the units at `units` if there are two levels.
inline __m512 load_scales(const BlockView& v, const uint8_t* p, const uint8_t* units) {
    if (!v.t.two_level) return load_f16(p);
    const __m128i counts = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return _mm512_mul_ps(load_f16(units), _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(counts)));
}

/// The rows' zeros in a group, one per lane.
inline __m512i load_zeros(const BlockView& v, const uint8_t* group) {
    const uint8_t* zeros = group + v.bytes_per_scales;
    return _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(zeros)));
}

template <int kBits, Zero kZero>
Group load_group(const BlockView& v, const uint8_t* tile, const uint8_t* group) {
    const __m512 scale = load_scales(v, group, v.units(tile));
    const __m512 middle = _mm512_set1_ps(static_cast<float>(v.zero_code));
    if constexpr (kZero == Zero::kMinimum) {
        const uint8_t* units = v.units(tile) + kUnitBytes;
        const __m512 minimum = load_scales(v, group + v.bytes_per_scales, units);
        return {scale, _mm512_fmadd_ps(scale, middle, minimum)};
    }
    if constexpr (kHasMinimum<kBits, kZero>) {
        const __m512 zeros = _mm512_cvtepi32_ps(load_zeros(v, group));
        return {scale, _mm512_mul_ps(scale, _mm512_sub_ps(middle, zeros))};
    }
    return {scale, _mm512_setzero_ps()};
}

/// What makes a group's codes values + 128, in every byte.
template <int kBits, Zero kZero>
__m512i load_shift(const BlockView& v, const uint8_t* group) {
    if constexpr (!kHasRowZeros<kBits, kZero>) {
        return _mm512_set1_epi8(static_cast<char>(128 - v.zero_code));
    }
    const __m512i four_times = _mm512_set1_epi32(0x01010101);
    const __m512i zeros = _mm512_mullo_epi32(load_zeros(v, group), four_times);
    return _mm512_sub_epi8(_mm512_set1_epi8(static_cast<char>(128)), zeros);
}

/// values + 128 of step kStep of a chunk.
template <int kBits, Zero kZero, int kStep>
[[gnu::always_inline]] inline __m512i load_values(const uint8_t* chunk, __m512i shift) {
    const __m512i codes = take_step<kBits, kZero, kStep>(CellsInMemory{chunk});
    return value_bits(kBits, kZero) < 8 ? _mm512_add_epi8(codes, shift) : codes;
}

}  // namespace
}  // namespace quern::avx512
