// NF4, the code book of QLoRA (Dettmers et al. 2023, section 3 and appendix E): 16 values in [-1,
// 1], one of them 0, at quantiles of N(0, 1). With o = (1 - 1/30 + 1 - 1/32) / 2 and Q the inverse
// of the normal distribution function: Q(o + (0.5 - o) i / 8), i = 0..7, are positive, -Q(o + (0.5
// - o) i / 7), i = 0..6, negative, all divided by Q(o). The constants are the ones of the paper's
// implementation.
//
// A tile stores the codes 0..15. Kernels multiply integers: the value of a code is round(127 c), at
// most 0.4 % off, and is kept as value + 128, an unsigned byte like every other code.
// Kernel files include this header: constants only.
#pragma once

#include <cstdint>

#include "tensor/codec.h"

namespace quern {

constexpr float kNf4Book[16] = {
    -1.0f,
    -0.6961928009986877f,
    -0.5250730514526367f,
    -0.39491748809814453f,
    -0.28444138169288635f,
    -0.18477343022823334f,
    -0.09105003625154495f,
    0.0f,
    0.07958029955625534f,
    0.16093020141124725f,
    0.24611230194568634f,
    0.33791524171829224f,
    0.44070982933044434f,
    0.5626170039176941f,
    0.7229568362236023f,
    1.0f,
};
constexpr uint8_t kNf4Zero = 7;  ///< the code of 0

/// round(127 c) + 128.
alignas(16) constexpr uint8_t kNf4Values[16] = {1,   40,  61,  78,  92,  105, 116, 128,
                                                138, 148, 159, 171, 184, 199, 220, 255};
constexpr int kTableZero = 128;  ///< what every value of a table is reduced by
constexpr int kNf4Largest = 127;

/// codes[i] = the nearest value of the book to w[i] / absmax; a tie takes the lower code.
void nf4_codes(const float* w, int64_t n, float absmax, uint8_t* codes);

}  // namespace quern
