// The NEON kernel tables: the second one differs in how bytes are multiplied.
#include "kernels/neon/neon.h"
#include "kernels/softmax_inputs.h"

namespace quern {

constinit const Kernels kNeonKernels = {
    .isa = "neon",
    .block_matmul = neon::block_matmul,
    .real_matmul = neon::real_matmul,
    .bf16_matmul = neon::real_matmul,
    .quantize_rows = neon::quantize_rows,
    .round_rows = neon::round_rows,
    .rms_norm = neon::rms_norm,
    .swiglu = neon::swiglu,
    .add = neon::add,
    .softmax_step = neon::softmax_step,
    .softmax_quantize = softmax_inputs<neon::softmax_step, neon::quantize_rows>,
    .softmax_round = softmax_inputs<neon::softmax_step, neon::round_rows>,
    .scale_add = neon::scale_add,
    .peaks = {neon::peak_int8, neon::peak_f32, nullptr, neon::peak_read},
};

constinit const Kernels kNeonI8mmKernels = {
    .isa = "neon-i8mm",
    .block_matmul = neon::block_matmul_i8mm,
    .real_matmul = neon::real_matmul,
    .bf16_matmul = neon::real_matmul,
    .quantize_rows = neon::quantize_rows,
    .round_rows = neon::round_rows,
    .rms_norm = neon::rms_norm,
    .swiglu = neon::swiglu,
    .add = neon::add,
    .softmax_step = neon::softmax_step,
    .softmax_quantize = softmax_inputs<neon::softmax_step, neon::quantize_rows>,
    .softmax_round = softmax_inputs<neon::softmax_step, neon::round_rows>,
    .scale_add = neon::scale_add,
    .peaks = {neon::peak_int8_i8mm, neon::peak_f32, nullptr, neon::peak_read},
};

}  // namespace quern
