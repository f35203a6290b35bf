// What pairs_loop.h and vnni_loop.h share: the loop where a prompt's time goes, some tokens times
// the unpacked panel of a tile, groups' scales applied.
//
// In assembly: compilers add many products as a tree whose terms do not fit into the registers, and
// GCC 12 copies sums from register to register. Sixteen of them hold only a chunk's dots, in 0, 1
// (token 0, rows 0-7 and 8-15), 2, 3 (token 1) ..., then what the group came to so far, its part,
// which is in memory while another chunk is multiplied; sums stay in memory.
//
//   chunk   dot  = start + codes . inputs
//           part += x_scale * dot
//   group   sum  += scale * part + minimum * x_sum
//
// What codes are above their values is taken off by starts or by minima, see kByMinimum.
//
// r8 codes, rcx groups; of token 2: r9 inputs, r10 scale, r11 sum or start; r12 stride, r13 3
// stride, r14 -stride; rax chunks left, rdx chunks left in the group. Vector register 15 is pairs
// of ones.
#pragma once

#include <cstddef>

#include "kernels/avx2/rows.h"

namespace quern::avx2 {
namespace {

constexpr int kMostTokens = 6;   ///< of a loop
constexpr int kMiddleToken = 2;  ///< whose address it takes: the first are before it

struct Pair {  // integers of 16 rows
    __m256i lo, hi;
};

/// What dots begin at. kByMinimum: 0, what codes are above their values is in the groups' minima;
/// kAsTheyAre: 0, codes are values; else the starts of formats/activation.h, shifted right by this.
constexpr int kByMinimum = -1, kAsTheyAre = -2;

/// A group of 16 rows: w = scale q + minimum; the minimum is read where dots begin kByMinimum.
struct Group {
    Floats scale;
    Floats minimum;
};

/// What a loop works on; everything from a token on is at the same offset in all of them.
struct PanelLoop {
    Floats sums[kMostTokens];
    Floats parts[kMostTokens];
    Pair dots[kMostTokens];  ///< of a chunk's steps so far, where registers are needed otherwise
    const uint8_t* codes;
    const Group* groups;
    const int8_t* x;      ///< kMiddleToken's inputs
    const float* scales;  ///< its scale of the first chunk
    const void* offsets;  ///< its sum of the first group, or where dots begin by starts, its start
                          ///< of the first chunk
    int64_t x_stride;
    int64_t chunks;
    int64_t chunks_per_group;
};
static_assert(offsetof(Group, scale) == 0 && offsetof(Group, minimum) == 64 &&
                  offsetof(PanelLoop, sums) == 0,
              "QUERN_SUM has these as numbers");

#define QUERN_TOKEN_0 ", %%r14, 2"
#define QUERN_TOKEN_1 ", %%r14"
#define QUERN_TOKEN_2 ""
#define QUERN_TOKEN_3 ", %%r12"
#define QUERN_TOKEN_4 ", %%r12, 2"
#define QUERN_TOKEN_5 ", %%r13"

/// Makes a token's dots in registers lo and hi floats; 14 is its scale of the chunk.
#define QUERN_FLOATS(i, lo, hi)           \
    "vbroadcastss (%%r10" QUERN_TOKEN_##i \
        "), %%ymm14\n\t"                  \
        "vcvtdq2ps %%ymm" lo ", %%ymm" lo \
        "\n\t"                            \
        "vcvtdq2ps %%ymm" hi ", %%ymm" hi "\n\t"
/// The group's first chunk makes its part, the others add to the part that is in memory.
#define QUERN_FIRST_PART(i, lo, hi)         \
    QUERN_FLOATS(i, lo, hi)                 \
    "vmulps %%ymm" lo ", %%ymm14, %%ymm" lo \
    "\n\t"                                  \
    "vmulps %%ymm" hi ", %%ymm14, %%ymm" hi "\n\t"
#define QUERN_NEXT_PART(i, lo, hi)                                  \
    QUERN_FLOATS(i, lo, hi)                                         \
    "vfmadd213ps %c[parts] + 64*" #i "(%[loop]), %%ymm14, %%ymm" lo \
    "\n\t"                                                          \
    "vfmadd213ps %c[parts] + 64*" #i " + 32(%[loop]), %%ymm14, %%ymm" hi "\n\t"
#define QUERN_KEEP_PART(i, lo, hi)            \
    "vmovaps %%ymm" lo ", %c[parts] + 64*" #i \
    "(%[loop])\n\t"                           \
    "vmovaps %%ymm" hi ", %c[parts] + 64*" #i " + 32(%[loop])\n\t"
/// Adds a token's part in registers lo and hi to its sums; 12 and 13 are the group's scales.
#define QUERN_SUM(i, lo, hi)                                 \
    "vfmadd213ps 64*" #i "(%[loop]), %%ymm12, %%ymm" lo      \
    "\n\t"                                                   \
    "vfmadd213ps 64*" #i " + 32(%[loop]), %%ymm13, %%ymm" hi \
    "\n\t"                                                   \
    ".if %c[minimum]\n\t"                                    \
    "vbroadcastss (%%r11" QUERN_TOKEN_##i                    \
        "), %%ymm14\n\t"                                     \
        "vfmadd231ps 64(%%rcx), %%ymm14, %%ymm" lo           \
        "\n\t"                                               \
        "vfmadd231ps 96(%%rcx), %%ymm14, %%ymm" hi           \
        "\n\t"                                               \
        ".endif\n\t"                                         \
        "vmovaps %%ymm" lo ", 64*" #i                        \
        "(%[loop])\n\t"                                      \
        "vmovaps %%ymm" hi ", 64*" #i " + 32(%[loop])\n\t"

/// `dots` makes a chunk's; `tokens` applies a macro to every token and its registers.
#define QUERN_PANEL_LOOP(dots, tokens) \
    "mov %c[codes](%[loop]), %%r8\n\t"             \
    "mov %c[groups](%[loop]), %%rcx\n\t"           \
    "mov %c[x](%[loop]), %%r9\n\t"                 \
    "mov %c[scales](%[loop]), %%r10\n\t"           \
    "mov %c[offsets](%[loop]), %%r11\n\t"          \
    "mov %c[x_stride](%[loop]), %%r12\n\t"         \
    "mov %c[chunks](%[loop]), %%rax\n\t"           \
    "lea (%%r12, %%r12, 2), %%r13\n\t"             \
    "mov %%r12, %%r14\n\t"                         \
    "neg %%r14\n\t"                                \
    "vpcmpeqw %%ymm15, %%ymm15, %%ymm15\n\t"       \
    "vpsrlw $15, %%ymm15, %%ymm15\n"               \
    "1:\n\t" /* a group */                         \
    "mov %c[chunks_per_group](%[loop]), %%rdx\n\t" \
    "cmp %%rax, %%rdx\n\t"                         \
    "cmovg %%rax, %%rdx\n\t"                       \
    "sub %%rdx, %%rax\n\t"                         \
    dots tokens(QUERN_FIRST_PART) QUERN_NEXT_CHUNK \
    "jz 3f\n"                                      \
    "2:\n\t"                                       \
    tokens(QUERN_KEEP_PART) dots                   \
    tokens(QUERN_NEXT_PART) QUERN_NEXT_CHUNK       \
    "jnz 2b\n"                                     \
    "3:\n\t"                                       \
    "vmovaps (%%rcx), %%ymm12\n\t"                 \
    "vmovaps 32(%%rcx), %%ymm13\n\t"               \
    tokens(QUERN_SUM)                              \
    "add $%c[group_bytes], %%rcx\n\t"              \
    ".if %c[minimum]\n\t"                          \
    "add $4, %%r11\n\t"                            \
    ".endif\n\t"                                   \
    "test %%rax, %%rax\n\t"                        \
    "jnz 1b\n\t"
/// Zeroes these registers.
#define QUERN_ZERO(registers)                \
    ".irp i, " registers                     \
    "\n\t"                                   \
    "vpxor %%ymm\\i, %%ymm\\i, %%ymm\\i\n\t" \
    ".endr\n\t"
#define QUERN_NEXT_CHUNK   \
    "add $512, %%r8\n\t"   \
    "add $32, %%r9\n\t"    \
    "add $4, %%r10\n\t"    \
    ".if !%c[minimum]\n\t" \
    "add $4, %%r11\n\t"    \
    ".endif\n\t"           \
    "dec %%rdx\n\t"

/// `begin`: kByMinimum or the others.
#define QUERN_PANEL_INPUTS(begin)                                                               \
    [loop] "r"(&loop), [codes] "i"(offsetof(PanelLoop, codes)),                                 \
        [groups] "i"(offsetof(PanelLoop, groups)), [x] "i"(offsetof(PanelLoop, x)),             \
        [scales] "i"(offsetof(PanelLoop, scales)), [minimum] "i"((begin) == kByMinimum),        \
        [start] "i"(begin), [offsets] "i"(offsetof(PanelLoop, offsets)),                        \
        [parts] "i"(offsetof(PanelLoop, parts)), [x_stride] "i"(offsetof(PanelLoop, x_stride)), \
        [chunks] "i"(offsetof(PanelLoop, chunks)),                                              \
        [chunks_per_group] "i"(offsetof(PanelLoop, chunks_per_group)),                          \
        [dots] "i"(offsetof(PanelLoop, dots)), [group_bytes] "i"(sizeof(Group))
#define QUERN_PANEL_CLOBBERS                                                                      \
    "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "cc", "memory", "xmm0",   \
        "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", \
        "xmm12", "xmm13", "xmm14", "xmm15"

}  // namespace
}  // namespace quern::avx2
