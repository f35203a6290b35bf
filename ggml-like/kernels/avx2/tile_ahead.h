// What is asked of memory while few tokens are multiplied with a tile; AVX-512 includes it, too.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels/block_view.h"

namespace quern {
namespace {

/// Asks for the lines of a chunk that one of its eight steps comes to, to L1. In assembly, which
/// GCC leaves between the loads: all at once took a twentieth longer.
template <int kBits, int kStep>
[[gnu::always_inline]] inline void prefetch_step(const uint8_t* chunk) {
    constexpr int64_t kLines = chunk_bytes(kBits) / 64, kLine = kLines * kStep / 8;
    if constexpr (kLines * (kStep + 1) / 8 > kLine) {
        asm volatile("prefetcht0 %c1(%0)" : : "r"(chunk), "i"(64 * kLine));
    }
}

/// All that follows soon, to L1, line by line in the order in which it lies. A chunk asks for as
/// many lines as it has and some for one more, so that those behind all chunks, scales and the
/// like, come at the same pace: a burst would hold up other loads.
///
/// Where L1 keeps less than 48 KiB, so much to L1 halved the speed (Zen 4): there lines are asked
/// for later, and before, 16 KiB ahead, to L2.
struct TileAhead {
    const uint8_t* soon;  ///< the next line
    int64_t to_l2;        ///< bytes behind it; 0: nothing
    int64_t chunks;
    int64_t more;      ///< so many of `chunks` chunks ask for a line more,
    int64_t turn = 0;  ///< one when this reaches `chunks`

    TileAhead(const BlockView& v, const uint8_t* tile)
        : soon(tile + (v.t.large_l1 ? 5120 : 2048)),
          to_l2(v.t.large_l1 ? 0 : 16384 - 2048),
          chunks(v.n_chunks),
          more((static_cast<int64_t>(v.t.tile_bytes) - v.units_offset) / 64) {}

    /// Behind a chunk of so many bytes, whose steps have asked for its lines at `soon`.
    [[gnu::always_inline]] void move_on(int64_t bytes) {
        turn += more;
        if (turn >= chunks) {
            turn -= chunks;
            _mm_prefetch(soon + bytes, _MM_HINT_T0);
            bytes += 64;
        }
        for (int64_t line = 0; to_l2 > 0 && line < bytes; line += 64) {
            _mm_prefetch(soon + to_l2 + line, _MM_HINT_T1);
        }
        soon += bytes;
    }
};

}  // namespace
}  // namespace quern
