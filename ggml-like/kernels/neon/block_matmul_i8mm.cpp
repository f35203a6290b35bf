// Block products with smmla (FEAT_I8MM): two rows of eight inputs times two tokens of eight inputs,
// four sums, twice the products of sdot. Two steps of a chunk are zipped into rows of eight inputs
// when the panel is unpacked:
//
//   even step          r0 k0..3 | r1 k0..3 | r2 k0..3 | r3 k0..3
//   odd step           r0 k4..7 | r1 k4..7 | r2 k4..7 | r3 k4..7
//   pair in the panel  r0 k0..7 | r1 k0..7    and    r2 k0..7 | r3 k0..7
//   x                  t0 k0..7 | t1 k0..7
//   sums               r0 t0 | r0 t1 | r1 t0 | r1 t1
#include "kernels/neon/block_product.h"

namespace quern::neon {
namespace {

constexpr int kRowPairs = 8;  ///< of a tile

struct Smmla {
    /// An odd last token is multiplied twice.
    template <int kN>
    struct Sums {
        int32x4_t pairs[(kN + 1) / 2][kRowPairs];
    };

    static void store_pair(int8x16_t even, int8x16_t odd, int j, int8_t* out) {
        const int32x4_t a = vreinterpretq_s32_s8(even), b = vreinterpretq_s32_s8(odd);
        vst1q_s8(out + 32 * j, vreinterpretq_s8_s32(vzip1q_s32(a, b)));
        vst1q_s8(out + 32 * j + 16, vreinterpretq_s8_s32(vzip2q_s32(a, b)));
    }

    /// 16 inputs, two pairs of steps.
    template <int kN>
    static void add_inputs(const int8_t* pairs, const int8_t* const (&x)[kN], int64_t k,
                           Sums<kN>& sums) {
        for (int half = 0; half < 2; ++half, pairs += kPairBytes, k += 8) {
            int8x16_t x2[(kN + 1) / 2];
            for (int i = 0; i < kN; i += 2) {
                const int8_t* second = x[i + 1 < kN ? i + 1 : i];
                x2[i / 2] = vcombine_s8(vld1_s8(x[i] + k), vld1_s8(second + k));
            }
            for (int r = 0; r < kRowPairs; ++r) {
                const int8x16_t w = vld1q_s8(pairs + 16 * r);
                for (int i = 0; i < (kN + 1) / 2; ++i) {
                    sums.pairs[i][r] = vmmlaq_s32(sums.pairs[i][r], w, x2[i]);
                }
            }
        }
    }

    template <int kN>
    static Ints of_token(const Sums<kN>& sums, int i) {
        Ints rows;
        for (int j = 0; j < kRegisters; ++j) {
            const int32x4_t low = sums.pairs[i / 2][2 * j], high = sums.pairs[i / 2][2 * j + 1];
            rows.rows[j] = i % 2 == 0 ? vuzp1q_s32(low, high) : vuzp2q_s32(low, high);
        }
        return rows;
    }
};

}  // namespace

MatmulKernel block_matmul_i8mm(int bits, Zero zero) {
    return kWidths<Smmla>[bits][static_cast<int>(zero)];
}

}  // namespace quern::neon
