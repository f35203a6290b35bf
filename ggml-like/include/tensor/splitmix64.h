// Random numbers from a counter (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number
// generators"): an odd step and a bijective mix, so every seed is good.
#pragma once

#include <cstdint>

namespace quern {

inline constexpr uint64_t kSplitmix64Step = 0x9E3779B97F4A7C15;

/// Number x of the sequence. A generator with a state returns this of it, then adds the step to it.
constexpr uint64_t splitmix64(uint64_t x) {
    x += kSplitmix64Step;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
    return x ^ (x >> 31);
}

}  // namespace quern
