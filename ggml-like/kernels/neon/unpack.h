// Cells of the block family -> one signed code byte per input, for NEON: a cell of 16 rows is four
// registers, each with four inputs of four rows.
//
//   register j (16 bytes)   row 4j | row 4j+1 | row 4j+2 | row 4j+3, 4 code bytes each
//
// The dot product is signed by signed. Codes of up to 6 bits are valid as they are; 8-bit codes
// and the values of a table become q - 128, which code_bias() tells the caller.
#pragma once

#include <arm_neon.h>

#include "formats/block.h"
#include "formats/nf4.h"

namespace quern::neon {
namespace {

/// What unpacking takes from every value of so many bits.
constexpr int32_t code_bias(int bits) { return bits == 8 ? 128 : 0; }

template <int kBits, int kShift>
uint8x16_t plane_codes(uint8x16_t word) {
    if constexpr (kShift > 0) word = vshrq_n_u8(word, kShift);
    if constexpr (kShift + kBits < 8) word = vandq_u8(word, vdupq_n_u8((1 << kBits) - 1));
    return word;
}

/// Register j of step kStep of a chunk; see the layout in formats/block.h.
template <int kBits, Zero kZero, int kStep>
int8x16_t load_codes(const uint8_t* chunk, int j) {
    constexpr Planes kPlanes = planes_of(kBits);
    constexpr int kFirst = kPlanes.bits[0];
    constexpr int kShift = kFirst * (kStep % (8 / kFirst));
    const uint8_t* cell = chunk + kStep / (8 / kFirst) * kBlockCellBytes;
    uint8x16_t q = plane_codes<kFirst, kShift>(vld1q_u8(cell + 16 * j));
    if constexpr (kPlanes.count == 2) {
        constexpr int kSecond = kPlanes.bits[1];
        constexpr int kHighShift = kSecond * (kStep % (8 / kSecond));
        const uint8_t* high =
            chunk + kBlockCellBytes * kFirst + kStep / (8 / kSecond) * kBlockCellBytes;
        const uint8x16_t top = plane_codes<kSecond, kHighShift>(vld1q_u8(high + 16 * j));
        q = vsliq_n_u8(q, top, kFirst);  // q | top << kFirst
    }
    if constexpr (kZero == Zero::kNf4) q = vqtbl1q_u8(vld1q_u8(kNf4Values), q);
    if constexpr (value_bits(kBits, kZero) == 8) q = veorq_u8(q, vdupq_n_u8(0x80));
    return vreinterpretq_s8_u8(q);
}

/// Calls visit<step>() for the eight steps of a chunk, in order.
template <class Visit>
void for_each_step(Visit visit) {
    visit.template operator()<0>();
    visit.template operator()<1>();
    visit.template operator()<2>();
    visit.template operator()<3>();
    visit.template operator()<4>();
    visit.template operator()<5>();
    visit.template operator()<6>();
    visit.template operator()<7>();
}

}  // namespace
}  // namespace quern::neon
