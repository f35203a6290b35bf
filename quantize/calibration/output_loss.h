// What a change of a matrix does to the outputs of its product: mean over tokens of |D x|^2 =
// tr(D H D^T), H = mean x x^T. Without H the products of different inputs are taken to cancel:
// sum_j H_jj |D_j|^2.
#pragma once

#include "quantize/statistics.h"
#include "tensor/status.h"
#include "tensor/thread_pool.h"

namespace quern {

/// `difference`: D [rows, statistics.n] in f32 tiles, 64-byte aligned.
Result<double> output_loss(const float* difference, int64_t rows, const InputStatistics& statistics,
                           ThreadPool& pool);

}  // namespace quern
