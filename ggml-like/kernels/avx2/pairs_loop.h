// Four tokens times the panel of a tile with vpmaddubsw, which adds pairs of products in 16 bits.
#pragma once

#include "kernels/avx2/panel_loop.h"

namespace quern::avx2 {
namespace {

constexpr int kPairsTokens = 4;

// ---------------------------------------------------------------- codes of up to 6 bits

/// Registers 0-7 are the sums of pairs, 8 and 9 the codes of rows 0-7 and 8-15, 10 four inputs of a
/// token, 11 products, 14 the token's start. After kCount steps sums of pairs are added to the dots
/// so far.
#define QUERN_ADD(codes, sum)                                        \
    ".if \\step & (%c[count] - 1)\n\t"                               \
    "vpmaddubsw %%ymm10, %%ymm" codes                                \
    ", %%ymm11\n\t"                                                  \
    "vpaddw %%ymm11, %%ymm" sum ", %%ymm" sum                        \
    "\n\t"                                                           \
    ".else\n\t"                                                      \
    "vpmaddubsw %%ymm10, %%ymm" codes ", %%ymm" sum                  \
    "\n\t"                                                           \
    ".endif\n\t"                                                     \
    ".if (\\step & (%c[count] - 1)) == %c[count] - 1\n\t"            \
    "vpmaddwd %%ymm15, %%ymm" sum ", %%ymm" sum                      \
    "\n\t"                                                           \
    ".if \\step >= %c[count]\n\t"                                    \
    "vpaddd %c[dots] + 32*" sum "(%[loop]), %%ymm" sum ", %%ymm" sum \
    "\n\t"                                                           \
    ".endif\n\t"                                                     \
    ".if \\step < 7\n\t"                                             \
    "vmovdqa %%ymm" sum ", %c[dots] + 32*" sum                       \
    "(%[loop])\n\t"                                                  \
    ".elseif %c[start] >= 0\n\t"                                     \
    "vpaddd %%ymm14, %%ymm" sum ", %%ymm" sum                        \
    "\n\t"                                                           \
    ".endif\n\t"                                                     \
    ".endif\n\t"
#define QUERN_TOKEN(i, lo, hi)                    \
    "vpbroadcastd 4*\\step(%%r9" QUERN_TOKEN_##i  \
        "), %%ymm10\n\t"                          \
        ".if \\step == 7 && %c[start] >= 0\n\t"   \
        "vpbroadcastd (%%r11" QUERN_TOKEN_##i     \
        "), %%ymm14\n\t"                          \
        "vpsrad $%c[start], %%ymm14, %%ymm14\n\t" \
        ".endif\n\t" QUERN_ADD("8", lo) QUERN_ADD("9", hi)
#define QUERN_TOKENS(X) X(0, "0", "1") X(1, "2", "3") X(2, "4", "5") X(3, "6", "7")
#define QUERN_CHUNK                       \
    ".irp step, 0,1,2,3,4,5,6,7\n\t"      \
    "vmovdqa 64*\\step(%%r8), %%ymm8\n\t" \
    "vmovdqa 64*\\step + 32(%%r8), %%ymm9\n\t" QUERN_TOKENS(QUERN_TOKEN) ".endr\n\t"

/// kCount steps of pairs fit 16 bits together.
template <int kCount, int kStart>
void run_pairs_loop(PanelLoop& loop) {
    asm volatile(QUERN_PANEL_LOOP(QUERN_CHUNK, QUERN_TOKENS)
                 :
                 : QUERN_PANEL_INPUTS(kStart), [count] "i"(kCount)
                 : QUERN_PANEL_CLOBBERS);
}

#undef QUERN_ADD
#undef QUERN_TOKEN
#undef QUERN_CHUNK

// ---------------------------------------------------------------- signed codes of 8 bits

/// Registers 0-7 are the dots, 8 the codes of 8 rows, 9 their magnitudes, 10 four inputs of a
/// token, with the signs of the codes.
#define QUERN_TOKEN(i, dot)                       \
    "vpbroadcastd 4*\\step(%%r9" QUERN_TOKEN_##i  \
        "), %%ymm10\n\t"                          \
        "vpsignb %%ymm8, %%ymm10, %%ymm10\n\t"    \
        "vpmaddubsw %%ymm10, %%ymm9, %%ymm10\n\t" \
        "vpmaddwd %%ymm15, %%ymm10, %%ymm10\n\t"  \
        "vpaddd %%ymm10, %%ymm" dot ", %%ymm" dot "\n\t"
#define QUERN_CHUNK \
    ".irp step, 0,1,2,3,4,5,6,7\n\t"                 \
    "vmovdqa 64*\\step(%%r8), %%ymm8\n\t"            \
    "vpabsb %%ymm8, %%ymm9\n\t"                      \
    QUERN_TOKEN(0, "0") QUERN_TOKEN(1, "2") QUERN_TOKEN(2, "4") QUERN_TOKEN(3, "6") \
    "vmovdqa 64*\\step + 32(%%r8), %%ymm8\n\t"       \
    "vpabsb %%ymm8, %%ymm9\n\t"                      \
    QUERN_TOKEN(0, "1") QUERN_TOKEN(1, "3") QUERN_TOKEN(2, "5") QUERN_TOKEN(3, "7") \
    ".endr\n\t"
template <int kStart>
void run_signed_loop(PanelLoop& loop) {
    static_assert(kStart < 0, "signed codes are values");
    asm volatile(QUERN_PANEL_LOOP(QUERN_ZERO("0,1,2,3,4,5,6,7") QUERN_CHUNK, QUERN_TOKENS)
                 :
                 : QUERN_PANEL_INPUTS(kStart)
                 : QUERN_PANEL_CLOBBERS);
}

#undef QUERN_TOKEN
#undef QUERN_CHUNK
#undef QUERN_TOKENS

}  // namespace
}  // namespace quern::avx2
