// Few tokens times a tile in the order in which it lies in memory, first all codes, then the scales
// behind them: how much is kept in between, and what is asked of memory.
#pragma once

#include <cstdint>

#include "kernels/block_view.h"

namespace quern {
namespace {

/// So many chunks of a tile, whole groups of any size, have dots of n tokens in 32 KiB.
constexpr int64_t kept_chunks(int64_t n) {
    constexpr int64_t kGroup = kLargestGroup / kActivationChunk;
    return 512 / n / kGroup * kGroup;
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
            __builtin_prefetch(soon + bytes, 0, 3);
            bytes += 64;
        }
        for (int64_t line = 0; to_l2 > 0 && line < bytes; line += 64) {
            __builtin_prefetch(soon + to_l2 + line, 0, 2);
        }
        soon += bytes;
    }
};

}  // namespace
}  // namespace quern
