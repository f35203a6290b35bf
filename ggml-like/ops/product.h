// From a format to a matrix product: which kernel, and the parts of its task that follow from the
// format.
#pragma once

#include <algorithm>

#include "kernels/kernels.h"
#include "tensor/format.h"

namespace quern {

inline MatmulKernel product_kernel(const Kernels& kernels, const Format& f) {
    return f.is_block() ? kernels.block_matmul(f.bits, f.zero) : kernels.real_matmul(f.codec);
}

/// A task for a matrix [rows, cols] of format f; addresses, tokens and tiles are left to the
/// caller.
inline MatmulTask product_task(const Format& f, int64_t rows, int64_t cols) {
    MatmulTask task{};
    task.tile_bytes = f.tile_bytes(f, cols);
    task.rows = rows;
    task.cols = cols;
    task.group = f.activation_group();
    task.row_scale = f.group == 0;
    task.two_level = f.two_level;
    return task;
}

}  // namespace quern
