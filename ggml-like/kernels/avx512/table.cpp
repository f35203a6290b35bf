// The AVX-512 kernel tables: with and without the bf16 dot product.
#include "kernels/avx2/avx2.h"
#include "kernels/avx512/avx512.h"
#include "kernels/softmax_inputs.h"

namespace quern {

constinit const Kernels kAvx512Kernels = {
    .isa = "avx512",
    .block_matmul = avx512::block_matmul,
    .real_matmul = avx512::real_matmul,
    .bf16_matmul = avx512::real_matmul,
    .quantize_rows = avx512::quantize_rows,
    .round_rows = avx2::round_rows,
    .rms_norm = avx512::rms_norm,
    .swiglu = avx512::swiglu,
    .add = avx512::add,
    .softmax_step = avx512::softmax_step,
    .softmax_quantize = avx512::softmax_quantize,
    .softmax_round = softmax_inputs<avx512::softmax_step, avx2::round_rows>,
    .scale_add = avx512::scale_add,
    .peaks = {avx512::peak_int8, avx512::peak_f32, nullptr, avx512::peak_read},
};

constinit const Kernels kAvx512Bf16Kernels = {
    .isa = "avx512bf16",
    .block_matmul = avx512::block_matmul,
    .real_matmul = avx512::real_matmul,
    .bf16_matmul = avx512::bf16_matmul,
    .quantize_rows = avx512::quantize_rows,
    .round_rows = avx512::round_rows_to_pairs,
    .rms_norm = avx512::rms_norm,
    .swiglu = avx512::swiglu,
    .add = avx512::add,
    .softmax_step = avx512::softmax_step,
    .softmax_quantize = avx512::softmax_quantize,
    .softmax_round = avx512::softmax_round,
    .scale_add = avx512::scale_add,
    .peaks = {avx512::peak_int8, avx512::peak_f32, avx512::peak_bf16, avx512::peak_read},
};

}  // namespace quern
