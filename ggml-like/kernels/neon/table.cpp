// The NEON kernel tables: the second one differs in how bytes are multiplied.
#include "kernels/neon/neon.h"

namespace quern {

constinit const Kernels kNeonKernels = {
    "neon",
    neon::block_matmul,
    neon::real_matmul,
    neon::quantize_row,
    neon::round_row,
    neon::rms_norm,
    neon::swiglu,
    neon::add,
    neon::multiply,
    neon::softmax_step,
    neon::scale_add,
    {neon::peak_int8, neon::peak_f32, nullptr, neon::peak_read},
};

constinit const Kernels kNeonI8mmKernels = {
    "neon-i8mm",       neon::block_matmul_i8mm,
    neon::real_matmul, neon::quantize_row,
    neon::round_row,   neon::rms_norm,
    neon::swiglu,      neon::add,
    neon::multiply,    neon::softmax_step,
    neon::scale_add,   {neon::peak_int8_i8mm, neon::peak_f32, nullptr, neon::peak_read},
};

}  // namespace quern
