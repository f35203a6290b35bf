// Six tokens times the panel of a tile with AVX-VNNI's vpdpbusd. Registers 0-11 are the dots, 12
// and 13 the codes of rows 0-7 and 8-15, 14 four inputs of a token.
#pragma once

#include "kernels/avx2/panel_loop.h"

namespace quern::avx2 {
namespace {

constexpr int kVnniTokens = 6;

#define QUERN_TOKEN(i, lo, hi)                        \
    "vpbroadcastd 4*\\step(%%r9" QUERN_TOKEN_##i      \
        "), %%ymm14\n\t"                              \
        "%{vex%} vpdpbusd %%ymm14, %%ymm12, %%ymm" lo \
        "\n\t"                                        \
        "%{vex%} vpdpbusd %%ymm14, %%ymm13, %%ymm" hi "\n\t"
#define QUERN_CHUNK                                                                               \
    ".irp step, 0,1,2,3,4,5,6,7\n\t"                                                              \
    "vmovdqa 64*\\step(%%r8), %%ymm12\n\t"                                                        \
    "vmovdqa 64*\\step + 32(%%r8), %%ymm13\n\t" QUERN_TOKEN(0, "0", "1") QUERN_TOKEN(1, "2", "3") \
        QUERN_TOKEN(2, "4", "5") QUERN_TOKEN(3, "6", "7") QUERN_TOKEN(4, "8", "9")                \
            QUERN_TOKEN(5, "10", "11") ".endr\n\t"
#define QUERN_TOKENS(X) \
    X(0, "0", "1") X(1, "2", "3") X(2, "4", "5") X(3, "6", "7") X(4, "8", "9") X(5, "10", "11")

#define QUERN_START(i, lo, hi)                                                       \
    "vpbroadcastd (%%r11" QUERN_TOKEN_##i "), %%ymm" lo                              \
                                          "\n\t"                                     \
                                          "vpsrad $%c[start], %%ymm" lo ", %%ymm" lo \
                                          "\n\t"                                     \
                                          "vmovdqa %%ymm" lo ", %%ymm" hi "\n\t"
#define QUERN_BEGIN                                                                           \
    ".if %c[start] < 0\n\t" QUERN_ZERO("0,1,2,3,4,5,6,7,8,9,10,11") ".else\n\t" QUERN_TOKENS( \
        QUERN_START) ".endif\n\t"

template <int kStart>
void run_vnni_loop(PanelLoop& loop) {
    asm volatile(QUERN_PANEL_LOOP(QUERN_BEGIN QUERN_CHUNK, QUERN_TOKENS)
                 :
                 : QUERN_PANEL_INPUTS(kStart)
                 : QUERN_PANEL_CLOBBERS);
}

#undef QUERN_TOKEN
#undef QUERN_CHUNK
#undef QUERN_TOKENS
#undef QUERN_START
#undef QUERN_BEGIN

}  // namespace
}  // namespace quern::avx2
