// From a format to a matrix product: which kernel, its inputs, and the parts of its task that
// follow from the format and the CPU.
#pragma once

#include <algorithm>
#include <cstring>

#include "formats/activation.h"
#include "kernels/kernels.h"
#include "system/cpu.h"
#include "tensor/format.h"

namespace quern {

static_assert(kActivationChunk == kChunkCols);

inline MatmulKernel product_kernel(const Kernels& kernels, const Format& f) {
    switch (f.inputs) {
        case InputKind::kInt8:
            return kernels.block_matmul(f.bits, f.zero);
        case InputKind::kBf16:
            return kernels.bf16_matmul(f.codec);
        case InputKind::kF32:
            break;
    }
    return kernels.real_matmul(f.codec);
}

/// Bytes of one row of inputs.
inline int64_t input_bytes(const Format& f, int64_t cols) {
    return f.is_block() ? ActivationLayout{cols}.row_bytes() : cols * 4;
}

/// Rows of f32 -> inputs of products with the format.
inline void make_inputs(const Kernels& kernels, const Format& f, const InputTask& t) {
    switch (f.inputs) {
        case InputKind::kInt8:
            kernels.quantize_rows(t);
            break;
        case InputKind::kBf16:
            kernels.round_rows(t);
            break;
        case InputKind::kF32:
            for (int64_t r = 0; r < t.rows; ++r) {
                std::memcpy(t.out + r * t.out_stride, t.x + r * t.x_stride,
                            static_cast<size_t>(t.cols) * 4);
            }
            break;
    }
}

/// A step of a softmax, whose weights become inputs of a product with the format. Those of products
/// in f32 are the scores themselves, else they are written to inputs.out.
inline void make_softmax_inputs(const Kernels& kernels, const Format& f, const SoftmaxTask& softmax,
                                const InputTask& inputs) {
    switch (f.inputs) {
        case InputKind::kInt8:
            kernels.softmax_quantize(softmax, inputs);
            break;
        case InputKind::kBf16:
            kernels.softmax_round(softmax, inputs);
            break;
        case InputKind::kF32:
            kernels.softmax_step(softmax);
            for (int64_t r = 0; r < softmax.rows; ++r) {
                float* scores = softmax.scores + r * softmax.stride;
                std::fill(scores + softmax.n, scores + inputs.cols, 0.0f);
            }
            break;
    }
}

/// A task for a matrix [rows, cols] of format f; addresses, tokens and tiles are left to the
/// caller.
inline MatmulTask product_task(const Format& f, int64_t rows, int64_t cols) {
    MatmulTask task{};
    task.tile_bytes = f.tile_bytes(f, cols);
    task.rows = rows;
    task.cols = cols;
    task.group = f.group == 0 ? kLargestGroup : f.group;  // a row's scale is applied so often
    task.row_scale = f.group == 0;
    task.two_level = f.two_level;
    // A CPU whose L1 keeps 48 KiB or more is asked for what comes; others fetch what one token
    // reads by themselves, and asking only holds that up (Zen 4).
    task.ahead = l1_data_bytes() >= (48 << 10) ? 5120 : 0;
    return task;
}

}  // namespace quern
