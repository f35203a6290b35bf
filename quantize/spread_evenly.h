// Some of many things, far from each other.
#pragma once

#include <cstdint>

namespace quern {

/// Which of `all` is the i-th of n that are spread evenly.
inline int64_t spread_evenly(int64_t i, int64_t n, int64_t all) {
    return (2 * i + 1) * all / (2 * n);
}

}  // namespace quern
