// The peaks of NEON with dot products (see kernels/peak_loop.h).
#include <arm_neon.h>

#include "kernels/neon/neon.h"
#include "kernels/peak_loop.h"

namespace quern::neon {
namespace {

uint8x16_t load_cell(const uint8_t* p) {
    return vorrq_u8(vorrq_u8(vld1q_u8(p), vld1q_u8(p + 16)),
                    vorrq_u8(vld1q_u8(p + 32), vld1q_u8(p + 48)));
}

}  // namespace

/// sdot by element: 16 products, added to 4 sums.
double peak_int8(int64_t rounds) {
    const int8x16_t codes = vdupq_n_s8(0x2D), x = vdupq_n_s8(0x5A);
    return run_rounds<int32x4_t, 24>(rounds, 2 * 16, [=](int32x4_t& sum) {
        asm volatile("sdot %0.4s, %1.16b, %2.4b[0]" : "+w"(sum) : "w"(codes), "w"(x));
    });
}

/// fmla by element: 4 products, added to 4 sums.
double peak_f32(int64_t rounds) {
    const float32x4_t a = vdupq_n_f32(1.234567f), b = vdupq_n_f32(1e-3f);
    return run_rounds<float32x4_t, 24>(rounds, 2 * 4, [=](float32x4_t& sum) {
        asm volatile("fmla %0.4s, %1.4s, %2.s[0]" : "+w"(sum) : "w"(a), "w"(b));
    });
}

/// Four streams of 64 bytes: prefetchers follow several better than one.
void peak_read(const uint8_t* data, uint64_t bytes) {
    const uint64_t stream = bytes / 4 / 64 * 64;
    uint8x16_t any[4] = {};
    for (const uint8_t* end = data + stream; data < end; data += 64) {
        any[0] = vorrq_u8(any[0], load_cell(data));
        any[1] = vorrq_u8(any[1], load_cell(data + stream));
        any[2] = vorrq_u8(any[2], load_cell(data + 2 * stream));
        any[3] = vorrq_u8(any[3], load_cell(data + 3 * stream));
    }
    asm volatile("" : : "w"(any[0]), "w"(any[1]), "w"(any[2]), "w"(any[3]));
}

}  // namespace quern::neon
