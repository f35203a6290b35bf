// The kernels of the AVX2 table, one file per group.
#pragma once

#include "kernels/kernels.h"

namespace quern::avx2 {

MatmulKernel block_matmul(int bits, Zero zero);       // block_matmul.cpp
MatmulKernel block_matmul_vnni(int bits, Zero zero);  // block_matmul_vnni.cpp
MatmulKernel real_matmul(Codec codec);                // real_matmul.cpp

// inputs.cpp
void quantize_rows(const InputTask& task);
void round_rows(const InputTask& task);

// elementwise.cpp
void rms_norm(const float* x, const float* weight, int64_t cols, float eps, float* y);
void swiglu(const float* gate, const float* up, int64_t n, float* y);
void add(const float* a, const float* b, int64_t n, float* y);
void scale_add(const float* x, int64_t n, float factor, float* y);

void softmax_step(const SoftmaxTask& task);  // softmax.cpp

// peak.cpp
double peak_int8(int64_t rounds);
double peak_int8_vnni(int64_t rounds);
double peak_f32(int64_t rounds);
void peak_read(const uint8_t* data, uint64_t bytes);

}  // namespace quern::avx2
