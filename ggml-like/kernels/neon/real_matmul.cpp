// Matrix product with floating-point weights for NEON: an unpack policy per format turns the cells
// of four inputs (16 rows) into f32; an input of a token is one lane of a register and multiplied
// with 16 rows at once. As in block_product.h, one token is multiplied straight from the tiles,
// more through a panel of one tile that is unpacked once.
#include <arm_neon.h>

#include "kernels/neon/neon.h"
#include "kernels/neon/vector_math.h"

namespace quern::neon {
namespace {

constexpr int kPanelTokens = 4;
constexpr int64_t kPanelCols = 256;  ///< 16 KiB of f32

struct UnpackF32 {
    static constexpr int64_t kPerLane = 1;
    static constexpr bool kRowScale = false;
    static void unpack(const uint8_t* cells, Floats (&out)[4]) {
        for (int i = 0; i < 4; ++i) {
            for (int j = 0; j < kRegisters; ++j) {
                out[i].rows[j] = vreinterpretq_f32_u8(vld1q_u8(cells + 64 * i + 16 * j));
            }
        }
    }
};

uint16x8_t load_halves(const uint8_t* p) { return vreinterpretq_u16_u8(vld1q_u8(p)); }

/// f16 of rows 0..3 and 4..7, two inputs per row -> f32 of the first and of the second input.
void split_inputs(uint16x8_t low, uint16x8_t high, float32x4_t* first, float32x4_t* second) {
    const float16x8_t a = vreinterpretq_f16_u16(vuzp1q_u16(low, high));
    const float16x8_t b = vreinterpretq_f16_u16(vuzp2q_u16(low, high));
    first[0] = vcvt_f32_f16(vget_low_f16(a));
    first[1] = vcvt_high_f32_f16(a);
    second[0] = vcvt_f32_f16(vget_low_f16(b));
    second[1] = vcvt_high_f32_f16(b);
}

struct UnpackF16 {
    static constexpr int64_t kPerLane = 2;
    static constexpr bool kRowScale = false;
    static void unpack(const uint8_t* cells, Floats (&out)[4]) {
        for (int half = 0; half < 4; ++half) {
            const uint8_t* p = cells + 32 * half;
            const int input = half / 2 * 2, row = half % 2 * 2;
            split_inputs(load_halves(p), load_halves(p + 16), &out[input].rows[row],
                         &out[input + 1].rows[row]);
        }
    }
};

struct UnpackBf16 {
    static constexpr int64_t kPerLane = 2;
    static constexpr bool kRowScale = false;
    static void unpack(const uint8_t* cells, Floats (&out)[4]) {
        const uint32x4_t mask = vdupq_n_u32(0xFFFF0000u);
        for (int c = 0; c < 2; ++c) {
            for (int j = 0; j < kRegisters; ++j) {
                const uint32x4_t v = vreinterpretq_u32_u8(vld1q_u8(cells + 64 * c + 16 * j));
                out[2 * c].rows[j] = vreinterpretq_f32_u32(vshlq_n_u32(v, 16));
                out[2 * c + 1].rows[j] = vreinterpretq_f32_u32(vandq_u32(v, mask));
            }
        }
    }
};

/// f8 by way of f16: E5M2 is the upper byte of an f16; E4M3, its magnitude shifted right by one, is
/// an f16 of value / 256, subnormals too.
template <int kMantissaBits>
struct UnpackF8 {
    static constexpr int64_t kPerLane = 4;
    static constexpr bool kRowScale = true;
    static constexpr bool kE4M3 = kMantissaBits == 3;
    static constexpr float kUnit = kE4M3 ? 256.0f : 1.0f;
    /// The codes in the upper bytes. The shift keeps the sign and leaves a copy of it in bit 14.
    static uint16x8_t to_f16(uint16x8_t v) {
        if constexpr (!kE4M3) return vandq_u16(v, vdupq_n_u16(0xFF00));
        const int16x8_t shifted = vshrq_n_s16(vreinterpretq_s16_u16(v), 1);
        return vandq_u16(vreinterpretq_u16_s16(shifted), vdupq_n_u16(0xBF80));
    }
    static void unpack(const uint8_t* cells, Floats (&out)[4]) {
        for (int row = 0; row < kRegisters; row += 2) {
            const uint16x8_t low = load_halves(cells + 16 * row);
            const uint16x8_t high = load_halves(cells + 16 * row + 16);
            split_inputs(to_f16(vshlq_n_u16(low, 8)), to_f16(vshlq_n_u16(high, 8)),
                         &out[0].rows[row], &out[2].rows[row]);
            split_inputs(to_f16(low), to_f16(high), &out[1].rows[row], &out[3].rows[row]);
        }
    }
};

const float* x_row(const MatmulTask& t, int64_t token) {
    return reinterpret_cast<const float*>(t.x + static_cast<uint64_t>(token) * t.x_stride);
}

const uint8_t* tile_at(const MatmulTask& t, int64_t i) {
    return t.weight + static_cast<uint64_t>(i) * t.tile_bytes;
}

/// Inputs k to k + 3 of a tile, k a multiple of 4; 0 from `end` on. A tile has room for whole 32s,
/// but a cache may hold anything there.
template <class Unpack>
void unpack4(const uint8_t* tile, int64_t k, int64_t end, Floats (&out)[4]) {
    Unpack::unpack(tile + k / Unpack::kPerLane * 64, out);
    for (int64_t i = end - k; i < 4; ++i) out[i] = Floats{};
}

/// Multiplies by the 16 row scales behind the codes of an f8 tile.
template <class Unpack>
void scale_rows(const MatmulTask& t, const uint8_t* tile, Floats* sum) {
    const uint8_t* scales = tile + (t.cols + 31) / 32 * 32 / Unpack::kPerLane * 64;
    const Floats s = load_floats(reinterpret_cast<const float*>(scales));
    for (int j = 0; j < kRegisters; ++j) {
        sum->rows[j] = vmulq_f32(vmulq_n_f32(sum->rows[j], Unpack::kUnit), s.rows[j]);
    }
}

// ---------------------------------------------------------------- one token

/// kTiles tiles times the only token: the independent sums hide the latency of the multiply-add.
/// Every sum runs over the inputs in order, as in panel_product(), so that a token's result does
/// not depend on its neighbours.
template <class Unpack, int kTiles>
void multiply_one(const MatmulTask& t, int64_t tile) {
    const float* x = x_row(t, 0);
    const uint8_t* tiles[kTiles];
    Floats sums[kTiles];
    for (int i = 0; i < kTiles; ++i) {
        tiles[i] = tile_at(t, tile + i);
        sums[i] = Floats{};
    }
    for (int64_t k = 0; k < t.cols; k += 4) {
        const float32x4_t x4 = load_some(x + k, t.cols - k);
        for (int i = 0; i < kTiles; ++i) {
            Floats w[4];
            unpack4<Unpack>(tiles[i], k, t.cols, w);
            for (int j = 0; j < kRegisters; ++j) {
                float32x4_t& sum = sums[i].rows[j];
                sum = vfmaq_laneq_f32(sum, w[0].rows[j], x4, 0);
                sum = vfmaq_laneq_f32(sum, w[1].rows[j], x4, 1);
                sum = vfmaq_laneq_f32(sum, w[2].rows[j], x4, 2);
                sum = vfmaq_laneq_f32(sum, w[3].rows[j], x4, 3);
            }
        }
    }
#pragma GCC unroll 4  // keeps the sums in registers
    for (int i = 0; i < kTiles; ++i) {
        if constexpr (Unpack::kRowScale) scale_rows<Unpack>(t, tiles[i], &sums[i]);
        store_rows(sums[i], t.rows - (tile + i) * 16, t.y + (tile + i) * 16);
    }
}

// ---------------------------------------------------------------- more tokens

struct Panel {
    alignas(64) float values[kPanelCols * 16];  ///< 16 rows per input
};

template <class Unpack>
void unpack_panel(const uint8_t* tile, int64_t begin, int64_t end, Panel* panel) {
    float* out = panel->values;
    for (int64_t k = begin; k < end; k += 4) {
        Floats w[4];
        unpack4<Unpack>(tile, k, end, w);
        for (int i = 0; i < 4; ++i) store_floats(w[i], out + 16 * i);
        out += 64;
    }
}

/// Adds the products of one input (16 rows of the panel) to the sums of kN tokens.
template <int kLane, int kN>
void add_input(const float* w, const float32x4_t (&x4)[kN], Floats (&sums)[kN]) {
    for (int j = 0; j < kRegisters; ++j) {
        const float32x4_t v = vld1q_f32(w + 4 * j);
        for (int i = 0; i < kN; ++i) {
            sums[i].rows[j] = vfmaq_laneq_f32(sums[i].rows[j], v, x4[i], kLane);
        }
    }
}

/// Adds inputs [begin, end) of a panel times kN tokens to y, or starts y if begin is 0.
template <int kN>
void panel_product(const MatmulTask& t, const Panel& panel, int64_t begin, int64_t end,
                   int64_t token, int64_t tile) {
    const int64_t rows = t.rows - tile * 16;
    float* y = t.y + token * t.y_stride + tile * 16;
    const float* x[kN];
    Floats sums[kN];
    for (int i = 0; i < kN; ++i) {
        x[i] = x_row(t, token + i);
        sums[i] = begin == 0 ? Floats{} : load_rows(y + i * t.y_stride, rows);
    }
    const float* w = panel.values;
    for (int64_t k = begin; k < end; k += 4) {
        float32x4_t x4[kN];
        for (int i = 0; i < kN; ++i) x4[i] = load_some(x[i] + k, end - k);
        add_input<0>(w, x4, sums);
        add_input<1>(w + 16, x4, sums);
        add_input<2>(w + 32, x4, sums);
        add_input<3>(w + 48, x4, sums);
        w += 64;
    }
#pragma GCC unroll 4  // keeps the sums in registers
    for (int i = 0; i < kN; ++i) store_rows(sums[i], rows, y + i * t.y_stride);
}

using PanelProduct = void (*)(const MatmulTask&, const Panel&, int64_t, int64_t, int64_t, int64_t);
constexpr PanelProduct kPanelProducts[kPanelTokens + 1] = {nullptr, nullptr, panel_product<2>,
                                                           panel_product<3>, panel_product<4>};

template <class Unpack>
void multiply_many(const MatmulTask& t, int64_t tile) {
    const int64_t blocks = (t.tokens + kPanelTokens - 1) / kPanelTokens;
    Panel panel;
    for (int64_t begin = 0; begin < t.cols; begin += kPanelCols) {
        const int64_t end = t.cols - begin < kPanelCols ? t.cols : begin + kPanelCols;
        unpack_panel<Unpack>(tile_at(t, tile), begin, end, &panel);
        for (int64_t b = 0; b < blocks; ++b) {  // blocks of nearly equal size, at least 2
            const int64_t token = t.tokens * b / blocks;
            const int64_t n = t.tokens * (b + 1) / blocks - token;
            kPanelProducts[n](t, panel, begin, end, token, tile);
        }
    }
    if constexpr (Unpack::kRowScale) {
        const int64_t rows = t.rows - tile * 16;
        for (int64_t token = 0; token < t.tokens; ++token) {
            float* y = t.y + token * t.y_stride + tile * 16;
            Floats sum = load_rows(y, rows);
            scale_rows<Unpack>(t, tile_at(t, tile), &sum);
            store_rows(sum, rows, y);
        }
    }
}

// ---------------------------------------------------------------- by the number of tokens

template <class Unpack>
void matmul(const MatmulTask& t) {
    int64_t tile = t.tile_begin;
    if (t.tokens != 1) {
        for (; tile < t.tile_end; ++tile) multiply_many<Unpack>(t, tile);
        return;
    }
    for (; tile + 2 <= t.tile_end; tile += 2) multiply_one<Unpack, 2>(t, tile);
    if (tile < t.tile_end) multiply_one<Unpack, 1>(t, tile);
}

constexpr MatmulKernel kCodecs[kRealCodecs] = {
    matmul<UnpackF32>,   matmul<UnpackF16>,   matmul<UnpackBf16>,
    matmul<UnpackF8<3>>, matmul<UnpackF8<2>>,
};

}  // namespace

MatmulKernel real_matmul(Codec codec) { return kCodecs[static_cast<int>(codec)]; }

}  // namespace quern::neon
