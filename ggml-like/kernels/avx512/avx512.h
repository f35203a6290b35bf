// The matrix products of the AVX-512 table (F, BW, DQ, VL, VNNI). Row-wise kernels are AVX2's: they
// wait for memory.
#pragma once

#include "kernels/kernels.h"

namespace quern::avx512 {

MatmulKernel block_matmul(int bits, Zero zero);  // block_matmul.cpp
MatmulKernel real_matmul(Codec codec);           // real_matmul.cpp

}  // namespace quern::avx512
