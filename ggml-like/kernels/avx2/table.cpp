// The AVX2 kernel tables: with and without AVX-VNNI.
#include "kernels/avx2/avx2.h"
#include "kernels/softmax_inputs.h"

namespace quern {

constinit const Kernels kAvx2Kernels = {
    .isa = "avx2",
    .block_matmul = avx2::block_matmul,
    .real_matmul = avx2::real_matmul,
    .bf16_matmul = avx2::real_matmul,
    .quantize_rows = avx2::quantize_rows,
    .round_rows = avx2::round_rows,
    .rms_norm = avx2::rms_norm,
    .swiglu = avx2::swiglu,
    .add = avx2::add,
    .softmax_step = avx2::softmax_step,
    .softmax_quantize = softmax_inputs<avx2::softmax_step, avx2::quantize_rows>,
    .softmax_round = softmax_inputs<avx2::softmax_step, avx2::round_rows>,
    .scale_add = avx2::scale_add,
    .peaks = {avx2::peak_int8, avx2::peak_f32, nullptr, avx2::peak_read},
};

constinit const Kernels kAvxVnniKernels = {
    .isa = "avxvnni",
    .block_matmul = avx2::block_matmul_vnni,
    .real_matmul = avx2::real_matmul,
    .bf16_matmul = avx2::real_matmul,
    .quantize_rows = avx2::quantize_rows,
    .round_rows = avx2::round_rows,
    .rms_norm = avx2::rms_norm,
    .swiglu = avx2::swiglu,
    .add = avx2::add,
    .softmax_step = avx2::softmax_step,
    .softmax_quantize = softmax_inputs<avx2::softmax_step, avx2::quantize_rows>,
    .softmax_round = softmax_inputs<avx2::softmax_step, avx2::round_rows>,
    .scale_add = avx2::scale_add,
    .peaks = {avx2::peak_int8_vnni, avx2::peak_f32, nullptr, avx2::peak_read},
};

}  // namespace quern
