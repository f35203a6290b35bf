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

/// A chunk's cells, where they lie.
struct CellsInMemory {
    const uint8_t* chunk;
    __m512i operator[](int i) const { return _mm512_load_si512(chunk + i * kBlockCellBytes); }
};

/// In registers, loaded one after the other as they lie, in assembly: compilers take them in any
/// order, and where that was the reverse, answers in 8 bits lost a fifth of their speed (Zen 4).
template <int kBits>
struct CellsInOrder {
    __m512i cells[kBits];

    [[gnu::always_inline]] explicit CellsInOrder(const uint8_t* chunk) { load<0>(chunk); }
    template <int kI>
    [[gnu::always_inline]] void load(const uint8_t* chunk) {
        if constexpr (kI < kBits) {
            const auto* cell = reinterpret_cast<const __m512i*>(chunk + kI * kBlockCellBytes);
            __m512i loaded;  // an element of an array would go through memory
            asm volatile("vmovdqa64 %1, %0" : "=v"(loaded) : "m"(*cell));
            cells[kI] = loaded;
            load<kI + 1>(chunk);
        }
    }
    [[gnu::always_inline]] __m512i operator[](int i) const { return cells[i]; }
};

/// The unsigned values of step kStep of a chunk; see the layout in formats/block.h.
template <int kBits, Zero kZero, int kStep, class Cells>
[[gnu::always_inline]] inline __m512i take_step(const Cells& cells) {
    constexpr Planes kPlanes = planes_of(kBits);
    constexpr int kFirst = kPlanes.bits[0];
    constexpr int kShift = kFirst * (kStep % (8 / kFirst));
    __m512i q = plane_codes<kFirst, kShift>(cells[kStep / (8 / kFirst)]);
    if constexpr (kPlanes.count == 2) {
        constexpr int kSecond = kPlanes.bits[1];
        constexpr int kHighShift = kSecond * (kStep % (8 / kSecond));
        const __m512i top = plane_codes<kSecond, kHighShift>(cells[kFirst + kStep / (8 / kSecond)]);
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
