// Are floats the same, NaN included?
#pragma once

#include <cstring>
#include <vector>

namespace quern::test {

inline bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace quern::test
