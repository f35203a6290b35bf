// The scalar kernel table.
#include "kernels/scalar/scalar.h"
#include "kernels/softmax_inputs.h"

namespace quern {

constinit const Kernels kScalarKernels = {
    .isa = "scalar",
    .block_matmul = scalar::block_matmul,
    .real_matmul = scalar::real_matmul,
    .bf16_matmul = scalar::real_matmul,
    .quantize_rows = scalar::quantize_rows,
    .round_rows = scalar::round_rows,
    .rms_norm = scalar::rms_norm,
    .swiglu = scalar::swiglu,
    .add = scalar::add,
    .softmax_step = scalar::softmax_step,
    .softmax_quantize = softmax_inputs<scalar::softmax_step, scalar::quantize_rows>,
    .softmax_round = softmax_inputs<scalar::softmax_step, scalar::round_rows>,
    .scale_add = scalar::scale_add,
    .peaks = {scalar::peak_int8, scalar::peak_f32, nullptr, scalar::peak_read},
};

}  // namespace quern
