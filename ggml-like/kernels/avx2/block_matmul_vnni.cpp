// Block products with AVX-VNNI's vpdpbusd: unsigned codes times signed inputs, four products added
// to 32 bits.
#include "kernels/avx2/block_product.h"
#include "kernels/avx2/vnni_loop.h"

namespace quern::avx2 {
namespace {

struct Vnni {
    static constexpr int kTokens = kVnniTokens;
    template <int kBits>
    static constexpr int bias() {
        return 0;
    }

    /// sum += codes . x4. In assembly: the intrinsic would need a compiler flag that changes the
    /// whole folder, and GCC 12 copies its sum to another register and back.
    static void add_dot(__m256i& sum, __m256i codes, __m256i x4) {
        asm("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum) : "x"(codes), "x"(x4));
    }

    /// The chunks [first, last) of an unpacked panel times six tokens; the dots are zero before.
    template <int kBits>
    static void add_chunks(const Unpacked& codes, int64_t first, int64_t last,
                           const int8_t* const (&x)[kTokens], Pair (&dots)[kTokens]) {
        run_vnni_loop(codes.chunk(first), x[0] + first * 32, x[1] - x[0], last - first, dots);
    }
    template <int kBits, class Codes, int kN>
    [[gnu::always_inline]] static void add_chunks(const Codes& codes, int64_t first, int64_t last,
                                                  const int8_t* const (&x)[kN], Pair (&dots)[kN]) {
        for (int64_t c = first; c < last; ++c) {
            codes.prefetch(c);
            for_each_step([&]<int kStep>() __attribute__((always_inline)) {
                const Pair q = codes.template get<kStep>(c);
                for (int t = 0; t < kN; ++t) {
                    const __m256i x4 = broadcast4(x[t] + c * 32 + kStep * 4);
                    add_dot(dots[t].lo, q.lo, x4);
                    add_dot(dots[t].hi, q.hi, x4);
                }
            });
        }
    }
};

}  // namespace

MatmulKernel block_matmul_vnni(int bits, Zero zero) {
    return kWidths<Vnni>[bits][static_cast<int>(zero)];
}

}  // namespace quern::avx2
