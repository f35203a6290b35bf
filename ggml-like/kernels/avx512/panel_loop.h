// The loop where a prompt's time goes: eight to ten tokens times an unpacked panel of a tile,
// groups' scales applied, all sums in registers.
//
// In assembly: compilers copy the sums of the intrinsics from register to register or through
// memory, and a 64-byte store costs as much as three dot products. With token i's vector registers
// i the chunk's dots, 10 + i what its group came to so far, 20 + i the sums:
//
//   chunk   dot  = start + (values + 128) . inputs     values . inputs, as the start takes 128 off
//           part += x_scale * dot
//   group   sum  += scale * part [+ minimum * x_sum]
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace quern::avx512 {
namespace {

constexpr int kFewestPanelTokens = 8, kPanelTokens = 10;  ///< in one run of the loop
constexpr int64_t kPanelCols = 2048;

/// A group of 16 rows: w = scale * value + minimum.
struct Group {
    __m512 scale;
    __m512 minimum;
};

/// A tile's values + 128, one byte each, and its groups, for kPanelCols inputs.
struct Panel {
    alignas(64) uint8_t values[kPanelCols * 16];
    Group groups[kPanelCols / 32];
};

/// What the loop works on; everything from a token on is at the same offset in all of them.
struct PanelLoop {
    const uint8_t* values;
    const Group* groups;
    const int8_t* x;        ///< the first token's inputs
    const float* scales;    ///< its scale of the first chunk
    const int32_t* starts;  ///< of the first chunk
    const float* x_sums;    ///< of the first group
    int64_t x_stride;
    int64_t chunks;
    int64_t chunks_per_group;
    float* y;             ///< the first token's sums
    int64_t y_stride;     ///< bytes
    uint16_t row_mask;    ///< which of 16 rows y has
    uint16_t begun_mask;  ///< which have sums of earlier panels
};

/// What X makes of each of kN tokens: its digit in the names of registers and its index to
/// addresses.
#define QUERN_TOKENS(X)  \
    X("0", "")           \
    X("1", ", %%r12")    \
    X("2", ", %%r12, 2") \
    X("3", ", %%r13")    \
    X("4", ", %%r12, 4") \
    X("5", ", %%r14")    \
    X("6", ", %%r13, 2") \
    X("7", ", %%r15")    \
    ".if %c[tokens] > 8\n\t"    \
    X("8", ", %%r12, 8")        \
    ".endif\n\t"                \
    ".if %c[tokens] > 9\n\t"    \
    X("9", ", %%rdi")           \
    ".endif\n\t"
#define QUERN_LOAD(i, index) "vmovups (%%rsi" index "), %%zmm2" i "%{%%k1%}%{z%}\n\t"
#define QUERN_CLEAR(i, index) "vpxord %%zmm1" i ", %%zmm1" i ", %%zmm1" i "\n\t"
#define QUERN_CLEAR_SUM(i, index) "vpxord %%zmm2" i ", %%zmm2" i ", %%zmm2" i "\n\t"
#define QUERN_START(i, index) "vpbroadcastd (%%r11" index "), %%zmm" i "\n\t"
#define QUERN_DOT(i, index) "vpdpbusd 4*\\step(%%r9" index ")%{1to16%}, %%zmm30, %%zmm" i "\n\t"
#define QUERN_PART(i, index)        \
    "vcvtdq2ps %%zmm" i ", %%zmm" i \
    "\n\t"                          \
    "vfmadd231ps (%%r10" index ")%{1to16%}, %%zmm" i ", %%zmm1" i "\n\t"
#define QUERN_SUM(i, index) "vfmadd231ps %%zmm1" i ", %%zmm30, %%zmm2" i "\n\t"
#define QUERN_MINIMUM(i, index) "vfmadd231ps (%%rsi" index ")%{1to16%}, %%zmm31, %%zmm2" i "\n\t"
#define QUERN_STORE(i, index) "vmovups %%zmm2" i ", (%%rsi" index ")%{%%k1%}\n\t"
/// Multiples of r12: r13 three, r14 five, r15 seven, rdi nine.
#define QUERN_STRIDES                  \
    "lea (%%r12, %%r12, 2), %%r13\n\t" \
    "lea (%%r12, %%r12, 4), %%r14\n\t" \
    "lea (%%r13, %%r12, 4), %%r15\n\t" \
    "lea (%%r12, %%r12, 8), %%rdi\n\t"
#define QUERN_TO_Y                  \
    "mov %c[y](%[loop]), %%rsi\n\t" \
    "mov %c[y_stride](%[loop]), %%r12\n\t" QUERN_STRIDES

/// r8 values, rcx groups; of token 0: r9 inputs, r10 scale, r11 start, rsi sum (or y); r12 the
/// stride of x (or y); rax chunks left, rdx chunks left in the group.
template <int kN, bool kMinimum>
void run_panel_loop(const PanelLoop& loop) {
    asm volatile(
        "movzwl %c[begun_mask](%[loop]), %%eax\n\t"
        "test %%eax, %%eax\n\t"
        "jz 3f\n\t"
        "kmovw %%eax, %%k1\n\t"
        QUERN_TO_Y
        QUERN_TOKENS(QUERN_LOAD)
        "jmp 4f\n"
        "3:\n\t"  // not even with an empty mask is y read: it may be far from the cache
        QUERN_TOKENS(QUERN_CLEAR_SUM)
        "4:\n\t"
        "mov %c[values](%[loop]), %%r8\n\t"
        "mov %c[groups](%[loop]), %%rcx\n\t"
        "mov %c[x](%[loop]), %%r9\n\t"
        "mov %c[scales](%[loop]), %%r10\n\t"
        "mov %c[starts](%[loop]), %%r11\n\t"
        "mov %c[x_sums](%[loop]), %%rsi\n\t"
        "mov %c[x_stride](%[loop]), %%r12\n\t"
        "mov %c[chunks](%[loop]), %%rax\n\t"
        QUERN_STRIDES
        "1:\n\t"  // a group
        "mov %c[chunks_per_group](%[loop]), %%rdx\n\t"
        "cmp %%rax, %%rdx\n\t"
        "cmovg %%rax, %%rdx\n\t"
        "sub %%rdx, %%rax\n\t"
        QUERN_TOKENS(QUERN_CLEAR)
        "2:\n\t"  // a chunk
        QUERN_TOKENS(QUERN_START)
        ".irp step, 0,1,2,3,4,5,6,7\n\t"
        "vmovdqa64 64*\\step(%%r8), %%zmm30\n\t"
        QUERN_TOKENS(QUERN_DOT)
        ".endr\n\t"
        QUERN_TOKENS(QUERN_PART)
        "add $512, %%r8\n\t"
        "add $32, %%r9\n\t"
        "add $4, %%r10\n\t"
        "add $4, %%r11\n\t"
        "dec %%rdx\n\t"
        "jnz 2b\n\t"
        "vmovaps %c[scale](%%rcx), %%zmm30\n\t"
        QUERN_TOKENS(QUERN_SUM)
        ".if %c[has_minimum]\n\t"
        "vmovaps %c[minimum](%%rcx), %%zmm31\n\t"
        QUERN_TOKENS(QUERN_MINIMUM)
        "add $4, %%rsi\n\t"
        ".endif\n\t"
        "add $%c[group_bytes], %%rcx\n\t"
        "test %%rax, %%rax\n\t"
        "jnz 1b\n\t"
        QUERN_TO_Y
        "kmovw %c[row_mask](%[loop]), %%k1\n\t"
        QUERN_TOKENS(QUERN_STORE)
        :
        : [loop] "r"(&loop), [values] "i"(offsetof(PanelLoop, values)),
          [groups] "i"(offsetof(PanelLoop, groups)), [x] "i"(offsetof(PanelLoop, x)),
          [scales] "i"(offsetof(PanelLoop, scales)), [starts] "i"(offsetof(PanelLoop, starts)),
          [x_sums] "i"(offsetof(PanelLoop, x_sums)), [x_stride] "i"(offsetof(PanelLoop, x_stride)),
          [chunks] "i"(offsetof(PanelLoop, chunks)),
          [chunks_per_group] "i"(offsetof(PanelLoop, chunks_per_group)),
          [y] "i"(offsetof(PanelLoop, y)), [y_stride] "i"(offsetof(PanelLoop, y_stride)),
          [row_mask] "i"(offsetof(PanelLoop, row_mask)),
          [begun_mask] "i"(offsetof(PanelLoop, begun_mask)),
          [scale] "i"(offsetof(Group, scale)), [minimum] "i"(offsetof(Group, minimum)),
          [group_bytes] "i"(sizeof(Group)), [has_minimum] "i"(kMinimum ? 1 : 0), [tokens] "i"(kN)
        : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
          "cc", "memory", "k1", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",
          "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "xmm16", "xmm17",
          "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25", "xmm26",
          "xmm27", "xmm28", "xmm29", "xmm30", "xmm31");
}

#undef QUERN_TOKENS
#undef QUERN_LOAD
#undef QUERN_CLEAR
#undef QUERN_CLEAR_SUM
#undef QUERN_START
#undef QUERN_DOT
#undef QUERN_PART
#undef QUERN_SUM
#undef QUERN_MINIMUM
#undef QUERN_STORE
#undef QUERN_STRIDES
#undef QUERN_TO_Y

}  // namespace
}  // namespace quern::avx512
