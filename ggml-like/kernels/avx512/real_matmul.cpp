// Matrix product with floating-point weights for AVX-512: an unpack policy per format turns a cell
// (16 rows) into f32; every input of a token is broadcast and multiplied with 16 rows at once. As
// in block_matmul.cpp, few tokens are multiplied straight from the tile, many through a panel of
// two tiles that is unpacked once.
#include <immintrin.h>

#include "kernels/avx512/avx512.h"

namespace quern::avx512 {
namespace {

constexpr int kPanelTokens = 10;
constexpr int kFewTokens = 8;
constexpr int64_t kPanelCols = 1024;  ///< 128 KiB of f32 for two tiles
/// Bytes ahead that are prefetched: a page, so that its address translation is there too.
constexpr int64_t kAhead = 4096;

struct UnpackF32 {
    static constexpr int kPerLane = 1;
    static constexpr bool kRowScale = false;
    static void unpack(const uint8_t* cell, __m512 (&out)[kPerLane]) {
        out[0] = _mm512_load_ps(cell);
    }
};

struct UnpackF16 {
    static constexpr int kPerLane = 2;
    static constexpr bool kRowScale = false;
    static void unpack(const uint8_t* cell, __m512 (&out)[kPerLane]) {
        const __m512i v = _mm512_load_si512(cell);
        out[0] = _mm512_cvtph_ps(_mm512_cvtepi32_epi16(v));
        out[1] = _mm512_cvtph_ps(_mm512_cvtepi32_epi16(_mm512_srli_epi32(v, 16)));
    }
};

struct UnpackBf16 {
    static constexpr int kPerLane = 2;
    static constexpr bool kRowScale = false;
    static void unpack(const uint8_t* cell, __m512 (&out)[kPerLane]) {
        const __m512i v = _mm512_load_si512(cell);
        out[0] = _mm512_castsi512_ps(_mm512_slli_epi32(v, 16));
        out[1] = _mm512_castsi512_ps(
            _mm512_and_si512(v, _mm512_set1_epi32(static_cast<int>(0xFFFF0000u))));
    }
};

/// f8: the magnitude bits, shifted to f32's mantissa and exponent, read as value * 2^-kRebias
/// (subnormals too).
template <int kMantissaBits, int kRebias>
struct UnpackF8 {
    static constexpr int kPerLane = 4;
    static constexpr bool kRowScale = true;
    static __m512 decode(__m512i code) {
        const __m512i sign = _mm512_slli_epi32(_mm512_and_si512(code, _mm512_set1_epi32(0x80)), 24);
        const __m512i magnitude =
            _mm512_slli_epi32(_mm512_and_si512(code, _mm512_set1_epi32(0x7F)), 23 - kMantissaBits);
        const __m512 scale = _mm512_castsi512_ps(_mm512_set1_epi32((127 + kRebias) << 23));
        const __m512 value = _mm512_mul_ps(_mm512_castsi512_ps(magnitude), scale);
        return _mm512_castsi512_ps(_mm512_or_si512(_mm512_castps_si512(value), sign));
    }
    static void unpack(const uint8_t* cell, __m512 (&out)[kPerLane]) {
        const __m512i v = _mm512_load_si512(cell);
        out[0] = decode(v);
        out[1] = decode(_mm512_srli_epi32(v, 8));
        out[2] = decode(_mm512_srli_epi32(v, 16));
        out[3] = decode(_mm512_srli_epi32(v, 24));
    }
};

__mmask16 row_mask(int64_t rows) {
    return rows >= 16 ? 0xFFFF : rows <= 0 ? 0 : static_cast<__mmask16>((1u << rows) - 1);
}

const float* x_row(const MatmulTask& t, int64_t token) {
    return reinterpret_cast<const float*>(t.x + static_cast<uint64_t>(token) * t.x_stride);
}

const uint8_t* tile_at(const MatmulTask& t, int64_t i) {
    return t.weight + static_cast<uint64_t>(i) * t.tile_bytes;
}

/// The 16 row scales behind the codes of an f8 tile; 1 for other formats.
template <class Unpack>
__m512 row_scales(const MatmulTask& t, const uint8_t* tile) {
    if constexpr (!Unpack::kRowScale) return _mm512_set1_ps(1.0f);
    return _mm512_load_ps(tile + (t.cols + 31) / 32 * 32 / Unpack::kPerLane * 64);
}

// ---------------------------------------------------------------- few tokens

/// kTiles tiles times kN tokens: the independent sums hide the latency of the multiply-add. Every
/// sum runs over the inputs in order, as in panel_product(), so that a token's result does not
/// depend on its neighbours.
template <class Unpack, int kTiles, int kN>
void tile_product(const MatmulTask& t, int64_t tile, int64_t token) {
    constexpr int kPerLane = Unpack::kPerLane;
    const float* x[kN];
    __m512 sums[kTiles][kN];
    for (int i = 0; i < kN; ++i) {
        x[i] = x_row(t, token + i);
        for (int j = 0; j < kTiles; ++j) sums[j][i] = _mm512_setzero_ps();
    }
    const auto add_cell = [&](int64_t k, int64_t count) {
        for (int j = 0; j < kTiles; ++j) {
            __m512 w[kPerLane];
            const uint8_t* cell = tile_at(t, tile + j) + k / kPerLane * 64;
            _mm_prefetch(cell + kAhead, _MM_HINT_T0);
            Unpack::unpack(cell, w);
            for (int64_t p = 0; p < count; ++p) {
                for (int i = 0; i < kN; ++i) {
                    sums[j][i] = _mm512_fmadd_ps(w[p], _mm512_set1_ps(x[i][k + p]), sums[j][i]);
                }
            }
        }
    };
    int64_t k = 0;
    for (; k + kPerLane <= t.cols; k += kPerLane) add_cell(k, kPerLane);
    if (k < t.cols) add_cell(k, t.cols - k);
    for (int j = 0; j < kTiles; ++j) {
        const __m512 scales = row_scales<Unpack>(t, tile_at(t, tile + j));
        for (int i = 0; i < kN; ++i) {
            _mm512_mask_storeu_ps(t.y + (token + i) * t.y_stride + (tile + j) * 16,
                                  row_mask(t.rows - (tile + j) * 16),
                                  _mm512_mul_ps(sums[j][i], scales));
        }
    }
}

template <class Unpack, int kTiles>
void multiply_tiles(const MatmulTask& t, int64_t tile) {
    int64_t token = 0;
    for (; token + 4 <= t.tokens; token += 4) tile_product<Unpack, kTiles, 4>(t, tile, token);
    if (token + 2 <= t.tokens) {
        tile_product<Unpack, kTiles, 2>(t, tile, token);
        token += 2;
    }
    if (token < t.tokens) tile_product<Unpack, kTiles, 1>(t, tile, token);
}

template <class Unpack>
void multiply_few(const MatmulTask& t) {
    int64_t tile = t.tile_begin;
    for (; tile + 4 <= t.tile_end; tile += 4) multiply_tiles<Unpack, 4>(t, tile);
    for (; tile < t.tile_end; ++tile) multiply_tiles<Unpack, 1>(t, tile);
}

// ---------------------------------------------------------------- many tokens

struct Panel {
    alignas(64) float values[2][kPanelCols * 16];
};

template <class Unpack>
void unpack_panel(const uint8_t* const (&tiles)[2], int64_t begin, int64_t end, Panel* panel) {
    for (int i = 0; i < 2; ++i) {
        float* out = panel->values[i];
        for (int64_t k = begin; k < end; k += Unpack::kPerLane) {
            __m512 w[Unpack::kPerLane];
            Unpack::unpack(tiles[i] + k / Unpack::kPerLane * 64, w);
            for (int j = 0; j < Unpack::kPerLane; ++j) _mm512_store_ps(out + 16 * j, w[j]);
            out += 16 * Unpack::kPerLane;
        }
    }
}

/// Adds inputs [begin, end) of a panel times kN tokens to y, or starts y if begin is 0.
template <int kN>
void panel_product(const MatmulTask& t, const Panel& panel, int64_t begin, int64_t end,
                   int64_t token, int64_t tile, int64_t rows) {
    const __mmask16 masks[2] = {row_mask(rows), row_mask(rows - 16)};
    float* y = t.y + token * t.y_stride + tile * 16;
    const float* x[kN];
    __m512 sums[kN][2];
#pragma GCC unroll 10
    for (int i = 0; i < kN; ++i) {
        x[i] = x_row(t, token + i);
        for (int j = 0; j < 2; ++j) {
            sums[i][j] = begin == 0 ? _mm512_setzero_ps()
                                    : _mm512_maskz_loadu_ps(masks[j], y + i * t.y_stride + 16 * j);
        }
    }
    for (int64_t k = begin; k < end; ++k) {
        const __m512 w0 = _mm512_load_ps(panel.values[0] + (k - begin) * 16);
        const __m512 w1 = _mm512_load_ps(panel.values[1] + (k - begin) * 16);
#pragma GCC unroll 10
        for (int i = 0; i < kN; ++i) {
            const __m512 value = _mm512_set1_ps(x[i][k]);
            sums[i][0] = _mm512_fmadd_ps(w0, value, sums[i][0]);
            sums[i][1] = _mm512_fmadd_ps(w1, value, sums[i][1]);
        }
    }
#pragma GCC unroll 10
    for (int i = 0; i < kN; ++i) {
        for (int j = 0; j < 2; ++j) {
            _mm512_mask_storeu_ps(y + i * t.y_stride + 16 * j, masks[j], sums[i][j]);
        }
    }
}

using PanelProduct = void (*)(const MatmulTask&, const Panel&, int64_t, int64_t, int64_t, int64_t,
                              int64_t);
constexpr PanelProduct kPanelProducts[kPanelTokens + 1] = {
    nullptr,          nullptr,          nullptr,
    nullptr,          nullptr,  // blocks of 9 and more tokens have 5 to 10
    panel_product<5>, panel_product<6>, panel_product<7>,
    panel_product<8>, panel_product<9>, panel_product<10>,
};

void scale_rows(const MatmulTask& t, int64_t tile, __m512 scales, int64_t rows) {
    for (int64_t token = 0; token < t.tokens; ++token) {
        float* y = t.y + token * t.y_stride + tile * 16;
        const __mmask16 mask = row_mask(rows);
        _mm512_mask_storeu_ps(y, mask, _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, y), scales));
    }
}

template <class Unpack>
void multiply_many(const MatmulTask& t) {
    const int64_t blocks = (t.tokens + kPanelTokens - 1) / kPanelTokens;
    Panel panel;
    for (int64_t tile = t.tile_begin; tile < t.tile_end; tile += 2) {
        // An odd last tile is multiplied twice; its second copy has no rows to write.
        const bool pair = tile + 1 < t.tile_end;
        const uint8_t* const tiles[2] = {tile_at(t, tile), tile_at(t, pair ? tile + 1 : tile)};
        const int64_t left = t.rows - tile * 16;
        const int64_t rows = pair || left < 16 ? left : 16;
        for (int64_t begin = 0; begin < t.cols; begin += kPanelCols) {
            const int64_t end = t.cols - begin < kPanelCols ? t.cols : begin + kPanelCols;
            unpack_panel<Unpack>(tiles, begin, end, &panel);
            for (int64_t b = 0; b < blocks; ++b) {  // blocks of nearly equal size
                const int64_t token = t.tokens * b / blocks;
                const int64_t n = t.tokens * (b + 1) / blocks - token;
                kPanelProducts[n](t, panel, begin, end, token, tile, rows);
            }
        }
        if constexpr (Unpack::kRowScale) {
            scale_rows(t, tile, row_scales<Unpack>(t, tiles[0]), rows);
            if (pair) scale_rows(t, tile + 1, row_scales<Unpack>(t, tiles[1]), rows - 16);
        }
    }
}

template <class Unpack>
void matmul(const MatmulTask& t) {
    if (t.tokens <= kFewTokens) {
        multiply_few<Unpack>(t);
    } else {
        multiply_many<Unpack>(t);
    }
}

constexpr MatmulKernel kCodecs[kRealCodecs] = {
    matmul<UnpackF32>,        matmul<UnpackF16>,        matmul<UnpackBf16>,
    matmul<UnpackF8<3, 120>>, matmul<UnpackF8<2, 112>>,
};

}  // namespace

MatmulKernel real_matmul(Codec codec) { return kCodecs[static_cast<int>(codec)]; }

}  // namespace quern::avx512
