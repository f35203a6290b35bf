// Scales and minima as rows store them: f16, or in formats of two levels
//
//   value = unit * count      unit: an f16 of the row's, count: a signed byte of the group's
//
// Unlike bitsandbytes, which takes 256 scales together and subtracts their mean, a row keeps to
// itself: its bytes do not depend on other rows. A count is off by half a unit at most, which is
// 1/254 of the row's largest scale.
#include <algorithm>
#include <cmath>

#include "tensor/block.h"
#include "tensor/numeric.h"

namespace quern {
namespace {

constexpr float kMostUnits = 127;

}  // namespace

uint16_t unit_of(float largest) {
    uint16_t unit = f32_to_f16(largest / kMostUnits);
    if (f16_to_f32(unit) * kMostUnits < largest) ++unit;
    return unit;
}

uint16_t stored_bits(const Format& f, float value, uint16_t unit) {
    if (!f.two_level) return f32_to_f16(value);
    const float size = f16_to_f32(unit);
    if (value == 0 || size == 0) return 0;
    float count = std::clamp(std::nearbyint(value / size), -kMostUnits, kMostUnits);
    if (count == 0) count = value < 0 ? -1.0f : 1.0f;
    return static_cast<uint8_t>(static_cast<int8_t>(count));
}

float stored_value(const Format& f, uint16_t bits, uint16_t unit) {
    if (!f.two_level) return f16_to_f32(bits);
    return f16_to_f32(unit) * static_cast<float>(static_cast<int8_t>(bits));
}

}  // namespace quern
