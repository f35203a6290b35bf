// A step of an online softmax for NEON; the formula is in kernels/scalar/softmax.cpp.
#include <arm_neon.h>

#include "kernels/neon/neon.h"
#include "kernels/neon/vector_math.h"
#include "kernels/softmax_rows.h"

namespace quern::neon {
namespace {

/// Scores become weights and are added up.
float weigh(float* scores, int64_t n, float scale, float best) {
    const float32x4_t highest = vdupq_n_f32(best);
    float32x4_t total = vdupq_n_f32(0);
    int64_t k = 0;
    for (; k + 4 <= n; k += 4) {
        const float32x4_t w =
            exp2_ps(vsubq_f32(vmulq_n_f32(vld1q_f32(scores + k), scale), highest));
        vst1q_f32(scores + k, w);
        total = vaddq_f32(total, w);
    }
    if (k < n) {
        const float32x4_t s = vmulq_n_f32(load_some(scores + k, n - k), scale);
        store_some(scores + k, n - k, exp2_ps(vsubq_f32(s, highest)));
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

void softmax_step(const SoftmaxTask& t) {
    const auto exp2 = [](float x) { return vgetq_lane_f32(exp2_ps(vdupq_n_f32(x)), 0); };
    softmax_rows(t, find_largest, weigh, exp2);
}

}  // namespace quern::neon
