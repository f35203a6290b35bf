// Small NEON helpers shared by the kernels: the 16 rows of a tile as four registers, partial loads
// and stores, maxima that skip NaN, exponentials.
#pragma once

#include <arm_neon.h>

#include "kernels/exp2.h"

namespace quern::neon {
namespace {

constexpr int kRegisters = 4;  ///< of four 32-bit lanes: the 16 rows of a tile

struct Floats {  // 16 rows
    float32x4_t rows[kRegisters];
};

inline Floats load_floats(const float* p) {
    return {{vld1q_f32(p), vld1q_f32(p + 4), vld1q_f32(p + 8), vld1q_f32(p + 12)}};
}

inline void store_floats(Floats v, float* p) {
    vst1q_f32(p, v.rows[0]);
    vst1q_f32(p + 4, v.rows[1]);
    vst1q_f32(p + 8, v.rows[2]);
    vst1q_f32(p + 12, v.rows[3]);
}

/// The first `rows` of 16 rows; the others are 0.
inline Floats load_rows(const float* y, int64_t rows) {
    if (rows >= 16) return load_floats(y);
    float all[16] = {};
    for (int64_t r = 0; r < rows; ++r) all[r] = y[r];
    return load_floats(all);
}

inline void store_rows(Floats v, int64_t rows, float* y) {
    if (rows >= 16) return store_floats(v, y);
    float all[16];
    store_floats(v, all);
    for (int64_t r = 0; r < rows; ++r) y[r] = all[r];
}

/// Lanes [0, n) of four are loaded, the others are 0.
inline float32x4_t load_some(const float* x, int64_t n) {
    if (n >= 4) return vld1q_f32(x);
    float32x4_t v = vdupq_n_f32(0);
    if (n > 0) v = vld1q_lane_f32(x, v, 0);
    if (n > 1) v = vld1q_lane_f32(x + 1, v, 1);
    if (n > 2) v = vld1q_lane_f32(x + 2, v, 2);
    return v;
}

inline void store_some(float* y, int64_t n, float32x4_t v) {
    if (n >= 4) return vst1q_f32(y, v);
    if (n > 0) vst1q_lane_f32(y, v, 0);
    if (n > 1) vst1q_lane_f32(y + 1, v, 1);
    if (n > 2) vst1q_lane_f32(y + 2, v, 2);
}

/// v where it is larger than `top`, so that NaN in v counts for nothing.
inline float32x4_t larger(float32x4_t v, float32x4_t top) {
    return vbslq_f32(vcgtq_f32(v, top), v, top);
}

/// 2^n p(r), p of exp2.h; n is a whole number, -126 to 127, and p(r) about 1 to 2, so that adding n
/// to its exponent is exact.
inline float32x4_t scaled_exp2(float32x4_t n, float32x4_t r) {
    float32x4_t p = vdupq_n_f32(kExp2First);
    for (const float c : kExp2) p = vfmaq_f32(vdupq_n_f32(c), p, r);
    const int32x4_t power = vshlq_n_s32(vcvtnq_s32_f32(n), 23);
    return vreinterpretq_f32_s32(vaddq_s32(vreinterpretq_s32_f32(p), power));
}

/// 2^x, x <= 0, with a relative error below 2e-7; 0 below -126, NaN for NaN.
inline float32x4_t exp2_ps(float32x4_t x) {
    const float32x4_t low = vdupq_n_f32(-126.0f);
    const float32x4_t clamped = vmaxq_f32(x, low);
    const float32x4_t n = vrndmq_f32(clamped);
    const float32x4_t e = scaled_exp2(n, vsubq_f32(clamped, n));
    return vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(e), vcltq_f32(x, low)));
}

/// e^x, x clamped to [-87, 88], with a relative error below 2e-7; NaN for NaN.
inline float32x4_t exp_ps(float32x4_t x) {
    x = vminq_f32(vmaxq_f32(x, vdupq_n_f32(-87.0f)), vdupq_n_f32(88.0f));
    const float32x4_t n = vrndmq_f32(vmulq_n_f32(x, kLog2E));
    const float32x4_t r = vfmaq_n_f32(vnegq_f32(n), x, kLog2E);
    return scaled_exp2(n, vfmaq_n_f32(r, x, kLog2ERest));
}

}  // namespace
}  // namespace quern::neon
