// Conversions between f32 and the small float types, round to nearest even, by bits: the same on
// every machine. f8 types follow OCP FP8 (E4M3 without infinity, E5M2) and saturate.
#pragma once

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
inline uint16_t f32_to_f16(float f) {
    const uint32_t bits = std::bit_cast<uint32_t>(f);
    const uint32_t magnitude = bits & 0x7FFFFFFFu;
    uint32_t code;
    if (magnitude > 0x7F800000u) {
        code = 0x7E00;  // NaN
    } else if (magnitude >= 0x477FF000u) {
        code = 0x7C00;  // 65520 and more round to infinity
    } else if (magnitude >= 0x38800000u) {
        // Normal: less than half a unit is added, a tie only if the kept part is odd; then the
        // exponent is rebiased.
        code = (magnitude + 0xFFFu + ((magnitude >> 13) & 1)) >> 13;
        code -= (127 - 15) << 10;
    } else {
        // Subnormal: 0.5 has f16's smallest step as its last bit, so the addition itself rounds.
        code = std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) + 0.5f) - 0x3F000000u;
    }
    return static_cast<uint16_t>((bits >> 16 & 0x8000u) | code);
}
inline float bf16_to_f32(uint16_t h) {
    return std::bit_cast<float>(static_cast<uint32_t>(h) << 16);
}
uint16_t f32_to_bf16(float f);
float f8_e4m3_to_f32(uint8_t v);
uint8_t f32_to_f8_e4m3(float f);
float f8_e5m2_to_f32(uint8_t v);
uint8_t f32_to_f8_e5m2(float f);

}  // namespace quern
