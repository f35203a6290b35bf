// A few tokens times tiles, codes unpacked in registers while memory brings the next.
//
// One token waits for memory, which one_tile.h is made for. More are multiplied in blocks, group by
// group. Two tiles at a time share the inputs that are loaded, which pays from kPairTokens on,
// where loads are what limits a core.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels/avx512/block_values.h"
#include "kernels/avx512/one_tile.h"
#include "kernels/avx512/vector_math.h"

namespace quern::avx512 {
namespace {

/// So many tokens are multiplied at once: eight ran out of registers and took longer than twice
/// four.
constexpr int kTileTokens = 4;
constexpr int64_t kPairTokens = 8;
constexpr int64_t kSoon = 2048;  ///< bytes ahead of one tile's codes, to L1

/// The chunk at the same place of the first tiles that begin at least 16 KiB ahead, which is asked
/// for to L2. Where tiles are multiplied several times, memory has all of that time.
struct LaterChunk {
    int64_t distance;  ///< bytes
    int64_t every;     ///< one of so many chunks is asked for,
    int64_t left;      ///< after so many others

    /// Of the n-th of `times` times that so many tiles are multiplied.
    LaterChunk(const BlockView& v, int64_t tiles, int64_t times, int64_t n)
        : every(times), left(n) {
        const int64_t bytes = tiles * static_cast<int64_t>(v.t.tile_bytes);
        distance = (16384 + bytes - 1) / bytes * bytes;
    }

    /// Is it a chunk's turn?
    bool next() {
        if (--left >= 0) return false;
        left = every - 1;
        return true;
    }
};

/// Hides from compilers where a value comes from: they would keep a register for every address
/// that they can make of it, and run out of them.
template <class T>
[[gnu::always_inline]] inline T opaque(T value) {
    asm("" : "+r"(value));
    return value;
}

/// Asks for a chunk, to L2.
template <int kBits>
[[gnu::always_inline]] inline void prefetch_chunk(const uint8_t* chunk) {
    for (int64_t line = 0; line < chunk_bytes(kBits); line += 64) {
        _mm_prefetch(chunk + line, _MM_HINT_T1);
    }
}

/// sums += codes . four inputs, for every tile.
[[gnu::always_inline]] inline void add_dots(__m512i (&sums)[1], const __m512i (&codes)[1],
                                            const Four* inputs) {
    add_dots(sums[0], codes[0], inputs);
}
[[gnu::always_inline]] inline void add_dots(__m512i (&sums)[2], const __m512i (&codes)[2],
                                            const Four* inputs) {
    const __m512i x = _mm512_set1_epi32(*inputs);
    asm("vpdpbusd %2, %1, %0" : "+v"(sums[0]) : "v"(codes[0]), "v"(x));
    asm("vpdpbusd %2, %1, %0" : "+v"(sums[1]) : "v"(codes[1]), "v"(x));
}

/// Where a group's parts lie in a tile. It is walked: computed anew for every group, by
/// TileLayout, it cost 3 to 6 %.
struct GroupPlace {
    int64_t gaps = 0;  ///< bytes of earlier segments' scales and offsets
    int64_t group;     ///< its scales

    explicit GroupPlace(const TileLayout& layout) : group(layout.group(0)) {}
    [[gnu::always_inline]] void move_to(const BlockView& v, int64_t a) {
        group += v.layout.bytes_per_group;
        if (v.first_chunk(a) % kSegmentChunks != 0) return;
        gaps += v.layout.bytes_between;
        group = v.layout.group(a);
    }
};

/// Adds group a of the tiles to sums[token][tile].
template <int kBits, Zero kZero, int kTiles, int kN>
[[gnu::always_inline]] inline void multiply_group(const BlockView& v,
                                                  const uint8_t* const (&tiles)[kTiles], int64_t a,
                                                  const GroupPlace& at, LaterChunk& later,
                                                  const int8_t* const (&x)[kN],
                                                  __m512 (&sums)[kN][kTiles]) {
    // One tile has two dots per token, of even and odd steps: they hide the latency of their
    // instruction.
    constexpr int kDots = kTiles == 1 ? 2 : 1;
    __m512i shift[kTiles];
    __m512 parts[kN][kTiles];
    for_each<kTiles>([&]<int kJ>() __attribute__((always_inline)) {
        shift[kJ] = load_shift<kBits, kZero>(v, tiles[kJ] + at.group);
        for_each<kN>([&]<int kI>()
                         __attribute__((always_inline)) { parts[kI][kJ] = _mm512_setzero_ps(); });
    });
    for (int64_t c = v.first_chunk(a); c < v.last_chunk(a); ++c) {
        const int64_t index = opaque(c);
        const uint8_t* chunks[kTiles];
        const bool asks = later.next();
        for_each<kTiles>([&]<int kJ>() __attribute__((always_inline)) {
            chunks[kJ] = opaque(tiles[kJ] + at.gaps + c * chunk_bytes(kBits));
            if (asks) prefetch_chunk<kBits>(opaque(chunks[kJ] + later.distance));
        });
        __m512i dots[kDots][kN][kTiles];
        for_each<kN>([&]<int kI>() __attribute__((always_inline)) {
            const __m512i start = _mm512_set1_epi32(v.starts(x[kI])[index]);
            for_each<kTiles>([&]<int kJ>() __attribute__((always_inline)) {
                dots[0][kI][kJ] = start;
                if constexpr (kDots == 2) dots[1][kI][kJ] = _mm512_setzero_si512();
            });
        });
        for_each<8>([&]<int kStep>() __attribute__((always_inline)) {
            __m512i values[kTiles];
            for_each<kTiles>([&]<int kJ>() __attribute__((always_inline)) {
                values[kJ] = load_values<kBits, kZero, kStep>(chunks[kJ], shift[kJ]);
            });
            if constexpr (kTiles == 1) prefetch_step<kBits, kStep>(chunks[0] + kSoon);
            for_each<kN>([&]<int kI>() __attribute__((always_inline)) {
                const auto* inputs = reinterpret_cast<const Four*>(x[kI] + index * 32 + kStep * 4);
                add_dots(dots[kStep % kDots][kI], values, inputs);
            });
        });
        for_each<kN>([&]<int kI>() __attribute__((always_inline)) {
            const __m512 scale = _mm512_set1_ps(v.scales(x[kI])[index]);
            for_each<kTiles>([&]<int kJ>() __attribute__((always_inline)) {
                __m512i dot = dots[0][kI][kJ];
                if constexpr (kDots == 2) dot = _mm512_add_epi32(dot, dots[1][kI][kJ]);
                parts[kI][kJ] = _mm512_fmadd_ps(scale, _mm512_cvtepi32_ps(dot), parts[kI][kJ]);
            });
        });
    }
    for_each<kTiles>([&]<int kJ>() __attribute__((always_inline)) {
        _mm_prefetch(tiles[kJ] + at.group + later.distance, _MM_HINT_T1);
        const Group g = load_group<kBits, kZero>(v, tiles[kJ], tiles[kJ] + at.group);
        for_each<kN>([&]<int kI>() __attribute__((always_inline)) {
            __m512& sum = sums[kI][kJ];
            sum = _mm512_fmadd_ps(g.scale, parts[kI][kJ], sum);
            if constexpr (kHasMinimum<kBits, kZero>) {
                sum = _mm512_fmadd_ps(g.minimum, _mm512_set1_ps(v.sums(x[kI])[a]), sum);
            }
        });
    });
}

/// Tiles from number `tile` on times kN tokens from `token` on.
template <int kBits, Zero kZero, int kTiles, int kN>
void tile_product(const BlockView& v, int64_t tile, int64_t token, LaterChunk later) {
    const uint8_t* tiles[kTiles];
    const int8_t* x[kN];
    __m512 sums[kN][kTiles];
    for (int j = 0; j < kTiles; ++j) tiles[j] = v.tile(tile + j);
    for_each<kN>([&]<int kI>() __attribute__((always_inline)) {
        x[kI] = v.x(token + kI);
        for_each<kTiles>([&]<int kJ>() __attribute__((always_inline)) {
            sums[kI][kJ] = _mm512_setzero_ps();
        });
    });
    GroupPlace at(v.layout);
    for (int64_t a = 0; a < v.n_groups; at.move_to(v, ++a)) {
        multiply_group<kBits, kZero>(v, tiles, a, at, later, x, sums);
    }
    for_each<kTiles>([&]<int kJ>() __attribute__((always_inline)) {
        const int64_t row = (tile + kJ) * 16;
        const __mmask16 rows = first_lanes(v.t.rows - row);
        for_each<kN>([&]<int kI>() __attribute__((always_inline)) {
            float* y = v.t.y + (token + kI) * v.t.y_stride + row;
            _mm512_mask_storeu_ps(y, rows, sums[kI][kJ]);
        });
    });
}

/// Tiles from number `tile` on times all tokens, in blocks of nearly equal size.
template <int kBits, Zero kZero, int kTiles>
void multiply_tiles(const BlockView& v, int64_t tile) {
    const int64_t blocks = (v.t.tokens + kTileTokens - 1) / kTileTokens;
    for (int64_t b = 0; b < blocks; ++b) {
        const int64_t token = v.t.tokens * b / blocks;
        const int64_t n = v.t.tokens * (b + 1) / blocks - token;
        const LaterChunk later(v, kTiles, blocks, b);
        for_each<kTileTokens>([&]<int kI>() __attribute__((always_inline)) {
            if constexpr (kI > 0) {  // there are no blocks of one
                if (n == kI + 1) tile_product<kBits, kZero, kTiles, kI + 1>(v, tile, token, later);
            }
        });
    }
}

template <int kBits, Zero kZero>
void multiply_few(const BlockView& v) {
    int64_t tile = v.t.tile_begin;
    if (v.t.tokens == 1) {
        for (; tile < v.t.tile_end; ++tile) multiply_tile<kBits, kZero>(v, tile);
        return;
    }
    if (v.t.tokens >= kPairTokens) {
        for (; tile + 2 <= v.t.tile_end; tile += 2) multiply_tiles<kBits, kZero, 2>(v, tile);
    }
    for (; tile < v.t.tile_end; ++tile) multiply_tiles<kBits, kZero, 1>(v, tile);
}

}  // namespace
}  // namespace quern::avx512
