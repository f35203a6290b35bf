// The kernels of the AVX-512 tables (F, BW, DQ, VL, VNNI; BF16 where it is named), one file per
// group.
#pragma once

#include "kernels/kernels.h"

namespace quern::avx512 {

MatmulKernel block_matmul(int bits, Zero zero);  // block_matmul.cpp
MatmulKernel real_matmul(Codec codec);           // real_matmul.cpp
MatmulKernel bf16_matmul(Codec codec);           // the same file, needs AVX512_BF16

// inputs.cpp
void quantize_rows(const InputTask& task);
void round_rows_to_pairs(const InputTask& task);  // needs AVX512_BF16

// elementwise.cpp
void rms_norm(const float* x, const float* weight, int64_t cols, float eps, float* y);
void swiglu(const float* gate, const float* up, int64_t n, float* y);
void add(const float* a, const float* b, int64_t n, float* y);
void scale_add(const float* x, int64_t n, float factor, float* y);

// softmax.cpp
void softmax_step(const SoftmaxTask& task);
void softmax_quantize(const SoftmaxTask& task, const InputTask& inputs);
void softmax_round(const SoftmaxTask& task, const InputTask& inputs);  // needs AVX512_BF16

// peak.cpp
double peak_int8(int64_t rounds);
double peak_f32(int64_t rounds);
double peak_bf16(int64_t rounds);  // needs AVX512_BF16
void peak_read(const uint8_t* data, uint64_t bytes);

}  // namespace quern::avx512
