// The AVX-512 kernel table.
#include "kernels/avx2/avx2.h"
#include "kernels/avx512/avx512.h"

namespace quern {

constinit const Kernels kAvx512Kernels = {
    "avx512",           avx512::block_matmul, avx512::real_matmul,
    avx2::quantize_row, avx2::rms_norm,       avx2::swiglu,
    avx2::add,          avx2::softmax_step,   avx2::scale_add,
};

}  // namespace quern
