// What is asked of memory while tiles are read in the order in which they lie: by one token, with
// AVX2 by few.
#pragma once

#include <cstdint>

#include "kernels/block_view.h"

namespace quern {
namespace {

/// The lines that are MatmulTask::ahead bytes ahead, to L1, in their order. A chunk asks for as
/// many lines as it has and some for one more, so that those of scales come at the same pace: a
/// burst would hold up other loads. Several tokens always ask: with all of their inputs, L1 has too
/// little left for what a CPU fetches by itself.
struct TileAhead {
    static constexpr int64_t kSeveral = 2048;  ///< bytes, where MatmulTask::ahead is 0

    bool asks;
    const uint8_t* next;  ///< line to ask for
    int64_t chunks;
    int64_t more;      ///< so many of `chunks` chunks ask for a line more,
    int64_t turn = 0;  ///< one when this reaches `chunks`

    TileAhead(const BlockView& v, const uint8_t* tile)
        : asks(v.t.ahead > 0 || v.t.tokens > 1),
          next(tile + (v.t.ahead > 0 ? v.t.ahead : kSeveral)),
          chunks(v.n_chunks),
          more((static_cast<int64_t>(v.t.tile_bytes) - chunks * v.layout.bytes_per_chunk) / 64) {}

    /// Behind a chunk of so many bytes, whose steps have asked for its lines at `next`.
    [[gnu::always_inline]] void move_on(int64_t bytes) {
        if (!asks) return;
        next += bytes;
        turn += more;
        if (turn >= chunks) {
            turn -= chunks;
            __builtin_prefetch(next, 0, 3);
            next += 64;
        }
    }
};

}  // namespace
}  // namespace quern
