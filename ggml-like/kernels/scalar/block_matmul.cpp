// Scalar twin of the block matrix product: the specification of every faster one. Per group:
//
//   y += s * (the sum over its chunks of dx * (sum q x - z sum x)) + m * (the sum of the inputs)
//
// with the chunk's input scale dx and exact integer sums of codes. z is 0 with a float minimum m,
// which is 0 otherwise. A table of values replaces q by its value first.
#include <algorithm>

#include "formats/nf4.h"
#include "kernels/block_view.h"
#include "kernels/scalar/scalar.h"
#include "tensor/numeric.h"

namespace quern::scalar {
namespace {

/// The values of four inputs (step s of a chunk) of row r.
template <int kBits, Zero kZero>
void load_step(const uint8_t* chunk, int64_t r, int64_t s, int32_t out[4]) {
    constexpr Planes kPlanes = planes_of(kBits);
    out[0] = out[1] = out[2] = out[3] = 0;
    int low = 0;
    for (int p = 0; p < kPlanes.count; ++p) {
        const int bits = kPlanes.bits[p];
        const int64_t per_cell = 8 / bits;
        const uint8_t* lane = chunk + s / per_cell * kBlockCellBytes + r * 4;
        for (int b = 0; b < 4; ++b) {
            const int code = (lane[b] >> (bits * (s % per_cell))) & ((1 << bits) - 1);
            out[b] |= code << low;
        }
        chunk += kBlockCellBytes * bits;
        low += bits;
    }
    if constexpr (kZero == Zero::kNf4) {
        for (int b = 0; b < 4; ++b) out[b] = kNf4Values[out[b]];
    }
}

/// Chunk c of row r times its inputs.
template <int kBits, Zero kZero>
int32_t dot_chunk(const BlockView& v, const uint8_t* tile, int64_t r, const int8_t* x, int64_t c) {
    int32_t sum = 0;
    for (int64_t s = 0; s < 8; ++s) {
        int32_t q[4];
        load_step<kBits, kZero>(v.chunk(tile, c), r, s, q);
        for (int b = 0; b < 4; ++b) sum += q[b] * x[c * 32 + s * 4 + b];
    }
    return sum;
}

/// Row r's scale or minimum among the 16 at p, counted in the units at `units` if there are two
/// levels.
float load_scale(const BlockView& v, const uint8_t* p, const uint8_t* units, int64_t r) {
    if (!v.t.two_level) return f16_to_f32(reinterpret_cast<const uint16_t*>(p)[r]);
    const auto count = static_cast<float>(reinterpret_cast<const int8_t*>(p)[r]);
    return f16_to_f32(reinterpret_cast<const uint16_t*>(units)[r]) * count;
}

/// Group a of row r times its inputs.
template <int kBits, Zero kZero>
float group_value(const BlockView& v, const uint8_t* tile, int64_t r, const int8_t* x, int64_t a) {
    const uint8_t* group = v.group(tile, a);
    const uint8_t* offsets = group + v.bytes_per_scales;
    const float s = load_scale(v, group, v.units(tile), r);
    const int32_t zero = kZero == Zero::kMinimum   ? 0
                         : kZero == Zero::kInteger ? offsets[r]
                                                   : v.zero_code;
    float sum = 0;
    for (int64_t c = v.first_chunk(a); c < v.last_chunk(a); ++c) {
        const int32_t x_sum = v.starts(x)[c] / kActivationStart;
        const int32_t dot = dot_chunk<kBits, kZero>(v, tile, r, x, c) - zero * x_sum;
        sum += v.scales(x)[c] * static_cast<float>(dot);
    }
    if constexpr (kZero == Zero::kMinimum) {
        const float m = load_scale(v, offsets, v.units(tile) + kUnitBytes, r);
        return s * sum + m * v.sums(x)[a];
    }
    return s * sum;
}

template <int kBits, Zero kZero>
float dot_row(const BlockView& v, const uint8_t* tile, int64_t r, const int8_t* x) {
    float sum = 0;
    for (int64_t a = 0; a < v.n_groups; ++a) sum += group_value<kBits, kZero>(v, tile, r, x, a);
    return sum;
}

template <int kBits, Zero kZero>
void matmul(const MatmulTask& t) {
    const BlockView v(t, kBits, kZero);
    for (int64_t tile = t.tile_begin; tile < t.tile_end; ++tile) {
        const int64_t rows = std::min<int64_t>(16, t.rows - tile * 16);
        for (int64_t token = 0; token < t.tokens; ++token) {
            for (int64_t r = 0; r < rows; ++r) {
                t.y[token * t.y_stride + tile * 16 + r] =
                    dot_row<kBits, kZero>(v, v.tile(tile), r, v.x(token));
            }
        }
    }
}

template <int kBits>
constexpr MatmulKernel kNf4 = nullptr;
template <>
constexpr MatmulKernel kNf4<4> = matmul<4, Zero::kNf4>;
template <int kBits>
constexpr MatmulKernel kWidth[kZeroKinds] = {matmul<kBits, Zero::kSymmetric>,
                                             matmul<kBits, Zero::kInteger>,
                                             matmul<kBits, Zero::kMinimum>, kNf4<kBits>};
constexpr const MatmulKernel* kWidths[9] = {nullptr,   nullptr,   kWidth<2>, kWidth<3>, kWidth<4>,
                                            kWidth<5>, kWidth<6>, nullptr,   kWidth<8>};

}  // namespace

MatmulKernel block_matmul(int bits, Zero zero) { return kWidths[bits][static_cast<int>(zero)]; }

}  // namespace quern::scalar
