// Numbers that Python and C++ generate alike from splitmix64, see tests/goldens/pseudo_random.py.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tensor/splitmix64.h"

namespace quern::test {

/// n floats in [-0.5, 0.5), exact multiples of 2^-24.
inline std::vector<float> uniform(uint64_t seed, int64_t n) {
    std::vector<float> v(static_cast<size_t>(n));
    for (size_t i = 0; i < v.size(); ++i) {
        v[i] = static_cast<float>(splitmix64((seed << 32) + i) >> 40) / 16777216.0f - 0.5f;
    }
    return v;
}

inline uint64_t fnv1a(const void* data, size_t bytes) {
    const auto* p = static_cast<const uint8_t*>(data);
    uint64_t h = 0xCBF29CE484222325;
    for (size_t i = 0; i < bytes; ++i) h = (h ^ p[i]) * 0x100000001B3;
    return h;
}

}  // namespace quern::test
