// Matrix product with floating-point weights for AVX2: an unpack policy per format turns a 64-byte
// cell (16 rows) into f32; every input of a token is broadcast and multiplied with 16 rows at once.
// Few tokens are multiplied straight from the tile, many through a panel that is unpacked once.
#include <immintrin.h>

#include "kernels/avx2/avx2.h"
#include "kernels/avx2/rows.h"

namespace quern::avx2 {
namespace {

constexpr int kTokens = 4;                ///< up to so many go without a panel
constexpr int kPanelTokens = 6;           ///< 12 sums, a cell and an input: 15 of 16 registers
constexpr int64_t kFloatPanelCols = 256;  ///< 16 KiB of f32 for a tile: half of the L1 cache
/// Bytes ahead that are prefetched: a page, so that its address translation is there too.
constexpr int64_t kAhead = 4096;

__m256i load(const uint8_t* p) { return _mm256_load_si256(reinterpret_cast<const __m256i*>(p)); }

struct UnpackF32 {
    static constexpr int kPerLane = 1;
    static constexpr bool kRowScale = false;
    static void unpack(const uint8_t* cell, Floats (&out)[kPerLane]) {
        out[0] = {_mm256_castsi256_ps(load(cell)), _mm256_castsi256_ps(load(cell + 32))};
    }
};

struct UnpackF16 {
    static constexpr int kPerLane = 2;
    static constexpr bool kRowScale = false;
    static void unpack_half(const uint8_t* cell, __m256* even, __m256* odd) {
        // Lanes of 32 bits hold inputs (2k, 2k+1); gather all evens, then all odds, 8 rows each.
        const __m256i v = load(cell);
        const __m256i evens = _mm256_and_si256(v, _mm256_set1_epi32(0xFFFF));
        const __m256i packed = _mm256_packus_epi32(evens, _mm256_srli_epi32(v, 16));
        const __m256i ordered = _mm256_permute4x64_epi64(packed, 0xD8);
        *even = _mm256_cvtph_ps(_mm256_castsi256_si128(ordered));
        *odd = _mm256_cvtph_ps(_mm256_extracti128_si256(ordered, 1));
    }
    static void unpack(const uint8_t* cell, Floats (&out)[kPerLane]) {
        unpack_half(cell, &out[0].lo, &out[1].lo);
        unpack_half(cell + 32, &out[0].hi, &out[1].hi);
    }
};

struct UnpackBf16 {
    static constexpr int kPerLane = 2;
    static constexpr bool kRowScale = false;
    static void unpack(const uint8_t* cell, Floats (&out)[kPerLane]) {
        const __m256i lo = load(cell), hi = load(cell + 32);
        const __m256i mask = _mm256_set1_epi32(static_cast<int>(0xFFFF0000u));
        out[0] = {_mm256_castsi256_ps(_mm256_slli_epi32(lo, 16)),
                  _mm256_castsi256_ps(_mm256_slli_epi32(hi, 16))};
        out[1] = {_mm256_castsi256_ps(_mm256_and_si256(lo, mask)),
                  _mm256_castsi256_ps(_mm256_and_si256(hi, mask))};
    }
};

/// f8: the magnitude bits, shifted to f32's mantissa and exponent, read as value * 2^-kRebias
/// (subnormals too).
template <int kMantissaBits, int kRebias>
struct UnpackF8 {
    static constexpr int kPerLane = 4;
    static constexpr bool kRowScale = true;
    static __m256 decode(__m256i code) {
        const __m256i sign = _mm256_slli_epi32(_mm256_and_si256(code, _mm256_set1_epi32(0x80)), 24);
        const __m256i magnitude =
            _mm256_slli_epi32(_mm256_and_si256(code, _mm256_set1_epi32(0x7F)), 23 - kMantissaBits);
        const __m256 scale = _mm256_castsi256_ps(_mm256_set1_epi32((127 + kRebias) << 23));
        return _mm256_or_ps(_mm256_mul_ps(_mm256_castsi256_ps(magnitude), scale),
                            _mm256_castsi256_ps(sign));
    }
    static void unpack(const uint8_t* cell, Floats (&out)[kPerLane]) {
        const __m256i lo = load(cell), hi = load(cell + 32);
        out[0] = {decode(lo), decode(hi)};
        out[1] = {decode(_mm256_srli_epi32(lo, 8)), decode(_mm256_srli_epi32(hi, 8))};
        out[2] = {decode(_mm256_srli_epi32(lo, 16)), decode(_mm256_srli_epi32(hi, 16))};
        out[3] = {decode(_mm256_srli_epi32(lo, 24)), decode(_mm256_srli_epi32(hi, 24))};
    }
};

const float* x_row(const MatmulTask& t, int64_t token) {
    return reinterpret_cast<const float*>(t.x + static_cast<uint64_t>(token) * t.x_stride);
}

/// The 16 row scales behind the codes of an f8 tile; 1 for other formats.
template <class Unpack>
Floats row_scales(const MatmulTask& t, const uint8_t* tile) {
    if constexpr (!Unpack::kRowScale) return {_mm256_set1_ps(1.0f), _mm256_set1_ps(1.0f)};
    const auto* scales =
        reinterpret_cast<const float*>(tile + (t.cols + 31) / 32 * 32 / Unpack::kPerLane * 64);
    return {_mm256_load_ps(scales), _mm256_load_ps(scales + 8)};
}

// ---------------------------------------------------------------- few tokens

/// One tile times kN tokens. Every sum runs over the inputs in order, as in
/// panel_product(), so that a token's result does not depend on its neighbours. Loops over
/// tokens are unrolled, or GCC keeps the sums in memory.
template <class Unpack, int kN>
void tile_product(const MatmulTask& t, const uint8_t* tile, int64_t rows, float* y) {
    static_assert(kN <= kTokens && kTokens == 4);
    constexpr int kPerLane = Unpack::kPerLane;
    const float* x[kN];
    Floats sums[kN];
#pragma GCC unroll 4
    for (int i = 0; i < kN; ++i) {
        x[i] = x_row(t, i);
        sums[i] = {_mm256_setzero_ps(), _mm256_setzero_ps()};
    }
    const auto add_cell = [&](int64_t k, int64_t count) {
        Floats w[kPerLane];
        const uint8_t* cell = tile + k / kPerLane * 64;
        _mm_prefetch(cell + kAhead, _MM_HINT_T0);
        Unpack::unpack(cell, w);
        for (int64_t j = 0; j < count; ++j) {
#pragma GCC unroll 4
            for (int i = 0; i < kN; ++i) {
                const __m256 value = _mm256_broadcast_ss(x[i] + k + j);
                sums[i].lo = _mm256_fmadd_ps(w[j].lo, value, sums[i].lo);
                sums[i].hi = _mm256_fmadd_ps(w[j].hi, value, sums[i].hi);
            }
        }
    };
    int64_t k = 0;
    for (; k + kPerLane <= t.cols; k += kPerLane) add_cell(k, kPerLane);
    if (k < t.cols) add_cell(k, t.cols - k);
    const Floats scales = row_scales<Unpack>(t, tile);
#pragma GCC unroll 4
    for (int i = 0; i < kN; ++i) {
        const Floats scaled{_mm256_mul_ps(sums[i].lo, scales.lo),
                            _mm256_mul_ps(sums[i].hi, scales.hi)};
        store_rows(scaled, rows, y + i * t.y_stride);
    }
}

template <class Unpack>
void multiply_few(const MatmulTask& t, const uint8_t* tile, int64_t rows, float* y) {
    constexpr decltype(&tile_product<Unpack, 1>) kProducts[kTokens] = {
        tile_product<Unpack, 1>, tile_product<Unpack, 2>, tile_product<Unpack, 3>,
        tile_product<Unpack, kTokens>};
    if (t.tokens > 0) kProducts[t.tokens - 1](t, tile, rows, y);
}

// ---------------------------------------------------------------- many tokens

template <class Unpack>
void unpack_panel(const uint8_t* tile, int64_t begin, int64_t end, float* out) {
    for (int64_t k = begin; k < end; k += Unpack::kPerLane) {
        Floats w[Unpack::kPerLane];
        const uint8_t* cell = tile + k / Unpack::kPerLane * 64;
        _mm_prefetch(cell + kAhead, _MM_HINT_T0);
        Unpack::unpack(cell, w);
        for (int j = 0; j < Unpack::kPerLane; ++j, out += 16) {
            _mm256_store_ps(out, w[j].lo);
            _mm256_store_ps(out + 8, w[j].hi);
        }
    }
}

/// Adds inputs [begin, end) of a panel times kN tokens to y, or starts y if begin is 0.
template <int kN>
void panel_product(const MatmulTask& t, const float* panel, int64_t begin, int64_t end,
                   int64_t token, int64_t rows, float* y) {
    const float* x[kN];
    Floats sums[kN];
#pragma GCC unroll 6
    for (int i = 0; i < kN; ++i) {
        x[i] = x_row(t, token + i) + begin;
        sums[i] = {_mm256_setzero_ps(), _mm256_setzero_ps()};
        if (begin > 0) sums[i] = load_rows(y + (token + i) * t.y_stride, rows);
    }
#pragma GCC unroll 8
    for (int64_t k = 0; k < end - begin; ++k, panel += 16) {
        const __m256 lo = _mm256_load_ps(panel), hi = _mm256_load_ps(panel + 8);
#pragma GCC unroll 6
        for (int i = 0; i < kN; ++i) {
            const __m256 value = _mm256_broadcast_ss(x[i] + k);
            sums[i].lo = _mm256_fmadd_ps(lo, value, sums[i].lo);
            sums[i].hi = _mm256_fmadd_ps(hi, value, sums[i].hi);
        }
    }
#pragma GCC unroll 6
    for (int i = 0; i < kN; ++i) store_rows(sums[i], rows, y + (token + i) * t.y_stride);
}

using PanelProduct = void (*)(const MatmulTask&, const float*, int64_t, int64_t, int64_t, int64_t,
                              float*);
/// By the tokens of a block: five and more tokens make blocks of 3 to 6.
constexpr PanelProduct kPanelProducts[kPanelTokens + 1] = {
    nullptr,          nullptr,          nullptr,          panel_product<3>,
    panel_product<4>, panel_product<5>, panel_product<6>,
};

template <class Unpack>
void multiply_many(const MatmulTask& t, const uint8_t* tile, int64_t rows, float* y) {
    alignas(64) float panel[kFloatPanelCols * 16];
    const int64_t blocks = (t.tokens + kPanelTokens - 1) / kPanelTokens;
    for (int64_t begin = 0; begin < t.cols; begin += kFloatPanelCols) {
        const int64_t end = t.cols - begin < kFloatPanelCols ? t.cols : begin + kFloatPanelCols;
        unpack_panel<Unpack>(tile, begin, end, panel);
        for (int64_t b = 0; b < blocks; ++b) {  // blocks of nearly equal size
            const int64_t token = t.tokens * b / blocks;
            const int64_t n = t.tokens * (b + 1) / blocks - token;
            kPanelProducts[n](t, panel, begin, end, token, rows, y);
        }
    }
    if constexpr (Unpack::kRowScale) {
        const Floats scales = row_scales<Unpack>(t, tile);
        for (int64_t token = 0; token < t.tokens; ++token) {
            float* row = y + token * t.y_stride;
            const Floats sums = load_rows(row, rows);
            store_rows({_mm256_mul_ps(sums.lo, scales.lo), _mm256_mul_ps(sums.hi, scales.hi)}, rows,
                       row);
        }
    }
}

template <class Unpack>
void matmul(const MatmulTask& t) {
    const auto multiply = t.tokens <= kTokens ? multiply_few<Unpack> : multiply_many<Unpack>;
    for (int64_t i = t.tile_begin; i < t.tile_end; ++i) {
        const uint8_t* tile = t.weight + static_cast<uint64_t>(i) * t.tile_bytes;
        multiply(t, tile, t.rows - i * 16, t.y + i * 16);
    }
}

constexpr MatmulKernel kCodecs[kRealCodecs] = {
    matmul<UnpackF32>,        matmul<UnpackF16>,        matmul<UnpackBf16>,
    matmul<UnpackF8<3, 120>>, matmul<UnpackF8<2, 112>>,
};

}  // namespace

MatmulKernel real_matmul(Codec codec) { return kCodecs[static_cast<int>(codec)]; }

}  // namespace quern::avx2
