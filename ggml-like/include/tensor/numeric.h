// Conversions between f32 and the small float types, round to nearest even, by bits: the same on
// every machine. f8 types follow OCP FP8 (E4M3 without infinity, E5M2) and saturate.
#pragma once

#include <cstdint>

namespace quern {

float f16_to_f32(uint16_t h);
uint16_t f32_to_f16(float f);
float bf16_to_f32(uint16_t h);
uint16_t f32_to_bf16(float f);
float f8_e4m3_to_f32(uint8_t v);
uint8_t f32_to_f8_e4m3(float f);
float f8_e5m2_to_f32(uint8_t v);
uint8_t f32_to_f8_e5m2(float f);

}  // namespace quern
