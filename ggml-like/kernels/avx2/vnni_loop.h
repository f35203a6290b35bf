// Six tokens times the unpacked codes of a tile with AVX-VNNI's vpdpbusd.
//
// In assembly: the intrinsic would need a compiler flag that changes the whole folder, and GCC 12
// copies its sums from register to register. Registers 0-11 are the sums (token 0 lo, hi, token 1
// lo, ...), 12 and 13 the codes of rows 0-7 and 8-15, 14 four inputs of a token.
#pragma once

#include "kernels/avx2/block_product.h"

namespace quern::avx2 {
namespace {

constexpr int kVnniTokens = 6;

#define QUERN_TOKEN(address, lo, hi)              \
    "vpbroadcastd 4*\\step(" address              \
    "), %%ymm14\n\t"                              \
    "%{vex%} vpdpbusd %%ymm14, %%ymm12, %%ymm" lo \
    "\n\t"                                        \
    "%{vex%} vpdpbusd %%ymm14, %%ymm13, %%ymm" hi "\n\t"

/// dots = codes . inputs over `chunks` chunks.
inline void run_vnni_loop(const uint8_t* codes, const int8_t* x, int64_t x_stride, int64_t chunks,
                          Pair (&dots)[kVnniTokens]) {
    const int8_t* x3 = x + 3 * x_stride;
    asm volatile(
        ".irp i, 0,1,2,3,4,5,6,7,8,9,10,11\n\t"
        "vpxor %%ymm\\i, %%ymm\\i, %%ymm\\i\n\t"
        ".endr\n"
        "1:\n\t"
        ".irp step, 0,1,2,3,4,5,6,7\n\t"
        "vmovdqa 64*\\step(%[codes]), %%ymm12\n\t"
        "vmovdqa 64*\\step + 32(%[codes]), %%ymm13\n\t"
        QUERN_TOKEN("%[x]", "0", "1")
        QUERN_TOKEN("%[x], %[stride]", "2", "3")
        QUERN_TOKEN("%[x], %[stride], 2", "4", "5")
        QUERN_TOKEN("%[x3]", "6", "7")
        QUERN_TOKEN("%[x3], %[stride]", "8", "9")
        QUERN_TOKEN("%[x3], %[stride], 2", "10", "11")
        ".endr\n\t"
        "add $512, %[codes]\n\t"
        "add $32, %[x]\n\t"
        "add $32, %[x3]\n\t"
        "dec %[chunks]\n\t"
        "jnz 1b\n\t"
        ".irp i, 0,1,2,3,4,5,6,7,8,9,10,11\n\t"
        "vmovdqa %%ymm\\i, 32*\\i(%[dots])\n\t"
        ".endr\n\t"
        : [codes] "+&r"(codes), [x] "+&r"(x), [x3] "+&r"(x3), [chunks] "+&r"(chunks)
        : [stride] "r"(x_stride), [dots] "r"(dots)
        : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
          "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14");
}

#undef QUERN_TOKEN

}  // namespace
}  // namespace quern::avx2
