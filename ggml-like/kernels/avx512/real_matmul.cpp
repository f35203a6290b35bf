// Matrix product with floating-point weights for AVX-512: a policy per format (real_cells.h) turns
// a cell into steps; the 32 bits of a token's input at that step are broadcast and multiplied with
// 16 rows at once. As in block_matmul.cpp, few tokens are multiplied straight from the tile, many
// through a panel of two tiles that is unpacked once, unless cells are steps as they are.
#include <immintrin.h>

#include "kernels/avx512/avx512.h"
#include "kernels/avx512/real_cells.h"
#include "kernels/avx512/vector_math.h"

namespace quern::avx512 {
namespace {

constexpr int kPanelTokens = 10;
constexpr int kFewTokens = 8;
constexpr int64_t kPanelSteps = 1024;  ///< 64 KiB of a tile

template <class P>
int64_t step_count(int64_t cols) {
    return (cols + P::kInputs - 1) / P::kInputs;
}

/// Steps of cell number `cell`. What a row's last pair has beside its last input is 0: a cache may
/// hold anything there, which in f8 is finite at least.
template <class P>
void load_cell(const MatmulTask& t, const uint8_t* tile, int64_t cell, __m512 (&steps)[P::kSteps]) {
    P::unpack(tile + cell * 64, steps);
    if constexpr (P::kInputs == 2 && P::kSteps == 1) {
        if (2 * cell + 1 == t.cols) {
            const __m512i first = _mm512_set1_epi32(0xFFFF);
            steps[0] = _mm512_castsi512_ps(_mm512_and_si512(_mm512_castps_si512(steps[0]), first));
        }
    }
}

const float* x_row(const MatmulTask& t, int64_t token) {
    return reinterpret_cast<const float*>(t.x + static_cast<uint64_t>(token) * t.x_stride);
}

const uint8_t* tile_at(const MatmulTask& t, int64_t i) {
    return t.weight + static_cast<uint64_t>(i) * t.tile_bytes;
}

/// The 16 row scales behind the codes of an f8 tile; 1 for other formats.
template <class P>
__m512 row_scales(const MatmulTask& t, const uint8_t* tile) {
    if constexpr (!P::kRowScale) return _mm512_set1_ps(1.0f);
    return _mm512_load_ps(tile + (t.cols + 31) / 32 * 32 / (P::kSteps * P::kInputs) * 64);
}

// ---------------------------------------------------------------- few tokens

/// What few tokens ask for while they read so many tiles in turn, cell by cell: the cell that they
/// come to about 8 KiB later, to L1, or where MatmulTask::ahead is 0, 32 KiB later, to L2. Tiles
/// that are multiplied several times ask each time.
struct Ahead {
    bool to_l1;
    int64_t same, behind;  ///< bytes: in the cell's tile, to its place in later ones
    int64_t turn;          ///< the cell from which `behind` counts

    Ahead(const MatmulTask& t, int64_t tiles) : to_l1(t.ahead > 0) {
        const int64_t bytes = to_l1 ? 8192 : 32768, tile = static_cast<int64_t>(t.tile_bytes);
        const int64_t all = tiles * tile;
        same = bytes / tiles;
        behind = all <= bytes ? bytes / all * all : same + all - tile;
        turn = all <= bytes ? 0 : (tile - same) / 64;
    }
    [[gnu::always_inline]] void prefetch(const uint8_t* tile, int64_t cell) const {
        const uint8_t* p = tile + cell * 64 + (cell < turn ? same : behind);
        if (to_l1) {
            _mm_prefetch(p, _MM_HINT_T0);
        } else {
            _mm_prefetch(p, _MM_HINT_T1);
        }
    }
};

/// kTiles tiles times kN tokens: the independent sums hide the latency of the multiply-add. Every
/// sum runs over the steps in order, as in panel_product(), so that a token's result does not
/// depend on its neighbours.
template <class P, int kTiles, int kN>
void tile_product(const MatmulTask& t, int64_t tile, int64_t token) {
    constexpr int kSteps = P::kSteps;
    const uint8_t* tiles[kTiles];
    const float* x[kN];
    __m512 sums[kTiles][kN];
    for (int i = 0; i < kN; ++i) x[i] = x_row(t, token + i);
#pragma GCC unroll 8
    for (int j = 0; j < kTiles; ++j) {
        tiles[j] = tile_at(t, tile + j);
#pragma GCC unroll 8
        for (int i = 0; i < kN; ++i) sums[j][i] = _mm512_setzero_ps();
    }
    const int64_t full = t.cols / (kSteps * P::kInputs);
    const Ahead ahead(t, kTiles);
    for (int64_t cell = 0; cell < full; ++cell) {
#pragma GCC unroll 8
        for (int j = 0; j < kTiles; ++j) {
            __m512 w[kSteps];
            ahead.prefetch(tiles[j], cell);
            P::unpack(tiles[j] + cell * 64, w);
#pragma GCC unroll 8
            for (int p = 0; p < kSteps; ++p) {
#pragma GCC unroll 8
                for (int i = 0; i < kN; ++i) {
                    P::add(sums[j][i], w[p], _mm512_set1_ps(x[i][cell * kSteps + p]));
                }
            }
        }
    }
    const int64_t left = step_count<P>(t.cols) - full * kSteps;
#pragma GCC unroll 8
    for (int j = 0; j < kTiles; ++j) {
        __m512 w[kSteps];
        if (left > 0) load_cell<P>(t, tiles[j], full, w);
#pragma GCC unroll 8
        for (int p = 0; p < kSteps; ++p) {
            if (p >= left) break;
#pragma GCC unroll 8
            for (int i = 0; i < kN; ++i) {
                P::add(sums[j][i], w[p], _mm512_set1_ps(x[i][full * kSteps + p]));
            }
        }
        const __m512 scales = row_scales<P>(t, tiles[j]);
#pragma GCC unroll 8
        for (int i = 0; i < kN; ++i) {
            _mm512_mask_storeu_ps(t.y + (token + i) * t.y_stride + (tile + j) * 16,
                                  first_lanes(t.rows - (tile + j) * 16),
                                  _mm512_mul_ps(sums[j][i], scales));
        }
    }
}

template <class P, int kTiles>
void multiply_tiles(const MatmulTask& t, int64_t tile) {
    constexpr int kPair = kTiles < 2 ? kTiles : 2;
    int64_t token = 0;
    if (t.tokens == 8) {
        for (int j = 0; j < kTiles; j += kPair) tile_product<P, kPair, 8>(t, tile + j, token);
        token = 8;
    }
    if (token + 4 <= t.tokens) {
        tile_product<P, kTiles, 4>(t, tile, token);
        token += 4;
    }
    if (token + 2 <= t.tokens) {
        tile_product<P, kTiles, 2>(t, tile, token);
        token += 2;
    }
    if (token < t.tokens) tile_product<P, kTiles, 1>(t, tile, token);
}

template <class P>
void multiply_few(const MatmulTask& t) {
    int64_t tile = t.tile_begin;
    for (; tile + 4 <= t.tile_end; tile += 4) multiply_tiles<P, 4>(t, tile);
    for (; tile < t.tile_end; ++tile) multiply_tiles<P, 1>(t, tile);
}

// ---------------------------------------------------------------- many tokens

/// Unpacks the cells of steps [begin, end) of a tile, at most kPanelSteps, and returns the first
/// step; cells that are steps as they are stay in the tile.
template <class P>
const float* panel_steps(const MatmulTask& t, const uint8_t* tile, int64_t begin, int64_t end,
                         float* panel) {
    const int64_t first = begin / P::kSteps, last = (end + P::kSteps - 1) / P::kSteps;
    const bool whole = end * P::kInputs <= t.cols;
    if (P::kAsTheyAre && whole) return reinterpret_cast<const float*>(tile + first * 64);
    float* out = panel;
    for (int64_t cell = first; cell < last; ++cell) {
        __m512 w[P::kSteps];
        load_cell<P>(t, tile, cell, w);
        for (int j = 0; j < P::kSteps; ++j) _mm512_store_ps(out + 16 * j, w[j]);
        out += 16 * P::kSteps;
    }
    return panel;
}

int64_t panel_end(int64_t begin, int64_t steps) {
    return steps - begin < kPanelSteps ? steps : begin + kPanelSteps;
}

/// Cells of the next panel that are still to be asked for, to L2: of the first of two tiles, and
/// as many of the other. All at once would hold up loads: blocks of tokens ask step by step, till
/// none is left.
struct ToAsk {
    static constexpr int64_t kEvery = 16;  ///< steps: one cell of each tile

    const uint8_t* first;
    int64_t n;
};

/// The panel behind the one that ends at `end`.
template <class P>
ToAsk next_panel(const MatmulTask& t, const uint8_t* tile, int64_t end) {
    const int64_t steps = step_count<P>(t.cols);
    if (end == steps) tile += 2 * t.tile_bytes;
    const int64_t begin = end == steps ? 0 : end;
    const int64_t cells = (panel_end(begin, steps) - begin + P::kSteps - 1) / P::kSteps;
    return {tile + begin / P::kSteps * 64, cells};
}

/// Two tiles' rows of a token's results; masks take time, and most tiles are whole.
void store_rows(float* y, int64_t rows, const __m512 (&values)[2]) {
    if (rows >= 32) {
        _mm512_storeu_ps(y, values[0]);
        _mm512_storeu_ps(y + 16, values[1]);
    } else {
        _mm512_mask_storeu_ps(y, first_lanes(rows), values[0]);
        _mm512_mask_storeu_ps(y + 16, first_lanes(rows - 16), values[1]);
    }
}

/// Adds steps [begin, end) of two tiles times blocks of kN tokens to y, or starts y if begin is 0.
/// It walks the blocks by itself, as those of attention take little longer than a call.
template <class P, int kN>
void panel_product(const MatmulTask& t, const float* const (&panel)[2], int64_t begin, int64_t end,
                   int64_t token, int64_t blocks, int64_t tile, int64_t rows, ToAsk* rest) {
    const __mmask16 masks[2] = {first_lanes(rows), first_lanes(rows - 16)};
    const float* const panels[2] = {panel[0], panel[1]};  // in registers, as what follows
    const int64_t steps = end - begin;
    ToAsk to_ask = *rest;
    for (; blocks > 0; --blocks, token += kN) {
        float* y = t.y + token * t.y_stride + tile * 16;
        const float* x[kN];
        __m512 sums[kN][2];
#pragma GCC unroll 10
        for (int i = 0; i < kN; ++i) {
            x[i] = x_row(t, token + i) + begin;
            for (int j = 0; j < 2; ++j) {
                sums[i][j] = begin == 0
                                 ? _mm512_setzero_ps()
                                 : _mm512_maskz_loadu_ps(masks[j], y + i * t.y_stride + 16 * j);
            }
        }
        int64_t k = 0;
        do {  // a panel has steps: loops that checked it first were 3 to 5 % slower
            if (--to_ask.n >= 0) {
                _mm_prefetch(to_ask.first, _MM_HINT_T1);
                _mm_prefetch(to_ask.first + t.tile_bytes, _MM_HINT_T1);
                to_ask.first += 64;
            }
            const int64_t stop = steps - k < ToAsk::kEvery ? steps : k + ToAsk::kEvery;
            do {
                const __m512 w0 = _mm512_load_ps(panels[0] + k * 16);
                const __m512 w1 = _mm512_load_ps(panels[1] + k * 16);
#pragma GCC unroll 10
                for (int i = 0; i < kN; ++i) {
                    const __m512 value = _mm512_set1_ps(x[i][k]);
                    P::add(sums[i][0], w0, value);
                    P::add(sums[i][1], w1, value);
                }
            } while (++k < stop);
        } while (k < steps);
#pragma GCC unroll 10
        for (int i = 0; i < kN; ++i) store_rows(y + i * t.y_stride, rows, sums[i]);
    }
    *rest = to_ask;
}

using PanelProduct = void (*)(const MatmulTask&, const float* const (&)[2], int64_t, int64_t,
                              int64_t, int64_t, int64_t, int64_t, ToAsk*);
template <class P>
constexpr PanelProduct kPanelProducts[kPanelTokens + 1] = {
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,  // blocks of 9 and more tokens have 5 to 10
    panel_product<P, 5>,
    panel_product<P, 6>,
    panel_product<P, 7>,
    panel_product<P, 8>,
    panel_product<P, 9>,
    panel_product<P, 10>,
};

/// All tokens in blocks of nearly equal size, those with one token more first.
template <class P>
void multiply_panel(const MatmulTask& t, const float* const (&panel)[2], int64_t begin, int64_t end,
                    int64_t tile, int64_t rows, ToAsk to_ask) {
    const int64_t blocks = (t.tokens + kPanelTokens - 1) / kPanelTokens;
    const int64_t n = t.tokens / blocks, larger = t.tokens % blocks;
    if (larger > 0) {
        kPanelProducts<P>[n + 1](t, panel, begin, end, 0, larger, tile, rows, &to_ask);
    }
    kPanelProducts<P>[n](t, panel, begin, end, larger * (n + 1), blocks - larger, tile, rows,
                         &to_ask);
}

void scale_rows(const MatmulTask& t, int64_t tile, __m512 scales, int64_t rows) {
    for (int64_t token = 0; token < t.tokens; ++token) {
        float* y = t.y + token * t.y_stride + tile * 16;
        const __mmask16 mask = first_lanes(rows);
        _mm512_mask_storeu_ps(y, mask, _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, y), scales));
    }
}

template <class P>
void multiply_many(const MatmulTask& t) {
    alignas(64) float unpacked[2][kPanelSteps * 16];
    for (int64_t tile = t.tile_begin; tile < t.tile_end; tile += 2) {
        // An odd last tile is multiplied twice; its second copy has no rows to write.
        const bool pair = tile + 1 < t.tile_end;
        const uint8_t* const tiles[2] = {tile_at(t, tile), tile_at(t, pair ? tile + 1 : tile)};
        const int64_t left = t.rows - tile * 16;
        const int64_t rows = pair || left < 16 ? left : 16;
        const int64_t steps = step_count<P>(t.cols);
        for (int64_t begin = 0; begin < steps; begin += kPanelSteps) {
            const int64_t end = panel_end(begin, steps);
            const float* const panel[2] = {panel_steps<P>(t, tiles[0], begin, end, unpacked[0]),
                                           panel_steps<P>(t, tiles[1], begin, end, unpacked[1])};
            multiply_panel<P>(t, panel, begin, end, tile, rows, next_panel<P>(t, tiles[0], end));
        }
        if constexpr (P::kRowScale) {
            scale_rows(t, tile, row_scales<P>(t, tiles[0]), rows);
            if (pair) scale_rows(t, tile + 1, row_scales<P>(t, tiles[1]), rows - 16);
        }
    }
}

template <class P>
void matmul(const MatmulTask& t) {
    if (t.tokens <= kFewTokens) {
        multiply_few<P>(t);
    } else {
        multiply_many<P>(t);
    }
}

constexpr MatmulKernel kCodecs[kRealCodecs] = {
    matmul<F32>, matmul<F16>, matmul<Bf16>, matmul<F8E4M3>, matmul<F8E5M2>,
};
constexpr MatmulKernel kPairCodecs[kRealCodecs] = {
    nullptr, matmul<F16Pairs>, matmul<Bf16Pairs>, matmul<F8Pairs<F8E4M3>>, matmul<F8Pairs<F8E5M2>>,
};

}  // namespace

MatmulKernel real_matmul(Codec codec) { return kCodecs[static_cast<int>(codec)]; }
MatmulKernel bf16_matmul(Codec codec) { return kPairCodecs[static_cast<int>(codec)]; }

}  // namespace quern::avx512
