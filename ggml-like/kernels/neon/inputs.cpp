// Rows of f32 -> inputs of products, for NEON; kernels/scalar/inputs.cpp is the specification.
#include <arm_neon.h>

#include "kernels/activation_row.h"
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
void quantize_row(const InputTask& t, const Inputs& x, uint8_t* out) {
    quern::quantize_row(
        t.cols, t.range, out,
        [&](int64_t begin, int64_t end) { return find_absmax(x, begin, end); },
        [&](int64_t begin, int64_t end, float inverse) {
            return quantize_chunk(x, begin, end, inverse, reinterpret_cast<int8_t*>(out));
        });
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

}  // namespace

void quantize_rows(const InputTask& t) {
    for_each_row(t, [&t](const float* x, uint8_t* out) {
        if (t.factors == nullptr) {
            quantize_row(t, PlainInputs{x}, out);
        } else {
            quantize_row(t, ScaledInputs{x, t.factors}, out);
        }
    });
}

void round_rows(const InputTask& t) {
    for_each_row(t, [&t](const float* x, uint8_t* out) {
        round_row(x, t.cols, reinterpret_cast<float*>(out));
    });
}

}  // namespace quern::neon
