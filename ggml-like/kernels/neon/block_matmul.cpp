// Block products with sdot by element: four inputs of four rows times four inputs of a token.
//
//   pair of steps in the panel   4 registers of the even step | 4 registers of the odd one
#include "kernels/neon/block_product.h"

namespace quern::neon {
namespace {

struct Sdot {
    template <int kN>
    struct Sums {
        Ints tokens[kN];
    };

    static void store_pair(int8x16_t even, int8x16_t odd, int j, int8_t* out) {
        vst1q_s8(out + 16 * j, even);
        vst1q_s8(out + kBlockCellBytes + 16 * j, odd);
    }

    /// One cell.
    template <int kLane, int kN>
    static void add_cell(const int8_t* cell, const int8x16_t (&x16)[kN], Sums<kN>& sums) {
        for (int j = 0; j < kRegisters; ++j) {
            const int8x16_t w = vld1q_s8(cell + 16 * j);
            for (int i = 0; i < kN; ++i) {
                int32x4_t& sum = sums.tokens[i].rows[j];
                sum = vdotq_laneq_s32(sum, w, x16[i], kLane);
            }
        }
    }

    /// 16 inputs, two pairs of steps.
    template <int kN>
    static void add_inputs(const int8_t* pairs, const int8_t* const (&x)[kN], int64_t k,
                           Sums<kN>& sums) {
        int8x16_t x16[kN];
        for (int i = 0; i < kN; ++i) x16[i] = vld1q_s8(x[i] + k);
        add_cell<0>(pairs, x16, sums);
        add_cell<1>(pairs + kBlockCellBytes, x16, sums);
        add_cell<2>(pairs + kBlockCellBytes * 2, x16, sums);
        add_cell<3>(pairs + kBlockCellBytes * 3, x16, sums);
    }

    template <int kN>
    static Ints of_token(const Sums<kN>& sums, int i) {
        return sums.tokens[i];
    }
};

}  // namespace

MatmulKernel block_matmul(int bits, Zero zero) {
    return kWidths<Sdot>[bits][static_cast<int>(zero)];
}

}  // namespace quern::neon
