// The loop where a prompt's time goes: seven tokens times an unpacked panel of two tiles, groups'
// scales applied, all sums in registers.
//
// In assembly: compilers copy the sums of the intrinsics from register to register or through
// memory, and a 64-byte store costs as much as three dot products. Per group of a panel, with
// vector registers 0-13 the sums, 14-27 the group's dots (tile 0: tokens 0-6, tile 1: tokens 0-6):
//
//   dot  = 3 * 2^22 as float bits, + codes . inputs as integers
//   dot  = scale * (dot as float) - scale * 3 * 2^22
//   dot += minimum * x_sum
//   sum += x_scale * dot
//
// Integer sums start at the bits of 3 * 2^22, a float whose last bit counts ones: with the dot
// added they are the float 3 * 2^22 + dot, without a conversion, as |dot| <= 128 * 255 * 127 <
// 2^22. Taking the start away is exact: a scale has few bits.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace quern::avx512 {
namespace {

constexpr int kPanelTokens = 7;
constexpr int kPanelTiles = 2;
constexpr int64_t kPanelCols = 1024;
constexpr float kDotStart = 12582912.0f;  ///< 3 * 2^22

/// A group of 16 rows: w = scale q + minimum, whatever kind of zero the format has.
struct Group {
    __m512 scale;
    __m512 minimum;
    __m512 offset;  ///< -scale * kDotStart
};

/// Two tiles' codes, one byte each, and the groups' scales, for kPanelCols inputs.
struct Panel {
    alignas(64) uint8_t codes[kPanelTiles][kPanelCols * 16];
    Group groups[kPanelTiles][kPanelCols / 32];
};

/// What the loop reads; everything from a token on is at the same offset in all seven.
struct PanelLoop {
    float sums[kPanelTiles][kPanelTokens][16];
    const uint8_t* codes;
    const Group* groups;
    const int8_t* x;       ///< token 3's inputs
    const int8_t* scales;  ///< token 3's scale of the first group
    const int8_t* sums_of_x;
    int64_t x_stride;
    int64_t chunks;
    int64_t chunks_per_group;
    float dot_start;
};

#define QUERN_TOKEN(address, dot0, dot1)    \
    "vpbroadcastd 4*\\step" address         \
    ", %%zmm30\n\t"                         \
    "vpdpbusd %%zmm30, %%zmm28, %%zmm" dot0 \
    "\n\t"                                  \
    "vpdpbusd %%zmm30, %%zmm29, %%zmm" dot1 "\n\t"
#define QUERN_SUM(token, dot, sum)                              \
    "vfmadd213ps %%zmm29, %%zmm28, %%zmm" dot                   \
    "\n\t"                                                      \
    "vfmadd231ps (%%r11" token ")%{1to16%}, %%zmm30, %%zmm" dot \
    "\n\t"                                                      \
    "vfmadd231ps (%%r10" token ")%{1to16%}, %%zmm" dot ", %%zmm" sum "\n\t"

/// r8 codes, rcx groups; of token 3: r9 inputs, r10 scale, r11 sum; r12 stride, r13 3 stride,
/// r14 -stride, r15 -3 stride; rax chunks left, rdx chunks left in the group.
inline void run_panel_loop(PanelLoop& loop) {
    asm volatile(
        "mov %c[codes](%[loop]), %%r8\n\t"
        "mov %c[groups](%[loop]), %%rcx\n\t"
        "mov %c[x](%[loop]), %%r9\n\t"
        "mov %c[scales](%[loop]), %%r10\n\t"
        "mov %c[sums_of_x](%[loop]), %%r11\n\t"
        "mov %c[x_stride](%[loop]), %%r12\n\t"
        "mov %c[chunks](%[loop]), %%rax\n\t"
        "lea (%%r12, %%r12, 2), %%r13\n\t"
        "mov %%r12, %%r14\n\t"
        "neg %%r14\n\t"
        "mov %%r13, %%r15\n\t"
        "neg %%r15\n\t"
        ".irp i, 0,1,2,3,4,5,6,7,8,9,10,11,12,13\n\t"
        "vmovaps 64*\\i(%[loop]), %%zmm\\i\n\t"
        ".endr\n"
        "vbroadcastss %c[dot_start](%[loop]), %%zmm31\n\t"
        "1:\n\t"  // a group
        "mov %c[chunks_per_group](%[loop]), %%rdx\n\t"
        "cmp %%rax, %%rdx\n\t"
        "cmovg %%rax, %%rdx\n\t"
        "sub %%rdx, %%rax\n\t"
        ".irp i, 14,15,16,17,18,19,20,21,22,23,24,25,26,27\n\t"
        "vmovdqa64 %%zmm31, %%zmm\\i\n\t"
        ".endr\n"
        "2:\n\t"  // a chunk
        ".irp step, 0,1,2,3,4,5,6,7\n\t"
        "vmovdqa64 64*\\step(%%r8), %%zmm28\n\t"
        "vmovdqa64 64*\\step + %c[tile_codes](%%r8), %%zmm29\n\t"
        QUERN_TOKEN("(%%r9, %%r15)", "14", "21")
        QUERN_TOKEN("(%%r9, %%r14, 2)", "15", "22")
        QUERN_TOKEN("(%%r9, %%r14)", "16", "23")
        QUERN_TOKEN("(%%r9)", "17", "24")
        QUERN_TOKEN("(%%r9, %%r12)", "18", "25")
        QUERN_TOKEN("(%%r9, %%r12, 2)", "19", "26")
        QUERN_TOKEN("(%%r9, %%r13)", "20", "27")
        ".endr\n\t"
        "add $512, %%r8\n\t"
        "add $32, %%r9\n\t"
        "dec %%rdx\n\t"
        "jnz 2b\n\t"
        "vmovaps %c[scale](%%rcx), %%zmm28\n\t"
        "vmovaps %c[offset](%%rcx), %%zmm29\n\t"
        "vmovaps %c[minimum](%%rcx), %%zmm30\n\t"
        QUERN_SUM(", %%r15", "14", "0")
        QUERN_SUM(", %%r14, 2", "15", "1")
        QUERN_SUM(", %%r14", "16", "2")
        QUERN_SUM("", "17", "3")
        QUERN_SUM(", %%r12", "18", "4")
        QUERN_SUM(", %%r12, 2", "19", "5")
        QUERN_SUM(", %%r13", "20", "6")
        "vmovaps %c[scale] + %c[tile_groups](%%rcx), %%zmm28\n\t"
        "vmovaps %c[offset] + %c[tile_groups](%%rcx), %%zmm29\n\t"
        "vmovaps %c[minimum] + %c[tile_groups](%%rcx), %%zmm30\n\t"
        QUERN_SUM(", %%r15", "21", "7")
        QUERN_SUM(", %%r14, 2", "22", "8")
        QUERN_SUM(", %%r14", "23", "9")
        QUERN_SUM("", "24", "10")
        QUERN_SUM(", %%r12", "25", "11")
        QUERN_SUM(", %%r12, 2", "26", "12")
        QUERN_SUM(", %%r13", "27", "13")
        "add $%c[group_bytes], %%rcx\n\t"
        "add $4, %%r10\n\t"
        "add $4, %%r11\n\t"
        "test %%rax, %%rax\n\t"
        "jnz 1b\n\t"
        ".irp i, 0,1,2,3,4,5,6,7,8,9,10,11,12,13\n\t"
        "vmovaps %%zmm\\i, 64*\\i(%[loop])\n\t"
        ".endr\n\t"
        :
        : [loop] "r"(&loop), [codes] "i"(offsetof(PanelLoop, codes)),
          [groups] "i"(offsetof(PanelLoop, groups)), [x] "i"(offsetof(PanelLoop, x)),
          [scales] "i"(offsetof(PanelLoop, scales)),
          [sums_of_x] "i"(offsetof(PanelLoop, sums_of_x)),
          [x_stride] "i"(offsetof(PanelLoop, x_stride)),
          [chunks] "i"(offsetof(PanelLoop, chunks)),
          [chunks_per_group] "i"(offsetof(PanelLoop, chunks_per_group)),
          [dot_start] "i"(offsetof(PanelLoop, dot_start)), [scale] "i"(offsetof(Group, scale)),
          [minimum] "i"(offsetof(Group, minimum)), [offset] "i"(offsetof(Group, offset)),
          [group_bytes] "i"(sizeof(Group)), [tile_codes] "i"(sizeof(Panel::codes[0])),
          [tile_groups] "i"(sizeof(Panel::groups[0]))
        : "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "cc",
          "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
          "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "xmm16", "xmm17",
          "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25", "xmm26",
          "xmm27", "xmm28", "xmm29", "xmm30", "xmm31");
}

#undef QUERN_TOKEN
#undef QUERN_SUM

}  // namespace
}  // namespace quern::avx512
