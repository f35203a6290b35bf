// Scalar twin of the block matrix product: the specification of every faster one. Integer sums are
// exact; per activation scale: y += dx * (the sum over its groups of s * (sum q x - z sum x)), or
// of s * sum q x + m sum x with a float minimum. A table of values replaces q by its value first.
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

template <int kBits, Zero kZero>
int32_t dot_group(const uint8_t* tile, int64_t r, const int8_t* x, int64_t begin, int64_t end) {
    int32_t sum = 0;
    for (int64_t k = begin; k < end; k += 4) {
        int32_t q[4];
        load_step<kBits, kZero>(tile + k / 32 * chunk_bytes(kBits), r, k % 32 / 4, q);
        for (int b = 0; b < 4; ++b) sum += q[b] * x[k + b];
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

/// Group a of row r, without the activation's scale.
template <int kBits, Zero kZero>
float group_value(const BlockView& v, const uint8_t* tile, int64_t r, const int8_t* x, int64_t a) {
    const uint8_t* group = v.group(tile, a);
    const uint8_t* offsets = group + v.bytes_per_scales;
    const float s = load_scale(v, group, v.units(tile), r);
    const int32_t x_sum = v.sums(x)[a];
    const int32_t dot =
        dot_group<kBits, kZero>(tile, r, x, v.first_chunk(a) * 32, v.last_chunk(a) * 32);
    if constexpr (kZero == Zero::kMinimum) {
        const float m = load_scale(v, offsets, v.units(tile) + kUnitBytes, r);
        return s * static_cast<float>(dot) + m * static_cast<float>(x_sum);
    }
    const int32_t zero = kZero == Zero::kInteger ? offsets[r] : v.zero_code;
    return s * static_cast<float>(dot - zero * x_sum);
}

template <int kBits, Zero kZero>
float dot_row(const BlockView& v, const uint8_t* tile, int64_t r, const int8_t* x) {
    float sum = 0;
    for (int64_t a = 0; a < v.n_groups; ++a) {
        sum += v.scales(x)[a] * group_value<kBits, kZero>(v, tile, r, x, a);
    }
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
