// Block matrix product for NEON, shared by the two ways to multiply bytes (a `Dot` policy:
// block_matmul.cpp and block_matmul_i8mm.cpp). A register of a cell holds four inputs of four rows
// (see unpack.h).
//
// One token (decoding): memory is the limit; codes are unpacked in registers and multiplied with
// sdot by element: one lane holds the token's four inputs.
//
//   x (16 bytes)   lane 0: x[k..k+3] | lane 1: x[k+4..k+7] | lane 2 | lane 3: four steps of a chunk
//
// More tokens: a panel of one tile and up to 1024 inputs is unpacked once into 16 KiB that stay in
// L1, in the order that Dot wants, then multiplied with all tokens, 4 at a time: 16 sums in
// registers. The panel products do not depend on the bits.
//
// Integer sums of a chunk are exact; (bias - z) sum(x) is added, where the bias is what unpacking
// took from every code (symmetric: z is a constant; a minimum m adds m sum(x) to the group's sum).
#pragma once

#include <arm_neon.h>

#include "kernels/block_view.h"
#include "kernels/neon/neon.h"
#include "kernels/neon/unpack.h"
#include "kernels/neon/vector_math.h"

namespace quern::neon {
namespace {

constexpr int kPanelTokens = 4;
constexpr int64_t kPanelCols = 1024;

struct View : BlockView {
    View(const MatmulTask& task, int bits, Zero zero)
        : BlockView(task, bits, zero),
          offset(code_bias(value_bits(bits, zero)) -
                 (offset_bytes(zero, task.two_level) == 0 ? zero_code : 0)) {}

    int32_t offset;  ///< added to every code; kInteger: before z is taken
};

struct Ints {  // 16 rows
    int32x4_t rows[kRegisters];
};

/// A group's scales and offsets.
struct Group {
    Floats scale;
    Ints offset;     ///< kInteger: bias - z
    Floats minimum;  ///< kMinimum
};

Floats load_f16(const uint8_t* p) {
    Floats out;
    for (int j = 0; j < kRegisters; ++j) {
        const uint8x8_t halves = vld1_u8(p + 8 * j);
        out.rows[j] = vcvt_f32_f16(vreinterpret_f16_u8(halves));
    }
    return out;
}

/// 16 signed bytes.
Ints load_bytes(const uint8_t* p) {
    const int8x16_t bytes = vreinterpretq_s8_u8(vld1q_u8(p));
    const int16x8_t low = vmovl_s8(vget_low_s8(bytes)), high = vmovl_high_s8(bytes);
    return {{vmovl_s16(vget_low_s16(low)), vmovl_high_s16(low), vmovl_s16(vget_low_s16(high)),
             vmovl_high_s16(high)}};
}

/// Scales or minima at p, counted in the units at `units` if there are two levels.
Floats load_scales(const View& v, const uint8_t* p, const uint8_t* units) {
    if (!v.t.two_level) return load_f16(p);
    const Ints counts = load_bytes(p);
    Floats out = load_f16(units);
    for (int j = 0; j < kRegisters; ++j) {
        out.rows[j] = vmulq_f32(out.rows[j], vcvtq_f32_s32(counts.rows[j]));
    }
    return out;
}

template <Zero kZero>
Group load_group(const View& v, const uint8_t* tile, int64_t a) {
    const uint8_t* p = v.group(tile, a);
    const uint8_t* offsets = p + v.bytes_per_scales;
    Group g;
    g.scale = load_scales(v, p, v.units(tile));
    if constexpr (kZero == Zero::kInteger) {
        const uint8x16_t z = vld1q_u8(offsets);
        const uint16x8_t low = vmovl_u8(vget_low_u8(z)), high = vmovl_high_u8(z);
        const uint32x4_t wide[kRegisters] = {vmovl_u16(vget_low_u16(low)), vmovl_high_u16(low),
                                             vmovl_u16(vget_low_u16(high)), vmovl_high_u16(high)};
        const int32x4_t bias = vdupq_n_s32(v.offset);
        for (int j = 0; j < kRegisters; ++j) {
            g.offset.rows[j] = vsubq_s32(bias, vreinterpretq_s32_u32(wide[j]));
        }
    }
    if constexpr (kZero == Zero::kMinimum) {
        g.minimum = load_scales(v, offsets, v.units(tile) + kUnitBytes);
    }
    return g;
}

/// What is added to a chunk's integer sums of one token.
template <Zero kZero>
int32x4_t offset_sum(const View& v, const Group& g, int j, int32_t x_start) {
    const int32_t x_sum = x_start / kActivationStart;
    if constexpr (kZero == Zero::kInteger) return vmulq_n_s32(g.offset.rows[j], x_sum);
    return vdupq_n_s32(v.offset * x_sum);
}

/// part += dx * dot, the same operations whatever the number of tokens.
void add_chunk(const Ints& dot, float dx, Floats* part) {
    for (int j = 0; j < kRegisters; ++j) {
        part->rows[j] = vfmaq_n_f32(part->rows[j], vcvtq_f32_s32(dot.rows[j]), dx);
    }
}

/// sum += s part [+ m sum x]
template <Zero kZero>
void add_group(const Group& g, const Floats& part, float x_sum, Floats* sum) {
    for (int j = 0; j < kRegisters; ++j) {
        float32x4_t& out = sum->rows[j];
        out = vfmaq_f32(out, g.scale.rows[j], part.rows[j]);
        if constexpr (kZero == Zero::kMinimum) out = vfmaq_n_f32(out, g.minimum.rows[j], x_sum);
    }
}

// ---------------------------------------------------------------- one token

/// One tile times the only token. Two sums per register of rows, for even and odd steps, hide the
/// latency of the dot instruction.
template <int kBits, Zero kZero>
void multiply_one(const View& v, const uint8_t* tile, int64_t rows, float* y) {
    const int8_t* x = v.x(0);
    Floats sums{};
    for (int64_t a = 0; a < v.n_groups; ++a) {
        Floats part{};
        const Group g = load_group<kZero>(v, tile, a);
        for (int64_t c = v.first_chunk(a); c < v.last_chunk(a); ++c) {
            Ints even, odd{};
            for (int j = 0; j < kRegisters; ++j) {
                even.rows[j] = offset_sum<kZero>(v, g, j, v.starts(x)[c]);
            }
            const uint8_t* chunk = v.chunk(tile, c);
            const int8x16_t x16[2] = {vld1q_s8(x + c * 32), vld1q_s8(x + c * 32 + 16)};
            for_each_step([&]<int kStep>() {
                Ints& dots = kStep % 2 == 0 ? even : odd;
                for (int j = 0; j < kRegisters; ++j) {
                    const int8x16_t w = load_codes<kBits, kZero, kStep>(chunk, j);
                    dots.rows[j] = vdotq_laneq_s32(dots.rows[j], w, x16[kStep / 4], kStep % 4);
                }
            });
            for (int j = 0; j < kRegisters; ++j) {
                even.rows[j] = vaddq_s32(even.rows[j], odd.rows[j]);
            }
            add_chunk(even, v.scales(x)[c], &part);
        }
        add_group<kZero>(g, part, v.sums(x)[a], &sums);
    }
    store_rows(sums, rows, y);
}

// ---------------------------------------------------------------- more tokens

/// The codes of one tile, one byte each, for kPanelCols inputs: eight registers per pair of steps.
struct Panel {
    alignas(64) int8_t codes[kPanelCols * 16];
};
constexpr int64_t kPairBytes = 2 * kBlockCellBytes;

template <class Dot, int kBits, Zero kZero>
void unpack_panel(const View& v, const uint8_t* tile, int64_t first_chunk, int64_t last_chunk,
                  Panel* panel) {
    int8_t* out = panel->codes;
    for (int64_t c = first_chunk; c < last_chunk; ++c) {
        const uint8_t* chunk = v.chunk(tile, c);
        for_each_step([&]<int kStep>() {
            if constexpr (kStep % 2 == 0) {
                for (int j = 0; j < kRegisters; ++j) {
                    Dot::store_pair(load_codes<kBits, kZero, kStep>(chunk, j),
                                    load_codes<kBits, kZero, kStep + 1>(chunk, j), j, out);
                }
                out += kPairBytes;
            }
        });
    }
}

/// Which part of the product one call computes.
struct Part {
    const uint8_t* tile;
    int64_t rows;
    int64_t first_group, last_group;
};

/// Adds a panel times kN tokens to y (or starts y, if it is the first panel).
template <class Dot, Zero kZero, int kN>
void panel_product(const View& v, const Panel& panel, const Part& part, int64_t token, float* y) {
    const int8_t* x[kN];
    Floats sums[kN];
    for (int i = 0; i < kN; ++i) {
        x[i] = v.x(token + i);
        sums[i] = part.first_group == 0 ? Floats{} : load_rows(y + i * v.t.y_stride, part.rows);
    }
    const int8_t* pair = panel.codes;
    for (int64_t a = part.first_group; a < part.last_group; ++a) {
        Floats parts[kN] = {};
        const Group g = load_group<kZero>(v, part.tile, a);
        for (int64_t c = v.first_chunk(a); c < v.last_chunk(a); ++c) {
            typename Dot::template Sums<kN> dots{};
            Dot::template add_inputs<kN>(pair, x, c * 32, dots);
            Dot::template add_inputs<kN>(pair + 2 * kPairBytes, x, c * 32 + 16, dots);
            pair += 4 * kPairBytes;
            for (int i = 0; i < kN; ++i) {
                Ints dot = Dot::template of_token<kN>(dots, i);
                for (int j = 0; j < kRegisters; ++j) {
                    const int32x4_t offset = offset_sum<kZero>(v, g, j, v.starts(x[i])[c]);
                    dot.rows[j] = vaddq_s32(dot.rows[j], offset);
                }
                add_chunk(dot, v.scales(x[i])[c], &parts[i]);
            }
        }
        for (int i = 0; i < kN; ++i) {
            add_group<kZero>(g, parts[i], v.sums(x[i])[a], &sums[i]);
        }
    }
    for (int i = 0; i < kN; ++i) store_rows(sums[i], part.rows, y + i * v.t.y_stride);
}

using PanelProduct = void (*)(const View&, const Panel&, const Part&, int64_t, float*);
template <class Dot, Zero kZero>
constexpr PanelProduct kPanelProducts[kPanelTokens + 1] = {
    nullptr, nullptr, panel_product<Dot, kZero, 2>, panel_product<Dot, kZero, 3>,
    panel_product<Dot, kZero, 4>};

template <class Dot, int kBits, Zero kZero>
void multiply_many(const View& v, const uint8_t* tile, int64_t rows, float* y) {
    const int64_t blocks = (v.t.tokens + kPanelTokens - 1) / kPanelTokens;
    const int64_t groups_per_panel = kPanelCols / v.t.group;
    Panel panel;
    for (int64_t first = 0; first < v.n_groups; first += groups_per_panel) {
        const int64_t end = first + groups_per_panel;
        const int64_t last = end < v.n_groups ? end : v.n_groups;
        unpack_panel<Dot, kBits, kZero>(v, tile, v.first_chunk(first), v.last_chunk(last - 1),
                                        &panel);
        const Part part{tile, rows, first, last};
        for (int64_t b = 0; b < blocks; ++b) {  // blocks of nearly equal size, at least 2
            const int64_t token = v.t.tokens * b / blocks;
            const int64_t n = v.t.tokens * (b + 1) / blocks - token;
            kPanelProducts<Dot, kZero>[n](v, panel, part, token, y + token * v.t.y_stride);
        }
    }
}

// ---------------------------------------------------------------- by the number of tokens

template <class Dot, int kBits, Zero kZero>
void matmul(const MatmulTask& t) {
    const View v(t, kBits, kZero);
    const auto multiply =
        t.tokens == 1 ? multiply_one<kBits, kZero> : multiply_many<Dot, kBits, kZero>;
    for (int64_t i = t.tile_begin; i < t.tile_end; ++i) {
        multiply(v, v.tile(i), t.rows - i * 16, t.y + i * 16);
    }
}

template <class Dot, int kBits>
constexpr MatmulKernel kNf4 = nullptr;
template <class Dot>
constexpr MatmulKernel kNf4<Dot, 4> = matmul<Dot, 4, Zero::kNf4>;
template <class Dot, int kBits>
constexpr MatmulKernel kWidth[kZeroKinds] = {matmul<Dot, kBits, Zero::kSymmetric>,
                                             matmul<Dot, kBits, Zero::kInteger>,
                                             matmul<Dot, kBits, Zero::kMinimum>, kNf4<Dot, kBits>};
template <class Dot>
constexpr const MatmulKernel* kWidths[9] = {nullptr,        nullptr,        kWidth<Dot, 2>,
                                            kWidth<Dot, 3>, kWidth<Dot, 4>, kWidth<Dot, 5>,
                                            kWidth<Dot, 6>, nullptr,        kWidth<Dot, 8>};

}  // namespace
}  // namespace quern::neon
