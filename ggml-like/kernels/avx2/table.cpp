// The AVX2 kernel tables: with and without AVX-VNNI.
#include "kernels/avx2/avx2.h"

namespace quern {

constinit const Kernels kAvx2Kernels = {
    "avx2",
    avx2::block_matmul,
    avx2::real_matmul,
    avx2::quantize_row,
    avx2::round_row,
    avx2::rms_norm,
    avx2::swiglu,
    avx2::add,
    avx2::multiply,
    avx2::softmax_step,
    avx2::scale_add,
    {avx2::peak_int8, avx2::peak_f32, nullptr, avx2::peak_read},
};

constinit const Kernels kAvxVnniKernels = {
    "avxvnni",         avx2::block_matmul_vnni,
    avx2::real_matmul, avx2::quantize_row,
    avx2::round_row,   avx2::rms_norm,
    avx2::swiglu,      avx2::add,
    avx2::multiply,    avx2::softmax_step,
    avx2::scale_add,   {avx2::peak_int8_vnni, avx2::peak_f32, nullptr, avx2::peak_read},
};

}  // namespace quern
