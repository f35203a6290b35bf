// Conversions between f32 and the small float types, round to nearest even, by bits: the same on
// every machine. f8 types follow OCP FP8 (E4M3 without infinity, E5M2) and saturate.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace quern {

/// Inline and without branches, so that loops over it vectorize.
inline float f16_to_f32(uint16_t h) {
    const uint32_t magnitude = h & 0x7FFFu;
    // The bits shifted into place read as value * 2^-112, subnormals too; infinity and NaN need all
    // exponent bits.
    const float value = std::bit_cast<float>(magnitude << 13) * 0x1p112f;
    const uint32_t special = magnitude >= 0x7C00 ? 0x7F800000u : 0u;
    return std::bit_cast<float>(std::bit_cast<uint32_t>(value) | special | (h & 0x8000u) << 16);
}
/// Without branches, too. An addition rounds: of 4 |f| to a power of two whose last bit is f16's.
inline uint16_t f32_to_f16(float f) {
    const uint32_t bits = std::bit_cast<uint32_t>(f);
    const uint32_t magnitude = bits & 0x7FFFFFFFu;
    // On the way to 4 |f| 2^16 and more, which f16 does not hold, become infinity.
    const float value = std::bit_cast<float>(magnitude) * 0x1p112f * 0x1p-110f;
    // 2^(e + 15) for |f| of exponent e; f16's exponents end at -14.
    const uint32_t exponent = std::max(magnitude & 0x7F800000u, 0x38800000u) + (15u << 23);
    const uint32_t sum = std::bit_cast<uint32_t>(std::bit_cast<float>(exponent) + value);
    // The leading bit of a normal number is among the 12 and counts the exponent up by one.
    const uint32_t code = (sum >> 13 & 0x7C00u) + (sum & 0xFFFu);
    const uint32_t is_nan = magnitude > 0x7F800000u ? ~0u : 0u;
    return static_cast<uint16_t>((bits >> 16 & 0x8000u) | (code & ~is_nan) | (0x7E00u & is_nan));
}
inline float bf16_to_f32(uint16_t h) {
    return std::bit_cast<float>(static_cast<uint32_t>(h) << 16);
}
inline uint16_t f32_to_bf16(float f) {
    const uint32_t bits = std::bit_cast<uint32_t>(f);
    const uint32_t rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
    const bool is_nan = (bits & 0x7FFFFFFF) > 0x7F800000;
    return static_cast<uint16_t>(is_nan ? (bits >> 16) | 0x40 : rounded);
}
float f8_e4m3_to_f32(uint8_t v);
uint8_t f32_to_f8_e4m3(float f);
float f8_e5m2_to_f32(uint8_t v);
uint8_t f32_to_f8_e5m2(float f);

}  // namespace quern
