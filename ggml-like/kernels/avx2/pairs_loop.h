// Four tokens times the unpacked codes of a tile with vpmaddubsw, pairs summed in 16 bits as long
// as they fit: the loop where a prompt's time goes on CPUs without VNNI.
//
// In assembly: GCC 12 computes many products first, stores them and adds them as a tree.
// Registers 0-7 are the sums of pairs (token 0 lo, hi, token 1 lo, ...), 8 and 9 the codes of rows
// 0-7 and 8-15, 10 four inputs of a token, 11 and 12 products, 13 ones.
#pragma once

#include "kernels/avx2/block_product.h"

namespace quern::avx2 {
namespace {

constexpr int kPairsTokens = 4;

/// A sum starts with its first product, and its pairs are added to 32 bits after the last.
#define QUERN_ADD(codes, sum, dot)                        \
    ".if \\step & (%c[count] - 1)\n\t"                    \
    "vpmaddubsw %%ymm10, %%ymm" codes                     \
    ", %%ymm11\n\t"                                       \
    "vpaddw %%ymm11, %%ymm" sum ", %%ymm" sum             \
    "\n\t"                                                \
    ".else\n\t"                                           \
    "vpmaddubsw %%ymm10, %%ymm" codes ", %%ymm" sum       \
    "\n\t"                                                \
    ".endif\n\t"                                          \
    ".if (\\step & (%c[count] - 1)) == %c[count] - 1\n\t" \
    "vpmaddwd %%ymm13, %%ymm" sum                         \
    ", %%ymm12\n\t"                                       \
    "vpaddd 32*" dot                                      \
    "(%[dots]), %%ymm12, %%ymm12\n\t"                     \
    "vmovdqa %%ymm12, 32*" dot                            \
    "(%[dots])\n\t"                                       \
    ".endif\n\t"
#define QUERN_TOKEN(address, lo, hi) \
    "vpbroadcastd 4*\\step(" address "), %%ymm10\n\t" QUERN_ADD("8", lo, lo) QUERN_ADD("9", hi, hi)

/// dots += codes . inputs over `chunks` chunks; kCount steps fit 16 bits.
template <int kCount>
void run_pairs_loop(const uint8_t* codes, const int8_t* x, int64_t x_stride, int64_t chunks,
                    Pair (&dots)[kPairsTokens]) {
    asm volatile(
        "vpcmpeqw %%ymm13, %%ymm13, %%ymm13\n\t"
        "vpsrlw $15, %%ymm13, %%ymm13\n"
        "1:\n\t"
        ".irp step, 0,1,2,3,4,5,6,7\n\t"
        "vmovdqa 64*\\step(%[codes]), %%ymm8\n\t"
        "vmovdqa 64*\\step + 32(%[codes]), %%ymm9\n\t"
        QUERN_TOKEN("%[x]", "0", "1")
        QUERN_TOKEN("%[x], %[stride]", "2", "3")
        QUERN_TOKEN("%[x], %[stride], 2", "4", "5")
        QUERN_TOKEN("%[x], %[stride3]", "6", "7")
        ".endr\n\t"
        "add $512, %[codes]\n\t"
        "add $32, %[x]\n\t"
        "dec %[chunks]\n\t"
        "jnz 1b\n\t"
        : [codes] "+&r"(codes), [x] "+&r"(x), [chunks] "+&r"(chunks)
        : [stride] "r"(x_stride), [stride3] "r"(3 * x_stride), [dots] "r"(dots),
          [count] "i"(kCount)
        : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
          "xmm9", "xmm10", "xmm11", "xmm12", "xmm13");
}

#undef QUERN_TOKEN
#undef QUERN_ADD

}  // namespace
}  // namespace quern::avx2
