// Where a token stands in the cache: column 0 of `positions` is its position, column 1 its sequence
// (0 where there is no such column).
#pragma once

#include "tensor/tensor.h"

namespace quern {

struct Place {
    int64_t position, sequence;
};

inline Place place_of(const Tensor& positions, int64_t token) {
    const auto* p = positions.row<int32_t>(token);
    return {p[0], positions.cols() > 1 ? p[1] : 0};
}

}  // namespace quern
