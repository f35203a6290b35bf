// One token times one tile, in the order in which it lies in memory: segment by segment first the
// dots of its codes, chunk by chunk, then what scales and zeros make of them, which are behind the
// codes. Memory brings a tile that is read in any other order up to a quarter slower.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels/avx512/block_values.h"
#include "kernels/avx512/vector_math.h"
#include "kernels/tile_ahead.h"

namespace quern::avx512 {
namespace {

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

/// Dots of codes, as they are, of n chunks; x is their inputs. It and add_groups() are not inlined,
/// as GCC then runs out of registers for addresses.
template <int kBits, Zero kZero>
[[gnu::noinline]] void multiply_chunks(const uint8_t* chunk, const int8_t* x, int64_t n,
                                       TileAhead* ahead, __m512i* dots) {
    TileAhead at = *ahead;  // in registers
    for (; n > 0; --n) {
        __m512i sums[2] = {};  // of even and odd steps: they hide their instruction's latency
        const CellsInOrder<kBits> cells(chunk);
        for_each<8>([&]<int kStep>() __attribute__((always_inline)) {
            const __m512i codes = take_step<kBits, kZero, kStep>(cells);
            if (at.asks) prefetch_step<kBits, kStep>(at.next);
            add_dots(sums[kStep % 2], codes, reinterpret_cast<const Four*>(x + kStep * 4));
        });
        *dots++ = _mm512_add_epi32(sums[0], sums[1]);
        x += 32;
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

/// sum + groups [first, last) of a tile, of one segment, whose chunks' dots are there.
template <int kBits, Zero kZero>
[[gnu::noinline]] __m512 add_groups(const BlockView& v, const uint8_t* tile, int64_t first,
                                    int64_t last, const int8_t* x, const __m512i* dots,
                                    __m512 sum) {
    const uint8_t* group = v.group(tile, first);
    const float* scales = v.scales(x);
    const int32_t* starts = v.starts(x);
    for (int64_t a = first; a < last; ++a) {
        __m512i zeros = _mm512_setzero_si512();
        if constexpr (kHasRowZeros<kBits, kZero>) zeros = load_zeros(v, group);
        __m512 part = _mm512_setzero_ps();
        const int64_t end = v.last_chunk(a);
        for (int64_t c = v.first_chunk(a); c < end; ++c) {
            const __m512i offset = offset_dots<kBits, kZero>(starts[c], zeros);
            const __m512 dot = _mm512_cvtepi32_ps(_mm512_add_epi32(*dots++, offset));
            part = _mm512_fmadd_ps(_mm512_set1_ps(scales[c]), dot, part);
        }
        const Group g = load_group<kBits, kZero>(v, tile, group);
        sum = _mm512_fmadd_ps(g.scale, part, sum);
        if constexpr (kHasMinimum<kBits, kZero>) {
            sum = _mm512_fmadd_ps(g.minimum, _mm512_set1_ps(v.sums(x)[a]), sum);
        }
        group += v.layout.bytes_per_group;
    }
    return sum;
}

/// Tile number i times the only token.
template <int kBits, Zero kZero>
void multiply_tile(const BlockView& v, int64_t i) {
    const uint8_t* tile = v.tile(i);
    const int8_t* x = v.x(0);
    __m512 sum = _mm512_setzero_ps();
    __m512i dots[kSegmentChunks];
    TileAhead ahead(v, tile);
    const int64_t step = kSegmentChunks / v.chunks_per_group;
    for (int64_t first = 0; first < v.n_groups; first += step) {
        const int64_t last = first + step < v.n_groups ? first + step : v.n_groups;
        const int64_t c = v.first_chunk(first), n = v.last_chunk(last - 1) - c;
        multiply_chunks<kBits, kZero>(v.chunk(tile, c), x + c * 32, n, &ahead, dots);
        sum = add_groups<kBits, kZero>(v, tile, first, last, x, dots, sum);
    }
    const int64_t row = i * 16;
    _mm512_mask_storeu_ps(v.t.y + row, first_lanes(v.t.rows - row), sum);
}

}  // namespace
}  // namespace quern::avx512
