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

    template <int kBits, int kStart>
    static void run_panel_loop(PanelLoop& loop) {
        run_vnni_loop<kStart>(loop);
    }

    template <int kBits, class Stored, int kN>
    [[gnu::always_inline]] static void add_chunk(const uint8_t* chunk, int64_t k,
                                                 const int8_t* const (&x)[kN], Pair (&dots)[kN]) {
        for_each_step([&]<int kStep>() __attribute__((always_inline)) {
            const Pair q = Stored::template get<kStep>(chunk);
            for (int t = 0; t < kN; ++t) {
                const __m256i x4 = broadcast4(x[t] + k + kStep * 4);
                add_dot(dots[t].lo, q.lo, x4);
                add_dot(dots[t].hi, q.hi, x4);
            }
        });
    }
};

}  // namespace

MatmulKernel block_matmul_vnni(int bits, Zero zero) {
    return kWidths<Vnni>[bits][static_cast<int>(zero)];
}

}  // namespace quern::avx2
