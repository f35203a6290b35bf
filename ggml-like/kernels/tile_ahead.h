// What is asked of memory while few tokens are multiplied with a tile.
#pragma once

#include <cstdint>

#include "kernels/block_view.h"

namespace quern {
namespace {

/// To L1 all that follows soon, line by line in the order in which it lies. A chunk asks for as
/// many lines as it has and some for one more, so that those behind all chunks, scales and the
/// like, come at the same pace: a burst would hold up other loads.
///
/// Where L1 keeps less than 48 KiB, so much to L1 halved the speed (Zen 4): there it is asked for
/// shortly before, and to L2 a chunk and its scales of the first tile that begins 16 KiB ahead.
struct TileAhead {
    const uint8_t* soon;  ///< the next line
    int64_t to_l2 = 0;    ///< bytes ahead; 0: nothing
    int64_t chunks;
    int64_t more;      ///< so many of `chunks` chunks ask for a line more,
    int64_t turn = 0;  ///< one when this reaches `chunks`

    TileAhead(const BlockView& v, const uint8_t* tile)
        : soon(tile + (v.t.large_l1 ? 5120 : 2048)),
          chunks(v.n_chunks),
          more((static_cast<int64_t>(v.t.tile_bytes) - v.units_offset) / 64) {
        const auto bytes = static_cast<int64_t>(v.t.tile_bytes);
        if (!v.t.large_l1) to_l2 = (16384 + bytes - 1) / bytes * bytes;
    }

    /// Before a chunk.
    [[gnu::always_inline]] void ask_for_later(const uint8_t* chunk, int64_t bytes) const {
        if (to_l2 == 0) return;
        for (int64_t line = 0; line < bytes; line += 64) {
            __builtin_prefetch(chunk + to_l2 + line, 0, 2);
        }
    }
    /// Behind a chunk, whose lines have been asked for.
    [[gnu::always_inline]] void move_on(int64_t bytes) {
        soon += bytes;
        turn += more;
        if (turn < chunks) return;
        turn -= chunks;
        __builtin_prefetch(soon, 0, 3);
        soon += 64;
    }
};

}  // namespace
}  // namespace quern
