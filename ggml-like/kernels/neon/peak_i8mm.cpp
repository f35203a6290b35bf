// The integer peak of NEON with matrix products of bytes (see kernels/peak_loop.h).
#include <arm_neon.h>

#include "kernels/neon/neon.h"
#include "kernels/peak_loop.h"

namespace quern::neon {

/// smmla: 32 products, added to 4 sums.
double peak_int8_i8mm(int64_t rounds) {
    const int8x16_t codes = vdupq_n_s8(0x2D), x = vdupq_n_s8(0x5A);
    return run_rounds<int32x4_t, 24>(rounds, 2 * 32, [=](int32x4_t& sum) {
        asm volatile("smmla %0.4s, %1.16b, %2.16b" : "+w"(sum) : "w"(codes), "w"(x));
    });
}

}  // namespace quern::neon
