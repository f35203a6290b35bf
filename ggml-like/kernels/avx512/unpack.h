// Cells of the block family -> one code byte per input, for AVX-512: a register holds four inputs
// of 16 rows.
#pragma once

#include <immintrin.h>

#include "formats/block.h"
#include "formats/nf4.h"

namespace quern::avx512 {
namespace {

template <int kBits, int kShift>
__m512i plane_codes(__m512i word) {
    if constexpr (kBits == 8) return word;
    const __m512i mask = _mm512_set1_epi8((1 << kBits) - 1);
    return _mm512_and_si512(kShift ? _mm512_srli_epi16(word, kShift) : word, mask);
}

/// The unsigned values of step kStep of a chunk; see the layout in formats/block.h.
template <int kBits, Zero kZero, int kStep>
__m512i load_step(const uint8_t* chunk) {
    constexpr Planes kPlanes = planes_of(kBits);
    constexpr int kFirst = kPlanes.bits[0];
    constexpr int kShift = kFirst * (kStep % (8 / kFirst));
    const uint8_t* cell = chunk + kStep / (8 / kFirst) * kBlockCellBytes;
    __m512i q = plane_codes<kFirst, kShift>(_mm512_load_si512(cell));
    if constexpr (kPlanes.count == 2) {
        constexpr int kSecond = kPlanes.bits[1];
        constexpr int kHighShift = kSecond * (kStep % (8 / kSecond));
        const uint8_t* high =
            chunk + kBlockCellBytes * kFirst + kStep / (8 / kSecond) * kBlockCellBytes;
        const __m512i top = plane_codes<kSecond, kHighShift>(_mm512_load_si512(high));
        q = _mm512_or_si512(q, _mm512_slli_epi16(top, kFirst));
    }
    if constexpr (kZero == Zero::kNf4) {
        const __m128i table = _mm_load_si128(reinterpret_cast<const __m128i*>(kNf4Values));
        q = _mm512_shuffle_epi8(_mm512_broadcast_i32x4(table), q);
    }
    return q;
}

}  // namespace
}  // namespace quern::avx512
