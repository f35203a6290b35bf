// Up to three tokens times one tile, in the order in which it lies in memory: segment by segment
// first the dots of all codes, chunk by chunk, then what scales and zeros make of them, which are
// behind the codes. Memory brings a tile that is read in any other order up to a quarter slower.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels/avx512/block_values.h"
#include "kernels/avx512/vector_math.h"
#include "kernels/tile_ahead.h"

namespace quern::avx512 {
namespace {

constexpr int kOneTileTokens = 3;

using Four [[gnu::may_alias, gnu::aligned(1)]] = int32_t;  ///< inputs

/// sum += codes (unsigned) . four inputs (signed), four products per lane. In assembly, because GCC
/// 12 copies the sum of the intrinsic to another register and back, and then runs out of registers.
[[gnu::always_inline]] inline void add_dots(__m512i& sum, __m512i codes, const Four* inputs) {
    asm("vpdpbusd %2%{1to16%}, %1, %0" : "+v"(sum) : "v"(codes), "m"(*inputs));
}

/// Asks for the lines of a chunk that one of its eight steps comes to, to L1. In assembly, which
/// GCC leaves between the loads: all at once took a twentieth longer.
template <int kBits, int kStep>
[[gnu::always_inline]] inline void prefetch_step(const uint8_t* chunk) {
    constexpr int64_t kLines = chunk_bytes(kBits) / 64, kLine = kLines * kStep / 8;
    if constexpr (kLines * (kStep + 1) / 8 > kLine) {
        asm volatile("prefetcht0 %c1(%0)" : : "r"(chunk), "i"(64 * kLine));
    }
}

/// Dots of codes, as they are, of n chunks from number c on. It and add_groups() are not inlined,
/// as GCC then runs out of registers for addresses.
template <int kBits, Zero kZero, int kN>
[[gnu::noinline]] void multiply_chunks(const uint8_t* chunk, const int8_t* const (&rows)[kN],
                                       int64_t c, int64_t n, TileAhead* ahead, __m512i* out) {
    TileAhead at = *ahead;  // in registers
    const int8_t* x[kN];
    for_each<kN>([&]<int kI>() __attribute__((always_inline)) { x[kI] = rows[kI] + c * 32; });
    for (; n > 0; --n) {
        __m512i dots[kN][2];  // of even and odd steps: they hide their instruction's latency
        for_each<kN>([&]<int kI>() __attribute__((always_inline)) {
            dots[kI][0] = dots[kI][1] = _mm512_setzero_si512();
        });
        for_each<8>([&]<int kStep>() __attribute__((always_inline)) {
            const __m512i codes = load_step<kBits, kZero, kStep>(chunk);
            prefetch_step<kBits, kStep>(at.next);
            for_each<kN>([&]<int kI>() __attribute__((always_inline)) {
                const auto* inputs = reinterpret_cast<const Four*>(x[kI] + kStep * 4);
                add_dots(dots[kI][kStep % 2], codes, inputs);
            });
        });
        for_each<kN>([&]<int kI>() __attribute__((always_inline)) {
            *out++ = _mm512_add_epi32(dots[kI][0], dots[kI][1]);
            x[kI] += 32;
        });
        chunk += chunk_bytes(kBits);
        at.move_on(chunk_bytes(kBits));
    }
    *ahead = at;
}

/// What makes a chunk's dots of codes those of values: start is -128 times the sum of its inputs.
template <int kBits, Zero kZero>
[[gnu::always_inline]] inline __m512i offset_dots(int32_t start, __m512i zeros) {
    const __m512i starts = _mm512_set1_epi32(start);
    if constexpr (kHasRowZeros<kBits, kZero>) {
        return _mm512_madd_epi16(zeros, _mm512_srai_epi32(starts, 7));  // both fit 16 bits
    }
    return _mm512_srai_epi32(starts, 8 - value_bits(kBits, kZero));
}

/// Adds groups [first, last) of a tile, of one segment, whose chunks' dots are there, to sums.
template <int kBits, Zero kZero, int kN>
[[gnu::noinline]] void add_groups(const BlockView& v, const uint8_t* tile, int64_t first,
                                  int64_t last, const int8_t* const (&x)[kN], const __m512i* dots,
                                  __m512 (&all_sums)[kN]) {
    const uint8_t* group = v.group(tile, first);
    const float* scales[kN];
    const int32_t* starts[kN];
    __m512 sums[kN];
    for_each<kN>([&]<int kI>() __attribute__((always_inline)) {
        scales[kI] = v.scales(x[kI]);
        starts[kI] = v.starts(x[kI]);
        sums[kI] = all_sums[kI];
    });
    for (int64_t a = first; a < last; ++a) {
        __m512i zeros = _mm512_setzero_si512();
        if constexpr (kHasRowZeros<kBits, kZero>) zeros = load_zeros(v, group);
        __m512 parts[kN];
        for_each<kN>([&]<int kI>()
                         __attribute__((always_inline)) { parts[kI] = _mm512_setzero_ps(); });
        const int64_t end = v.last_chunk(a);
        for (int64_t c = v.first_chunk(a); c < end; ++c) {
            for_each<kN>([&]<int kI>() __attribute__((always_inline)) {
                const __m512i offset = offset_dots<kBits, kZero>(starts[kI][c], zeros);
                const __m512 dot = _mm512_cvtepi32_ps(_mm512_add_epi32(*dots++, offset));
                parts[kI] = _mm512_fmadd_ps(_mm512_set1_ps(scales[kI][c]), dot, parts[kI]);
            });
        }
        const Group g = load_group<kBits, kZero>(v, tile, group);
        group += v.layout.bytes_per_group;
        for_each<kN>([&]<int kI>() __attribute__((always_inline)) {
            sums[kI] = _mm512_fmadd_ps(g.scale, parts[kI], sums[kI]);
            if constexpr (kHasMinimum<kBits, kZero>) {
                sums[kI] = _mm512_fmadd_ps(g.minimum, _mm512_set1_ps(v.sums(x[kI])[a]), sums[kI]);
            }
        });
    }
    for_each<kN>([&]<int kI>() __attribute__((always_inline)) { all_sums[kI] = sums[kI]; });
}

/// Tile number i times kN tokens, all there are.
template <int kBits, Zero kZero, int kN>
void multiply_tile(const BlockView& v, int64_t i) {
    const uint8_t* tile = v.tile(i);
    const int8_t* x[kN];
    __m512 sums[kN];
    for_each<kN>([&]<int kI>() __attribute__((always_inline)) {
        x[kI] = v.x(kI);
        sums[kI] = _mm512_setzero_ps();
    });
    __m512i dots[kSegmentChunks * kN];
    TileAhead ahead(v, tile);
    const int64_t step = kSegmentChunks / v.chunks_per_group;
    for (int64_t first = 0; first < v.n_groups; first += step) {
        const int64_t last = first + step < v.n_groups ? first + step : v.n_groups;
        const int64_t c = v.first_chunk(first), n = v.last_chunk(last - 1) - c;
        multiply_chunks<kBits, kZero>(v.chunk(tile, c), x, c, n, &ahead, dots);
        add_groups<kBits, kZero>(v, tile, first, last, x, dots, sums);
    }
    const __mmask16 rows = first_lanes(v.t.rows - i * 16);
    for_each<kN>([&]<int kI>() __attribute__((always_inline)) {
        _mm512_mask_storeu_ps(v.t.y + kI * v.t.y_stride + i * 16, rows, sums[kI]);
    });
}

}  // namespace
}  // namespace quern::avx512
