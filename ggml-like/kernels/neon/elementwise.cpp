// Row-wise kernels for NEON; the formulas are in kernels/scalar/elementwise.cpp.
#include <arm_neon.h>

#include "kernels/activation_sums.h"
#include "kernels/neon/neon.h"
#include "kernels/neon/vector_math.h"

namespace quern::neon {
namespace {

/// A row's inputs, up to n of the four from k on.
struct PlainInputs {
    const float* x;
    float32x4_t load(int64_t k, int64_t n) const { return load_some(x + k, n); }
};
struct ScaledInputs {
    const float *x, *factors;
    float32x4_t load(int64_t k, int64_t n) const {
        return vmulq_f32(load_some(x + k, n), load_some(factors + k, n));
    }
};

template <class Inputs>
float find_absmax(const Inputs& x, int64_t begin, int64_t end) {
    float32x4_t top = vdupq_n_f32(0);
    for (int64_t k = begin; k < end; k += 4) top = larger(vabsq_f32(x.load(k, end - k)), top);
    return vmaxvq_f32(top);
}

/// Four codes in 32 bits: rounded half to even and clamped; NaN becomes -127.
int32x4_t to_codes(float32x4_t v) {
    const float32x4_t limit = vdupq_n_f32(127.0f);
    return vcvtnq_s32_f32(vminnmq_f32(vmaxnmq_f32(v, vnegq_f32(limit)), limit));
}

/// Codes of up to n of the 16 inputs from k on; the others are 0.
template <class Inputs>
int8x16_t quantize16(const Inputs& x, int64_t k, int64_t n, float inverse) {
    int16x4_t words[4];
    for (int i = 0; i < 4; ++i) {
        const float32x4_t v = x.load(k + 4 * i, n - 4 * i);
        words[i] = vmovn_s32(to_codes(vmulq_n_f32(v, inverse)));
    }
    const int8x16_t codes = vcombine_s8(vmovn_s16(vcombine_s16(words[0], words[1])),
                                        vmovn_s16(vcombine_s16(words[2], words[3])));
    if (n >= 16) return codes;
    constexpr uint8_t kIndex[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const uint8x16_t used = vcltq_u8(vld1q_u8(kIndex), vdupq_n_u8(static_cast<uint8_t>(n)));
    return vandq_s8(codes, vreinterpretq_s8_u8(used));
}

int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/// Codes of inputs [begin, end); returns their sum. Rows have room for whole 16s: see
/// ActivationLayout.
template <class Inputs>
int32_t quantize_chunk(const Inputs& x, int64_t begin, int64_t end, float inverse, int8_t* codes) {
    int32x4_t sum = vdupq_n_s32(0);
    for (int64_t k = begin; k < end; k += 16) {
        const int8x16_t q = quantize16(x, k, end - k, inverse);
        vst1q_s8(codes + k, q);
        sum = vdotq_s32(sum, q, vdupq_n_s8(1));
    }
    return vaddvq_s32(sum);
}

template <class Inputs>
void quantize_row(const Inputs& x, int64_t cols, float range, uint8_t* out) {
    const ActivationLayout layout{cols};
    auto* codes = reinterpret_cast<int8_t*>(out);
    auto* scales = reinterpret_cast<float*>(out + layout.scale_offset());
    auto* starts = reinterpret_cast<int32_t*>(out + layout.start_offset());
    auto* sums = reinterpret_cast<float*>(out + layout.sum_offset(kActivationChunk));
    for (int64_t k = layout.scale_offset() - 64; k < layout.scale_offset(); k += 16) {
        vst1q_s8(codes + k, vdupq_n_s8(0));
    }
    for (int64_t c = 0; c < layout.n_chunks(); ++c) {
        const int64_t begin = c * kActivationChunk;
        const int64_t end = smaller(begin + kActivationChunk, cols);
        const float absmax = range > 0 ? range : find_absmax(x, begin, end);
        const float inverse = absmax > kSmallestActivation ? 127.0f / absmax : 0.0f;
        const int32_t sum = quantize_chunk(x, begin, end, inverse, codes);
        scales[c] = absmax / 127.0f;
        starts[c] = kActivationStart * sum;
        sums[c] = scales[c] * static_cast<float>(sum);
    }
    add_larger_sums(layout, out);
}

void round_row(const float* x, int64_t cols, float* y) {
    for (int64_t k = 0; k < cols; k += 4) {
        const float32x4_t v = load_some(x + k, cols - k);
        const uint32x4_t bits = vreinterpretq_u32_f32(v);
        const uint32x4_t odd = vandq_u32(vshrq_n_u32(bits, 16), vdupq_n_u32(1));
        const uint32x4_t half = vaddq_u32(odd, vdupq_n_u32(0x7FFF));  // to even
        const uint32x4_t rounded = vandq_u32(vaddq_u32(bits, half), vdupq_n_u32(0xFFFF0000u));
        store_some(y + k, cols - k, vbslq_f32(vceqq_f32(v, v), vreinterpretq_f32_u32(rounded), v));
    }
}

/// Scores become weights and are added up.
float weigh(float* scores, int64_t n, float scale, float32x4_t best) {
    float32x4_t total = vdupq_n_f32(0);
    int64_t k = 0;
    for (; k + 4 <= n; k += 4) {
        const float32x4_t w = exp2_ps(vsubq_f32(vmulq_n_f32(vld1q_f32(scores + k), scale), best));
        vst1q_f32(scores + k, w);
        total = vaddq_f32(total, w);
    }
    if (k < n) {
        const float32x4_t s = vmulq_n_f32(load_some(scores + k, n - k), scale);
        store_some(scores + k, n - k, exp2_ps(vsubq_f32(s, best)));
        total = vaddq_f32(total, load_some(scores + k, n - k));
    }
    return vaddvq_f32(total);
}

float find_largest(const float* x, int64_t n) {
    float32x4_t top = vdupq_n_f32(-__builtin_inff());
    int64_t k = 0;
    for (; k + 4 <= n; k += 4) top = larger(vld1q_f32(x + k), top);
    float largest = vmaxvq_f32(top);
    for (; k < n; ++k) largest = x[k] > largest ? x[k] : largest;
    return largest;
}

}  // namespace

void quantize_rows(const InputTask& t) {
    for (int64_t r = 0; r < t.rows; ++r) {
        const float* x = t.x + r * t.x_stride;
        uint8_t* out = t.out + r * t.out_stride;
        if (t.factors == nullptr) {
            quantize_row(PlainInputs{x}, t.cols, t.range, out);
        } else {
            quantize_row(ScaledInputs{x, t.factors}, t.cols, t.range, out);
        }
    }
}

void round_rows(const InputTask& t) {
    for (int64_t r = 0; r < t.rows; ++r) {
        auto* out = reinterpret_cast<float*>(t.out + r * t.out_stride);
        round_row(t.x + r * t.x_stride, t.cols, out);
    }
}

void rms_norm(const float* x, const float* weight, int64_t cols, float eps, float* y) {
    float32x4_t sum = vdupq_n_f32(0);
    for (int64_t k = 0; k < cols; k += 4) {
        const float32x4_t v = load_some(x + k, cols - k);
        sum = vfmaq_f32(sum, v, v);
    }
    const float32x4_t mean = vdupq_n_f32(vaddvq_f32(sum) / static_cast<float>(cols) + eps);
    const float32x4_t scale = vdivq_f32(vdupq_n_f32(1.0f), vsqrtq_f32(mean));
    for (int64_t k = 0; k < cols; k += 4) {
        const float32x4_t v = vmulq_f32(load_some(x + k, cols - k), scale);
        store_some(y + k, cols - k, vmulq_f32(v, load_some(weight + k, cols - k)));
    }
}

void swiglu(const float* gate, const float* up, int64_t n, float* y) {
    for (int64_t k = 0; k < n; k += 4) {
        const float32x4_t g = load_some(gate + k, n - k);
        const float32x4_t silu = vdivq_f32(g, vaddq_f32(vdupq_n_f32(1.0f), exp_ps(vnegq_f32(g))));
        store_some(y + k, n - k, vmulq_f32(silu, load_some(up + k, n - k)));
    }
}

void add(const float* a, const float* b, int64_t n, float* y) {
    for (int64_t k = 0; k < n; k += 4) {
        store_some(y + k, n - k, vaddq_f32(load_some(a + k, n - k), load_some(b + k, n - k)));
    }
}

void softmax_step(const SoftmaxTask& t) {
    for (int64_t row = 0; row < t.rows; ++row) {
        float* scores = t.scores + row * t.stride;
        const float before = t.best[row], largest = find_largest(scores, t.n) * t.scale;
        const float best = largest > before ? largest : before;
        const float sum = weigh(scores, t.n, t.scale, vdupq_n_f32(best));
        const float shrink = vgetq_lane_f32(exp2_ps(vdupq_n_f32(before - best)), 0);
        t.total[row] = t.total[row] * shrink + sum;
        t.best[row] = best;
        t.shrink[row] = shrink;
    }
}

void scale_add(const float* x, int64_t n, float factor, float* y) {
    for (int64_t k = 0; k < n; k += 4) {
        const float32x4_t v = vfmaq_n_f32(load_some(x + k, n - k), load_some(y + k, n - k), factor);
        store_some(y + k, n - k, v);
    }
}

}  // namespace quern::neon
