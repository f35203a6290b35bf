// The AVX2 kernel table.
#include "kernels/avx2/avx2.h"

namespace quern {

constinit const Kernels kAvx2Kernels = {
    "avx2",       avx2::block_matmul, avx2::real_matmul,  avx2::quantize_row, avx2::rms_norm,
    avx2::swiglu, avx2::add,          avx2::softmax_step, avx2::scale_add,
};

}  // namespace quern
