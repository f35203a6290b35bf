// The loop where a prompt's time goes: blocks of three or four tokens times an unpacked panel of
// two tiles, groups' scales applied, all sums in registers.
//
// Two tiles share an input that is loaded once: a core that does two dot products in a cycle loads
// no more than twice (Zen 5).
//
// In assembly: compilers copy the sums of the intrinsics from register to register or through
// memory, and a 64-byte store costs as much as three dot products. Token i times the first tile is
// product i, times the second 4 + i. With product p's vector registers p the chunk's dots, 10 + p
// what its group came to so far, 20 + p the sums:
//
//   chunk   dot  = start + (values + 128) . inputs     values . inputs, as the start takes 128 off
//           part += x_scale * dot
//   group   sum  += scale * part [+ minimum * x_sum]
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/avx512/block_values.h"

namespace quern::avx512 {
namespace {

constexpr int kPanelTokens = 4;  ///< of a block, or one less
constexpr int kPanelTiles = 2;
constexpr int64_t kPanelCols = 1024;

/// Of kPanelTiles tiles and kPanelCols inputs: values + 128, one byte each, of a step after the
/// other; groups.
struct Panel {
    alignas(64) uint8_t values[kPanelCols / 4][kPanelTiles][64];
    Group groups[kPanelCols / 32][kPanelTiles];
};

/// What the loop works on; everything from a token on is at the same offset in all of them. After a
/// run x, y and ahead are those of the next block, and blocks is 0.
struct PanelLoop {
    const Panel* panel;
    int64_t chunks;
    int64_t chunks_per_group;
    const int8_t* x;  ///< the first token's inputs
    int64_t x_stride;
    int64_t scales;        ///< bytes from inputs to the scale of their first chunk,
    int64_t starts;        ///< to the start of their first chunk,
    int64_t sums;          ///< to the sum of their first group
    float* y;              ///< the first token's sums
    int64_t y_stride;      ///< bytes
    uint32_t row_mask;     ///< which of 32 rows y has
    uint32_t begun_mask;   ///< which have sums of earlier panels
    int64_t blocks;        ///< of tokens, at least 1
    const uint8_t* ahead;  ///< brought to L2 meanwhile,
    int64_t ahead_lines;   ///< so many lines per block, at least 1
};

/// What X makes of each of kN tokens: the digits of its products in the names of registers and its
/// index to addresses.
#define QUERN_TOKENS(X)       \
    X("0", "4", "")           \
    X("1", "5", ", %%r12")    \
    X("2", "6", ", %%r12, 2") \
    ".if %c[tokens] > 3\n\t" X("3", "7", ", %%r13") ".endif\n\t"
#define QUERN_LOAD(p, q, index)          \
    "vmovups (%%rsi" index "), %%zmm2" p \
    "%{%%k1%}%{z%}\n\t"                  \
    "vmovups 64(%%rsi" index "), %%zmm2" q "%{%%k2%}%{z%}\n\t"
#define QUERN_ZERO(r) "vpxord %%zmm" r ", %%zmm" r ", %%zmm" r "\n\t"
#define QUERN_CLEAR(p, q, index) QUERN_ZERO("1" p) QUERN_ZERO("1" q)
#define QUERN_CLEAR_SUM(p, q, index) QUERN_ZERO("2" p) QUERN_ZERO("2" q)
#define QUERN_START(p, q, index)             \
    "vpbroadcastd (%%r11" index "), %%zmm" p \
    "\n\t"                                   \
    "vmovdqa64 %%zmm" p ", %%zmm" q "\n\t"
#define QUERN_DOT(p, q, index)           \
    "vpbroadcastd 4*\\step(%%r9" index   \
    "), %%zmm28\n\t"                     \
    "vpdpbusd %%zmm28, %%zmm30, %%zmm" p \
    "\n\t"                               \
    "vpdpbusd %%zmm28, %%zmm31, %%zmm" q "\n\t"
#define QUERN_PART(p, q, index)                 \
    "vbroadcastss (%%r10" index                 \
    "), %%zmm28\n\t"                            \
    "vcvtdq2ps %%zmm" p ", %%zmm" p             \
    "\n\t"                                      \
    "vcvtdq2ps %%zmm" q ", %%zmm" q             \
    "\n\t"                                      \
    "vfmadd231ps %%zmm28, %%zmm" p ", %%zmm1" p \
    "\n\t"                                      \
    "vfmadd231ps %%zmm28, %%zmm" q ", %%zmm1" q "\n\t"
#define QUERN_SUM(p, q, index)                   \
    "vfmadd231ps %%zmm1" p ", %%zmm30, %%zmm2" p \
    "\n\t"                                       \
    "vfmadd231ps %%zmm1" q ", %%zmm31, %%zmm2" q "\n\t"
#define QUERN_MINIMUM(p, q, index)           \
    "vbroadcastss (%%rsi" index              \
    "), %%zmm28\n\t"                         \
    "vfmadd231ps %%zmm28, %%zmm30, %%zmm2" p \
    "\n\t"                                   \
    "vfmadd231ps %%zmm28, %%zmm31, %%zmm2" q "\n\t"
#define QUERN_STORE(p, q, index)        \
    "vmovups %%zmm2" p ", (%%rsi" index \
    ")%{%%k1%}\n\t"                     \
    "vmovups %%zmm2" q ", 64(%%rsi" index ")%{%%k2%}\n\t"
/// r12 a stride, r13 three times that.
#define QUERN_STRIDE(field) \
    "mov %c[" field         \
    "](%[loop]), %%r12\n\t" \
    "lea (%%r12, %%r12, 2), %%r13\n\t"
/// Moves a pointer to the next block's first token.
#define QUERN_NEXT_TOKENS(r) \
    "add %%r13, %%" r        \
    "\n\t"                   \
    ".if %c[tokens] > 3\n\t" \
    "add %%r12, %%" r        \
    "\n\t"                   \
    ".endif\n\t"
/// The masks of both tiles' rows.
#define QUERN_MASKS         \
    "kmovd %%eax, %%k1\n\t" \
    "kshiftrd $16, %%k1, %%k2\n\t"

/// r8 values, rcx groups; of the block's first token r9 inputs, r10 scale, r11 start, rsi sum (or
/// y); rax chunks left, rdx chunks left in the group. Vector registers 30 and 31 are both tiles'
/// values, scales or minima, 28 what they are multiplied by.
template <int kN, bool kMinimum>
void run_panel_loop(PanelLoop& loop) {
    static_assert(kN == 3 || kN == 4);
    asm volatile(
        "5:\n\t"  // a block
        "mov %c[ahead](%[loop]), %%rcx\n\t"
        "mov %c[ahead_lines](%[loop]), %%rax\n\t"
        "6:\n\t"
        "prefetcht1 (%%rcx)\n\t"
        "add $64, %%rcx\n\t"
        "dec %%rax\n\t"
        "jnz 6b\n\t"
        "mov %%rcx, %c[ahead](%[loop])\n\t"
        "mov %c[begun_mask](%[loop]), %%eax\n\t"
        "test %%eax, %%eax\n\t"
        "jz 3f\n\t"
        QUERN_MASKS
        "mov %c[y](%[loop]), %%rsi\n\t"
        QUERN_STRIDE("y_stride")
        QUERN_TOKENS(QUERN_LOAD)
        "jmp 4f\n"
        "3:\n\t"  // not even with an empty mask is y read: it may be far from the cache
        QUERN_TOKENS(QUERN_CLEAR_SUM)
        "4:\n\t"
        "mov %c[panel](%[loop]), %%r8\n\t"
        "lea %c[groups](%%r8), %%rcx\n\t"
        "mov %c[x](%[loop]), %%r9\n\t"
        "mov %c[scales](%[loop]), %%r10\n\t"
        "mov %c[starts](%[loop]), %%r11\n\t"
        "mov %c[sums](%[loop]), %%rsi\n\t"
        "add %%r9, %%r10\n\t"
        "add %%r9, %%r11\n\t"
        "add %%r9, %%rsi\n\t"
        QUERN_STRIDE("x_stride")
        "mov %c[chunks](%[loop]), %%rax\n\t"
        "1:\n\t"  // a group
        "mov %c[chunks_per_group](%[loop]), %%rdx\n\t"
        "cmp %%rax, %%rdx\n\t"
        "cmovg %%rax, %%rdx\n\t"
        "sub %%rdx, %%rax\n\t"
        QUERN_TOKENS(QUERN_CLEAR)
        "2:\n\t"  // a chunk
        QUERN_TOKENS(QUERN_START)
        ".irp step, 0,1,2,3,4,5,6,7\n\t"
        "vmovdqa64 128*\\step(%%r8), %%zmm30\n\t"
        "vmovdqa64 128*\\step+64(%%r8), %%zmm31\n\t"
        QUERN_TOKENS(QUERN_DOT)
        ".endr\n\t"
        QUERN_TOKENS(QUERN_PART)
        "add $1024, %%r8\n\t"
        "add $32, %%r9\n\t"
        "add $4, %%r10\n\t"
        "add $4, %%r11\n\t"
        "dec %%rdx\n\t"
        "jnz 2b\n\t"
        "vmovaps %c[scale](%%rcx), %%zmm30\n\t"
        "vmovaps %c[scale]+%c[group_bytes](%%rcx), %%zmm31\n\t"
        QUERN_TOKENS(QUERN_SUM)
        ".if %c[has_minimum]\n\t"
        "vmovaps %c[minimum](%%rcx), %%zmm30\n\t"
        "vmovaps %c[minimum]+%c[group_bytes](%%rcx), %%zmm31\n\t"
        QUERN_TOKENS(QUERN_MINIMUM)
        "add $4, %%rsi\n\t"
        ".endif\n\t"
        "add $2*%c[group_bytes], %%rcx\n\t"
        "test %%rax, %%rax\n\t"
        "jnz 1b\n\t"
        "mov %c[x](%[loop]), %%rax\n\t"
        QUERN_NEXT_TOKENS("rax")
        "mov %%rax, %c[x](%[loop])\n\t"
        "mov %c[y](%[loop]), %%rsi\n\t"
        QUERN_STRIDE("y_stride")
        "mov %c[row_mask](%[loop]), %%eax\n\t"
        QUERN_MASKS
        QUERN_TOKENS(QUERN_STORE)
        QUERN_NEXT_TOKENS("rsi")
        "mov %%rsi, %c[y](%[loop])\n\t"
        "decq %c[blocks](%[loop])\n\t"
        "jnz 5b\n\t"
        :
        : [loop] "r"(&loop), [panel] "i"(offsetof(PanelLoop, panel)),
          [groups] "i"(offsetof(Panel, groups)), [chunks] "i"(offsetof(PanelLoop, chunks)),
          [chunks_per_group] "i"(offsetof(PanelLoop, chunks_per_group)),
          [x] "i"(offsetof(PanelLoop, x)), [x_stride] "i"(offsetof(PanelLoop, x_stride)),
          [scales] "i"(offsetof(PanelLoop, scales)), [starts] "i"(offsetof(PanelLoop, starts)),
          [sums] "i"(offsetof(PanelLoop, sums)), [y] "i"(offsetof(PanelLoop, y)),
          [y_stride] "i"(offsetof(PanelLoop, y_stride)),
          [row_mask] "i"(offsetof(PanelLoop, row_mask)),
          [begun_mask] "i"(offsetof(PanelLoop, begun_mask)),
          [blocks] "i"(offsetof(PanelLoop, blocks)), [ahead] "i"(offsetof(PanelLoop, ahead)),
          [ahead_lines] "i"(offsetof(PanelLoop, ahead_lines)),
          [scale] "i"(offsetof(Group, scale)), [minimum] "i"(offsetof(Group, minimum)),
          [group_bytes] "i"(sizeof(Group)), [has_minimum] "i"(kMinimum ? 1 : 0), [tokens] "i"(kN)
        : "rax", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13", "cc", "memory", "k1",
          "k2", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm10", "xmm11",
          "xmm12", "xmm13", "xmm14", "xmm15", "xmm16", "xmm17", "xmm20", "xmm21", "xmm22",
          "xmm23", "xmm24", "xmm25", "xmm26", "xmm27", "xmm28", "xmm30", "xmm31");
}

#undef QUERN_TOKENS
#undef QUERN_LOAD
#undef QUERN_ZERO
#undef QUERN_CLEAR
#undef QUERN_CLEAR_SUM
#undef QUERN_START
#undef QUERN_DOT
#undef QUERN_PART
#undef QUERN_SUM
#undef QUERN_MINIMUM
#undef QUERN_STORE
#undef QUERN_STRIDE
#undef QUERN_NEXT_TOKENS
#undef QUERN_MASKS

}  // namespace
}  // namespace quern::avx512
