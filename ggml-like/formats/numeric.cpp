// The f8 types by bits; f16 and bf16 are in the header. Encoders round to nearest even.
#include "tensor/numeric.h"

#include <bit>

namespace quern {
namespace {

/// An f8 type of 1 sign, `exponent_bits` and `mantissa_bits`.
struct Float8 {
    int exponent_bits;
    int mantissa_bits;
    uint32_t max_finite;  ///< code of the largest finite value; larger values saturate to it
    uint32_t nan;
};

constexpr Float8 kE4M3{4, 3, 0x7E, 0x7F};
constexpr Float8 kE5M2{5, 2, 0x7B, 0x7E};

uint32_t encode(const Float8& t, float value) {
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    const uint32_t sign = (bits >> 31) << (t.exponent_bits + t.mantissa_bits);
    const uint32_t magnitude = bits & 0x7FFFFFFF;
    if (magnitude > 0x7F800000) return sign | t.nan;
    const int bias = (1 << (t.exponent_bits - 1)) - 1;
    int exponent = static_cast<int>(magnitude >> 23) - 127 + bias;
    if (exponent > (1 << t.exponent_bits)) return sign | t.max_finite;
    uint32_t mantissa = (magnitude & 0x7FFFFF) | 0x800000;
    int drop = 23 - t.mantissa_bits;
    if (exponent <= 0) {  // subnormal in the small type: the hidden bit moves into the mantissa
        drop += 1 - exponent;
        exponent = 0;
        if (drop > 24) return sign;
    } else {
        mantissa &= 0x7FFFFF;
    }
    // Adding half, less one unless the kept part is odd, rounds ties to even; a carry moves into
    // the exponent.
    const uint32_t odd = (mantissa >> drop) & 1;
    uint32_t code = static_cast<uint32_t>(exponent) << t.mantissa_bits;
    code += (mantissa + (1u << (drop - 1)) - 1 + odd) >> drop;
    return sign | (code > t.max_finite ? t.max_finite : code);
}

float decode(const Float8& t, uint32_t code) {
    const int width = t.exponent_bits + t.mantissa_bits;
    const uint32_t sign = (code >> width) << 31;
    const uint32_t magnitude = code & ((1u << width) - 1);
    if (magnitude > t.max_finite) return std::bit_cast<float>(sign | 0x7FC00000u);
    // The bits shifted into f32's mantissa read as value * 2^(bias - 127), subnormals too.
    const int bias = (1 << (t.exponent_bits - 1)) - 1;
    const float scale = std::bit_cast<float>(static_cast<uint32_t>(127 + 127 - bias) << 23);
    const float value = std::bit_cast<float>(magnitude << (23 - t.mantissa_bits)) * scale;
    return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(value));
}

}  // namespace

float f8_e4m3_to_f32(uint8_t v) { return decode(kE4M3, v); }
uint8_t f32_to_f8_e4m3(float f) { return static_cast<uint8_t>(encode(kE4M3, f)); }

float f8_e5m2_to_f32(uint8_t v) {
    // Unlike E4M3, E5M2 has an infinity, although encoding saturates and never makes one.
    const uint8_t magnitude = v & 0x7F;
    if (magnitude == 0x7C) return std::bit_cast<float>((v & 0x80u) << 24 | 0x7F800000u);
    return decode(kE5M2, v);
}
uint8_t f32_to_f8_e5m2(float f) { return static_cast<uint8_t>(encode(kE5M2, f)); }

}  // namespace quern
