// Scalar twin of the matrix product with floating-point weights: f32 activations, f32 sums in input
// order.
#include <algorithm>

#include "kernels/scalar/scalar.h"
#include "tensor/numeric.h"

namespace quern::scalar {
namespace {

float same(float v) { return v; }

template <class Code, float (*decode)(Code), bool kRowScale>
void matmul(const MatmulTask& t) {
    constexpr int64_t kPerLane = 4 / sizeof(Code);
    const int64_t padded = (t.cols + 31) / 32 * 32;
    for (int64_t tile = t.tile_begin; tile < t.tile_end; ++tile) {
        const uint8_t* weight = t.weight + static_cast<uint64_t>(tile) * t.tile_bytes;
        const auto* scales = reinterpret_cast<const float*>(weight + padded / kPerLane * 64);
        const int64_t rows = std::min<int64_t>(16, t.rows - tile * 16);
        for (int64_t token = 0; token < t.tokens; ++token) {
            const auto* x =
                reinterpret_cast<const float*>(t.x + static_cast<uint64_t>(token) * t.x_stride);
            for (int64_t r = 0; r < rows; ++r) {
                float sum = 0;
                for (int64_t k = 0; k < t.cols; ++k) {
                    const auto* lane =
                        reinterpret_cast<const Code*>(weight + k / kPerLane * 64 + r * 4);
                    sum += decode(lane[k % kPerLane]) * x[k];
                }
                t.y[token * t.y_stride + tile * 16 + r] = kRowScale ? sum * scales[r] : sum;
            }
        }
    }
}

constexpr MatmulKernel kCodecs[kRealCodecs] = {
    matmul<float, same, false>,
    matmul<uint16_t, f16_to_f32, false>,
    matmul<uint16_t, bf16_to_f32, false>,
    matmul<uint8_t, f8_e4m3_to_f32, true>,
    matmul<uint8_t, f8_e5m2_to_f32, true>,
};

}  // namespace

MatmulKernel real_matmul(Codec codec) { return kCodecs[static_cast<int>(codec)]; }

}  // namespace quern::scalar
