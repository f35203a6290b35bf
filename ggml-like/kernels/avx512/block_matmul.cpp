// Block matrix product for AVX-512 VNNI: a register holds four inputs of 16 rows (one cell step),
// a token's four int8 inputs are broadcast, vpdpbusd multiplies unsigned codes by signed inputs
// and adds four products per row.
#include "kernels/avx512/avx512.h"
#include "kernels/avx512/few_tokens.h"
#include "kernels/avx512/many_tokens.h"

namespace quern::avx512 {
namespace {

constexpr int kFewTokens = 64;  ///< up to so many tokens go without a panel
static_assert(kFewTokens >= 9, "see multiply_many()");

template <int kBits, Zero kZero>
void matmul(const MatmulTask& t) {
    const BlockView v(t, kBits, kZero);
    if (t.tokens <= kFewTokens) {
        multiply_few<kBits, kZero>(v);
    } else {
        multiply_many<kBits, kZero>(v);
    }
}

template <int kBits>
constexpr MatmulKernel kNf4 = nullptr;
template <>
constexpr MatmulKernel kNf4<4> = matmul<4, Zero::kNf4>;
template <int kBits>
constexpr MatmulKernel kWidth[kZeroKinds] = {matmul<kBits, Zero::kSymmetric>,
                                             matmul<kBits, Zero::kInteger>,
                                             matmul<kBits, Zero::kMinimum>, kNf4<kBits>};
constexpr const MatmulKernel* kWidths[9] = {nullptr,   nullptr,   kWidth<2>, kWidth<3>, kWidth<4>,
                                            kWidth<5>, kWidth<6>, nullptr,   kWidth<8>};

}  // namespace

MatmulKernel block_matmul(int bits, Zero zero) { return kWidths[bits][static_cast<int>(zero)]; }

}  // namespace quern::avx512
