// What a value of store() was recorded from (ops/store.cpp).
#pragma once

#include "tensor/tensor.h"

namespace quern {

/// As the cache got them: turned and rotated.
struct StoredValues {
    const Tensor *keys, *values;
};
StoredValues stored_values(const Tensor& stored);

}  // namespace quern
