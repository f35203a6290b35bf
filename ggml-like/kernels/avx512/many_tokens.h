// Many tokens: a panel of two tiles and up to 1024 inputs is unpacked once to bytes, then
// multiplied with all tokens (panel_loop.h).
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels/avx512/block_values.h"
#include "kernels/avx512/panel_loop.h"
#include "kernels/avx512/vector_math.h"

namespace quern::avx512 {
namespace {

/// Groups [first, last) of a tile, as number `which` of the panel.
template <int kBits, Zero kZero>
void unpack_tile(const BlockView& v, const uint8_t* tile, int64_t first, int64_t last, int which,
                 Panel* panel) {
    int64_t step = 0;
    for (int64_t a = first; a < last; ++a) {
        const uint8_t* group = v.group(tile, a);
        panel->groups[a - first][which] = load_group<kBits, kZero>(v, tile, group);
        const __m512i shift = load_shift<kBits, kZero>(v, group);
        for (int64_t c = v.first_chunk(a); c < v.last_chunk(a); ++c, step += 8) {
            const uint8_t* chunk = v.chunk(tile, c);
            for_each<8>([&]<int kStep>() __attribute__((always_inline)) {
                _mm512_store_si512(panel->values[step + kStep][which],
                                   load_values<kBits, kZero, kStep>(chunk, shift));
            });
        }
    }
}

/// More than eight tokens: fewer may make no block of four. The next tiles are asked for bit by bit
/// while some are multiplied: unpacking would otherwise wait for memory.
template <int kBits, Zero kZero>
void multiply_many(const BlockView& v) {
    constexpr bool kMinimum = kHasMinimum<kBits, kZero>;
    const int64_t blocks = (v.t.tokens + kPanelTokens - 1) / kPanelTokens;
    const int64_t short_blocks = blocks * kPanelTokens - v.t.tokens;  // with a token less
    const int64_t groups_per_panel = kPanelCols / v.t.group;
    const int64_t panels = (v.n_groups + groups_per_panel - 1) / groups_per_panel;
    const auto pair_bytes = static_cast<int64_t>(kPanelTiles * v.t.tile_bytes);
    const int64_t ahead_lines = pair_bytes / (64 * panels * blocks) + 1;
    Panel panel;
    for (int64_t tile = v.t.tile_begin; tile < v.t.tile_end; tile += kPanelTiles) {
        // An odd last tile is multiplied twice; its second copy has no rows to write.
        const bool pair = tile + 1 < v.t.tile_end;
        const uint8_t* const tiles[kPanelTiles] = {v.tile(tile), v.tile(pair ? tile + 1 : tile)};
        const int64_t left = v.t.rows - tile * 16;
        const uint32_t rows =
            first_lanes(left) | (pair ? static_cast<uint32_t>(first_lanes(left - 16)) << 16 : 0);
        const uint8_t* ahead = v.tile(tile + kPanelTiles);
        for (int64_t first = 0; first < v.n_groups; first += groups_per_panel) {
            const int64_t end = first + groups_per_panel;
            const int64_t last = end < v.n_groups ? end : v.n_groups;
            for (int i = 0; i < kPanelTiles; ++i) {
                unpack_tile<kBits, kZero>(v, tiles[i], first, last, i, &panel);
            }
            const int64_t first_chunk = v.first_chunk(first);
            const int8_t* row = v.x(0);
            const int8_t* x = row + first_chunk * 32;
            const auto from_x = [x](const void* p) { return static_cast<const int8_t*>(p) - x; };
            PanelLoop loop{
                .panel = &panel,
                .chunks = v.last_chunk(last - 1) - first_chunk,
                .chunks_per_group = v.chunks_per_group,
                .x = x,
                .x_stride = static_cast<int64_t>(v.t.x_stride),
                .scales = from_x(v.scales(row) + first_chunk),
                .starts = from_x(v.starts(row) + first_chunk),
                .sums = from_x(v.sums(row) + first),
                .y = v.t.y + tile * 16,
                .y_stride = v.t.y_stride * 4,
                .row_mask = rows,
                .begun_mask = first > 0 ? rows : 0,
                .blocks = blocks - short_blocks,
                .ahead = ahead,
                .ahead_lines = ahead_lines,
            };
            run_panel_loop<kPanelTokens, kMinimum>(loop);
            if (short_blocks > 0) {
                loop.blocks = short_blocks;
                run_panel_loop<kPanelTokens - 1, kMinimum>(loop);
            }
            ahead = loop.ahead;
        }
    }
}

}  // namespace
}  // namespace quern::avx512
