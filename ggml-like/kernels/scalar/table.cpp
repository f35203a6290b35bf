// The scalar kernel table.
#include "kernels/scalar/scalar.h"

namespace quern {

constinit const Kernels kScalarKernels = {
    "scalar",
    scalar::block_matmul,
    scalar::real_matmul,
    scalar::quantize_row,
    scalar::round_row,
    scalar::rms_norm,
    scalar::swiglu,
    scalar::add,
    scalar::multiply,
    scalar::softmax_step,
    scalar::scale_add,
    {scalar::peak_int8, scalar::peak_f32, nullptr, scalar::peak_read},
};

}  // namespace quern
