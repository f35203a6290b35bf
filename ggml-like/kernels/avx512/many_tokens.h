// Many tokens: a panel of two tiles and up to 1024 inputs is unpacked once to bytes, then
// multiplied with all tokens (panel_loop.h).
#pragma once

#include <immintrin.h>

#include <array>
#include <cstdint>
#include <utility>

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
        panel->groups[a - first][which] = load_group<kBits, kZero>(v, tile, a);
        const __m512i shift = load_shift<kBits, kZero>(v, tile, a);
        for (int64_t c = v.first_chunk(a); c < v.last_chunk(a); ++c, step += 8) {
            const uint8_t* chunk = tile + c * chunk_bytes(kBits);
            [&]<int... kStep>(std::integer_sequence<int, kStep...>) {
                (_mm512_store_si512(panel->values[step + kStep][which],
                                    load_values<kBits, kZero, kStep>(chunk, shift)),
                 ...);
            }
            (std::make_integer_sequence<int, 8>{});
        }
    }
}

/// Adds groups [first, last) of a panel times kN tokens to y's rows from y on (or starts them, if
/// it is the first panel).
template <int kN, bool kMinimum>
void panel_product(const BlockView& v, const Panel& panel, int64_t first, int64_t last,
                   int64_t token, uint32_t rows, float* y) {
    const int64_t first_chunk = v.first_chunk(first);
    const int8_t* x = v.x(token);
    const PanelLoop loop{
        &panel,
        x + first_chunk * 32,
        v.scales(x) + first_chunk,
        v.starts(x) + first_chunk,
        v.sums(x) + first,
        static_cast<int64_t>(v.t.x_stride),
        v.last_chunk(last - 1) - first_chunk,
        v.chunks_per_group,
        y + token * v.t.y_stride,
        v.t.y_stride * 4,
        rows,
        first > 0 ? rows : 0,
    };
    run_panel_loop<kN, kMinimum>(loop);
}

using PanelProduct = void (*)(const BlockView&, const Panel&, int64_t, int64_t, int64_t, uint32_t,
                              float*);
template <bool kMinimum, int... kN>
constexpr std::array<PanelProduct, sizeof...(kN)> panel_products(
    std::integer_sequence<int, kN...>) {
    return {panel_product<kFewestPanelTokens + kN, kMinimum>...};
}
/// [tokens - kFewestPanelTokens]
template <bool kMinimum>
constexpr auto kPanelProducts = panel_products<kMinimum>(
    std::make_integer_sequence<int, kPanelTokens - kFewestPanelTokens + 1>());

/// Brings the bytes [begin, end) to L2.
inline void prefetch(const uint8_t* begin, const uint8_t* end) {
    for (; begin < end; begin += 64) _mm_prefetch(begin, _MM_HINT_T1);
}

/// The next tiles are prefetched bit by bit while some are multiplied: unpacking would otherwise
/// wait for memory.
template <int kBits, Zero kZero>
void multiply_many(const BlockView& v) {
    const int64_t blocks = (v.t.tokens + kPanelTokens - 1) / kPanelTokens;
    const int64_t groups_per_panel = kPanelCols / v.t.group;
    const int64_t panels = (v.n_groups + groups_per_panel - 1) / groups_per_panel;
    const auto ahead_step =
        static_cast<int64_t>(kPanelTiles * v.t.tile_bytes) / (panels * blocks) + 1;
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
            for (int64_t b = 0; b < blocks; ++b) {  // blocks of nearly equal size
                const int64_t token = v.t.tokens * b / blocks;
                const int64_t n = v.t.tokens * (b + 1) / blocks - token;
                prefetch(ahead, ahead + ahead_step);
                ahead += ahead_step;
                kPanelProducts<kHasMinimum<kBits, kZero>>[n - kFewestPanelTokens](
                    v, panel, first, last, token, rows, v.t.y + tile * 16);
            }
        }
    }
}

}  // namespace
}  // namespace quern::avx512
