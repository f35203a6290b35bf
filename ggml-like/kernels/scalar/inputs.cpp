// Scalar twins of what makes inputs of products: activation quantization, rounding to bf16.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "kernels/activation_row.h"
#include "kernels/scalar/scalar.h"
#include "tensor/numeric.h"

namespace quern::scalar {
namespace {

/// One row of a task, times the factors.
struct Inputs {
    const float* x;
    const float* factors;
    float operator()(int64_t k) const { return factors == nullptr ? x[k] : x[k] * factors[k]; }
};

float find_absmax(const Inputs& x, int64_t begin, int64_t end) {
    float absmax = 0;
    for (int64_t k = begin; k < end; ++k) absmax = std::max(absmax, std::fabs(x(k)));
    return absmax;
}

/// Rounds half to even and clamps; NaN becomes -127, so that no input is undefined.
int8_t to_code(float v) {
    if (!(v >= -127.0f)) return -127;
    if (v > 127.0f) return 127;
    return static_cast<int8_t>(std::nearbyint(v));
}

void quantize_row(const Inputs& x, int64_t cols, float range, uint8_t* out) {
    const ActivationLayout layout{cols};
    auto* codes = reinterpret_cast<int8_t*>(out);
    auto* scales = reinterpret_cast<float*>(out + layout.scale_offset());
    auto* starts = reinterpret_cast<int32_t*>(out + layout.start_offset());
    auto* sums = reinterpret_cast<float*>(out + layout.sum_offset(kActivationChunk));
    std::memset(codes + cols, 0, static_cast<size_t>(layout.scale_offset() - cols));
    for (int64_t c = 0; c < layout.n_chunks(); ++c) {
        const int64_t begin = c * kActivationChunk;
        const int64_t end = std::min(begin + kActivationChunk, cols);
        const float absmax = range > 0 ? range : find_absmax(x, begin, end);
        const float inverse = absmax > kSmallestActivation ? 127.0f / absmax : 0.0f;
        for (int64_t k = begin; k < end; ++k) codes[k] = to_code(x(k) * inverse);
        scales[c] = absmax / 127.0f;
        const int32_t sum = std::accumulate(codes + begin, codes + end, 0);
        starts[c] = kActivationStart * sum;
        sums[c] = scales[c] * static_cast<float>(sum);
    }
    add_larger_sums(layout, out);
}

}  // namespace

void quantize_rows(const InputTask& t) {
    for_each_row(t, [&t](const float* x, uint8_t* out) {
        quantize_row({x, t.factors}, t.cols, t.range, out);
    });
}

void round_rows(const InputTask& t) {
    for_each_row(t, [&t](const float* x, uint8_t* out) {
        auto* y = reinterpret_cast<float*>(out);
        for (int64_t k = 0; k < t.cols; ++k) y[k] = bf16_to_f32(f32_to_bf16(x[k]));
    });
}

}  // namespace quern::scalar
