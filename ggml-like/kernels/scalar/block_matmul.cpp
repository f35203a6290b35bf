// Scalar twin of the block matrix product: the specification of every faster one. Integer sums are
// exact; per activation group: y += dx * s * (sum q x - z sum x), or dx * (s * sum q x + m sum x)
// with a float minimum.
#include <algorithm>

#include "formats/activation.h"
#include "formats/block.h"
#include "kernels/scalar/scalar.h"
#include "tensor/numeric.h"

namespace quern::scalar {
namespace {

struct Row {
    const int8_t* codes;
    const float* scales;
    const int32_t* sums;
};

Row activation_row(const MatmulTask& t, int64_t token) {
    const ActivationLayout layout{t.cols, t.activation_group};
    const uint8_t* base = t.x + static_cast<uint64_t>(token) * t.x_stride;
    return {reinterpret_cast<const int8_t*>(base),
            reinterpret_cast<const float*>(base + layout.scale_offset()),
            reinterpret_cast<const int32_t*>(base + layout.sum_offset())};
}

/// The codes of four inputs (step s of a chunk) of row r.
template <int kBits>
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
}

template <int kBits>
int32_t dot_group(const uint8_t* tile, int64_t r, const int8_t* x, int64_t begin, int64_t end) {
    int32_t sum = 0;
    for (int64_t k = begin; k < end; k += 4) {
        int32_t q[4];
        load_step<kBits>(tile + k / 32 * chunk_bytes(kBits), r, k % 32 / 4, q);
        for (int b = 0; b < 4; ++b) sum += q[b] * x[k + b];
    }
    return sum;
}

template <int kBits, Zero kZero>
float dot_row(const MatmulTask& t, const uint8_t* tile, int64_t r, const Row& x) {
    constexpr int64_t kOffsetBytes = kZero == Zero::kInteger   ? 16
                                     : kZero == Zero::kMinimum ? 32
                                                               : 0;
    const int64_t padded = (t.cols + 31) / 32 * 32;
    const uint8_t* groups = tile + padded / 32 * chunk_bytes(kBits);
    float sum = 0;
    for (int64_t begin = 0; begin < t.cols; begin += t.activation_group) {
        const int64_t a = begin / t.activation_group;
        const uint8_t* group = groups + begin / t.group * (32 + kOffsetBytes);
        const float s = f16_to_f32(reinterpret_cast<const uint16_t*>(group)[r]);
        const int32_t dot =
            dot_group<kBits>(tile, r, x.codes, begin, std::min(begin + t.activation_group, padded));
        if constexpr (kZero == Zero::kMinimum) {
            const float m = f16_to_f32(reinterpret_cast<const uint16_t*>(group + 32)[r]);
            sum += x.scales[a] * (s * static_cast<float>(dot) + m * static_cast<float>(x.sums[a]));
        } else {
            const int32_t zero = kZero == Zero::kInteger ? group[32 + r] : 1 << (kBits - 1);
            sum += x.scales[a] * s * static_cast<float>(dot - zero * x.sums[a]);
        }
    }
    return sum;
}

template <int kBits, Zero kZero>
void matmul(const MatmulTask& t) {
    for (int64_t tile = t.tile_begin; tile < t.tile_end; ++tile) {
        const uint8_t* weight = t.weight + static_cast<uint64_t>(tile) * t.tile_bytes;
        const int64_t rows = std::min<int64_t>(16, t.rows - tile * 16);
        for (int64_t token = 0; token < t.tokens; ++token) {
            const Row x = activation_row(t, token);
            for (int64_t r = 0; r < rows; ++r) {
                t.y[token * t.y_stride + tile * 16 + r] = dot_row<kBits, kZero>(t, weight, r, x);
            }
        }
    }
}

template <int kBits>
constexpr MatmulKernel kWidth[kZeroKinds] = {
    matmul<kBits, Zero::kSymmetric>, matmul<kBits, Zero::kInteger>, matmul<kBits, Zero::kMinimum>};
constexpr const MatmulKernel* kWidths[9] = {nullptr,   nullptr,   kWidth<2>, kWidth<3>, kWidth<4>,
                                            kWidth<5>, kWidth<6>, nullptr,   kWidth<8>};

}  // namespace

MatmulKernel block_matmul(int bits, Zero zero) { return kWidths[bits][static_cast<int>(zero)]; }

}  // namespace quern::scalar
