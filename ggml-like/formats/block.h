// Layout arithmetic of the block family, shared by its specification (block.cpp) and by the
// kernels. Only fixed-width integers and constexpr: kernel files of every instruction set may
// include it.
//
// A code of `bits` bits is cut into planes: 8 | 4 | 2 | 4+1 | 4+2 | 2+1, low bits in the first
// plane. A chunk (16 rows x 32 inputs) holds its planes one after the other, 64 * plane bits bytes
// each. In a plane of p bits, step s (inputs 4s..4s+3 of the chunk, s = 0..7) is in cell s / (8/p),
// shifted left by p * (s % (8/p)) in every byte; byte b of lane r is input 4s+b of row r:
//
//   p = 8   cell s           byte b: iiiiiiii                       input 4s+b
//   p = 4   cell s/2         byte b: hhhhllll                       l: s even, h: s odd
//   p = 2   cell s/4         byte b: ddccbbaa                       a..d: s % 4 = 0..3
//   p = 1   cell 0           byte b: hgfedcba                       a..h: s = 0..7
//
// A tile is cut into segments of 512 inputs, of which the last may be short: its chunks, then per
// group the 16 row scales (f16), then the 16 zeros (u8) or minima (f16). Who reads a segment's
// codes and then what scales them reads memory in order, and keeps little in between. A whole
// segment takes a multiple of 64 bytes. Scales and offsets of whole rows are behind all chunks.
// Tiles are padded with zeros to 64 bytes.
//
// In formats of two levels the segments are followed by the 16 rows' units (f16), of scales and, if
// there are any, of minima. Scales and minima of the groups are signed bytes that count them.
#pragma once

#include <cstdint>

#include "tensor/codec.h"

namespace quern {

struct Planes {
    int count;
    int bits[2];
};

[[gnu::always_inline]] constexpr Planes planes_of(int bits) {
    return bits == 3   ? Planes{2, {2, 1}}
           : bits == 5 ? Planes{2, {4, 1}}
           : bits == 6 ? Planes{2, {4, 2}}
                       : Planes{1, {bits, 0}};
}

constexpr int64_t kStepsPerChunk = 8;  ///< of 4 inputs
constexpr int64_t kBlockCellBytes = 64;

[[gnu::always_inline]] constexpr int64_t chunk_bytes(int bits) { return kBlockCellBytes * bits; }

/// Bits of the unsigned integers that kernels multiply: the codes, or what a table makes of them.
[[gnu::always_inline]] constexpr int value_bits(int bits, Zero zero) {
    return zero == Zero::kNf4 ? 8 : bits;
}

/// Bytes of the 16 rows' scales of one group.
[[gnu::always_inline]] constexpr int64_t scale_bytes(bool two_level) { return two_level ? 16 : 32; }

/// Bytes of the 16 rows' zeros or minima of one group, behind its scales.
[[gnu::always_inline]] constexpr int64_t offset_bytes(Zero zero, bool two_level) {
    return zero == Zero::kInteger ? 16 : zero == Zero::kMinimum ? scale_bytes(two_level) : 0;
}

constexpr int64_t kUnitBytes = 32;  ///< of the 16 rows' units, of scales or of minima

/// Bytes of all units of a tile, behind its segments.
[[gnu::always_inline]] constexpr int64_t all_unit_bytes(Zero zero, bool two_level) {
    return !two_level ? 0 : zero == Zero::kMinimum ? 2 * kUnitBytes : kUnitBytes;
}

constexpr int64_t kSegmentChunks = 16;  ///< 512 inputs
static_assert(kSegmentChunks / 4 * scale_bytes(true) % 64 == 0, "chunks are at multiples of 64");

/// Where the parts of a tile lie, in bytes from its start.
struct TileLayout {
    int64_t chunks;
    int64_t bytes_per_chunk;
    int64_t chunks_per_group;  ///< 1, 2 or 4
    int64_t bytes_per_group;   ///< scales and offsets; 0: those of whole rows are behind all chunks
    int64_t groups = (chunks + chunks_per_group - 1) / chunks_per_group;
    /// Of a whole segment's scales and offsets, between its chunks and the next segment's.
    int64_t bytes_between = kSegmentChunks / chunks_per_group * bytes_per_group;

    [[gnu::always_inline]] constexpr int64_t chunk(int64_t c) const {
        return c * bytes_per_chunk + c / kSegmentChunks * bytes_between;
    }
    [[gnu::always_inline]] constexpr int64_t group(int64_t a) const {
        const int64_t end = (a * chunks_per_group / kSegmentChunks + 1) * kSegmentChunks;
        const int64_t before = end < chunks && bytes_per_group > 0 ? end : chunks;
        return before * bytes_per_chunk + a * bytes_per_group;
    }
    /// Behind all chunks and groups; of row formats, where their only scales and offsets are.
    [[gnu::always_inline]] constexpr int64_t units() const {
        return chunks * bytes_per_chunk + groups * bytes_per_group;
    }
};

}  // namespace quern
