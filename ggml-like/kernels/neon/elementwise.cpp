// Row-wise kernels for NEON; the formulas are in kernels/scalar/elementwise.cpp.
#include <arm_neon.h>

#include "kernels/activation_sums.h"
#include "kernels/neon/neon.h"
#include "kernels/neon/vector_math.h"

namespace quern::neon {
namespace {

float find_absmax(const float* x, int64_t n) {
    float32x4_t top = vdupq_n_f32(0);
    for (int64_t k = 0; k < n; k += 4) top = larger(vabsq_f32(load_some(x + k, n - k)), top);
    return vmaxvq_f32(top);
}

/// Four codes in 32 bits: rounded half to even and clamped; NaN becomes -127.
int32x4_t to_codes(float32x4_t v) {
    const float32x4_t limit = vdupq_n_f32(127.0f);
    return vcvtnq_s32_f32(vminnmq_f32(vmaxnmq_f32(v, vnegq_f32(limit)), limit));
}

/// Codes of inputs [0, n) of 16; the others are 0.
int8x16_t quantize16(const float* x, int64_t n, float inverse) {
    int16x4_t words[4];
    for (int i = 0; i < 4; ++i) {
        words[i] = vmovn_s32(to_codes(vmulq_n_f32(load_some(x + 4 * i, n - 4 * i), inverse)));
    }
    const int8x16_t codes = vcombine_s8(vmovn_s16(vcombine_s16(words[0], words[1])),
                                        vmovn_s16(vcombine_s16(words[2], words[3])));
    if (n >= 16) return codes;
    constexpr uint8_t kIndex[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const uint8x16_t used = vcltq_u8(vld1q_u8(kIndex), vdupq_n_u8(static_cast<uint8_t>(n)));
    return vandq_s8(codes, vreinterpretq_s8_u8(used));
}

int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/// Codes of n inputs; returns their sum. Rows have room for whole 16s: see ActivationLayout.
int32_t quantize_chunk(const float* x, int64_t n, float inverse, int8_t* codes) {
    int32x4_t sum = vdupq_n_s32(0);
    for (int64_t k = 0; k < n; k += 16) {
        const int8x16_t q = quantize16(x + k, n - k, inverse);
        vst1q_s8(codes + k, q);
        sum = vdotq_s32(sum, q, vdupq_n_s8(1));
    }
    return vaddvq_s32(sum);
}

}  // namespace

void quantize_row(const float* x, int64_t cols, float range, uint8_t* out) {
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
        const int64_t n = smaller(kActivationChunk, cols - begin);
        const float absmax = range > 0 ? range : find_absmax(x + begin, n);
        const float inverse = absmax > kSmallestActivation ? 127.0f / absmax : 0.0f;
        const int32_t sum = quantize_chunk(x + begin, n, inverse, codes + begin);
        scales[c] = absmax / 127.0f;
        starts[c] = kActivationStart * sum;
        sums[c] = scales[c] * static_cast<float>(sum);
    }
    add_larger_sums(layout, out);
}

void round_row(const float* x, int64_t cols, uint8_t* out) {
    auto* y = reinterpret_cast<float*>(out);
    for (int64_t k = 0; k < cols; k += 4) {
        const float32x4_t v = load_some(x + k, cols - k);
        const uint32x4_t bits = vreinterpretq_u32_f32(v);
        const uint32x4_t odd = vandq_u32(vshrq_n_u32(bits, 16), vdupq_n_u32(1));
        const uint32x4_t half = vaddq_u32(odd, vdupq_n_u32(0x7FFF));  // to even
        const uint32x4_t rounded = vandq_u32(vaddq_u32(bits, half), vdupq_n_u32(0xFFFF0000u));
        store_some(y + k, cols - k, vbslq_f32(vceqq_f32(v, v), vreinterpretq_f32_u32(rounded), v));
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

void multiply(const float* a, const float* b, int64_t n, float* y) {
    for (int64_t k = 0; k < n; k += 4) {
        const float32x4_t v = load_some(a + k, n - k);
        const uint32x4_t product = vreinterpretq_u32_f32(vmulq_f32(v, load_some(b + k, n - k)));
        store_some(y + k, n - k, vreinterpretq_f32_u32(vbicq_u32(product, vceqzq_f32(v))));
    }
}

void softmax_step(float* scores, int64_t n, float scale, float* best, float* sum, float* shrink) {
    float32x4_t top = vdupq_n_f32(*best);
    int64_t k = 0;
    for (; k + 4 <= n; k += 4) top = larger(vmulq_n_f32(vld1q_f32(scores + k), scale), top);
    float highest = vmaxvq_f32(top);
    for (; k < n; ++k) highest = scores[k] * scale > highest ? scores[k] * scale : highest;
    top = vdupq_n_f32(highest);
    float32x4_t total = vdupq_n_f32(0);
    for (k = 0; k + 4 <= n; k += 4) {
        const float32x4_t e = exp2_ps(vsubq_f32(vmulq_n_f32(vld1q_f32(scores + k), scale), top));
        vst1q_f32(scores + k, e);
        total = vaddq_f32(total, e);
    }
    if (k < n) {
        const float32x4_t s = vmulq_n_f32(load_some(scores + k, n - k), scale);
        store_some(scores + k, n - k, exp2_ps(vsubq_f32(s, top)));
        total = vaddq_f32(total, load_some(scores + k, n - k));
    }
    *sum = vaddvq_f32(total);
    *shrink = vgetq_lane_f32(exp2_ps(vdupq_n_f32(*best - highest)), 0);
    *best = highest;
}

void scale_add(const float* x, int64_t n, float factor, float* y) {
    for (int64_t k = 0; k < n; k += 4) {
        const float32x4_t v = vfmaq_n_f32(load_some(x + k, n - k), load_some(y + k, n - k), factor);
        store_some(y + k, n - k, v);
    }
}

}  // namespace quern::neon
