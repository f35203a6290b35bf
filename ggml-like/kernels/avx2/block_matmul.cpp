// Block products with vpmaddubsw, which every AVX2 CPU has: unsigned times signed bytes, pairs
// added in 16 bits.
//
//   pairs (16 bits)   q0 x0 + q1 x1 | q2 x2 + q3 x3
//
// Codes of up to 6 bits are unsigned and pairs are summed in 16 bits as long as they fit. 8-bit
// codes become signed (q - 128) and their sign moves to x, because 255 * 254 does not fit 16 bits.
#include "kernels/avx2/block_product.h"
#include "kernels/avx2/pairs_loop.h"

namespace quern::avx2 {
namespace {

struct Maddubs {
    static constexpr int kTokens = kPairsTokens;
    template <int kBits>
    static constexpr int bias() {
        return kBits == 8 ? 128 : 0;
    }
    /// Steps of four inputs whose pair sums fit 16 bits together: 32767 / (max_code * 254).
    template <int kBits>
    static constexpr int steps_in_16_bits() {
        return kBits <= 4 ? 8 : kBits == 5 ? 4 : 2;
    }

    /// The sum, whose value the compiler does not see through the empty assembly. GCC 12 adds a
    /// chunk's steps as a tree otherwise, whose terms do not fit into the registers.
    static __m256i in_order(__m256i sum) {
        asm("" : "+x"(sum));
        return sum;
    }

    /// kFirst: starts the sums instead of adding to them.
    template <bool kFirst, int kN>
    [[gnu::always_inline]] static void add_step(Pair q, const int8_t* const (&x)[kN], int64_t k,
                                                Pair (&sums)[kN]) {
        for (int t = 0; t < kN; ++t) {
            const __m256i x4 = broadcast4(x[t] + k);
            const Pair pairs{_mm256_maddubs_epi16(q.lo, x4), _mm256_maddubs_epi16(q.hi, x4)};
            if constexpr (kFirst) {
                sums[t] = pairs;
            } else {
                sums[t].lo = in_order(_mm256_add_epi16(sums[t].lo, pairs.lo));
                sums[t].hi = in_order(_mm256_add_epi16(sums[t].hi, pairs.hi));
            }
        }
    }

    /// A step of signed codes of 8 rows.
    template <int kN>
    [[gnu::always_inline]] static void add_signed_step(__m256i q, const int8_t* const (&x)[kN],
                                                       int64_t k, __m256i Pair::*rows,
                                                       Pair (&dots)[kN]) {
        const __m256i magnitude = _mm256_abs_epi8(q);
        for (int t = 0; t < kN; ++t) {
            const __m256i x4 = _mm256_sign_epi8(broadcast4(x[t] + k), q);
            const __m256i pairs = _mm256_maddubs_epi16(magnitude, x4);
            const __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
            dots[t].*rows = in_order(_mm256_add_epi32(dots[t].*rows, fours));
        }
    }

    template <int kBits, int kStart>
    static void run_panel_loop(PanelLoop& loop) {
        if constexpr (kBits == 8) {
            run_signed_loop<kStart>(loop);
        } else {
            run_pairs_loop<steps_in_16_bits<kBits>(), kStart>(loop);
        }
    }

    /// dots += a chunk times kN tokens, whose inputs begin at number k.
    template <int kBits, class Stored, int kN>
    [[gnu::always_inline]] static void add_chunk(const uint8_t* chunk, int64_t k,
                                                 const int8_t* const (&x)[kN], Pair (&dots)[kN]) {
        if constexpr (kBits == 8) {
            add_signed_chunk<Stored>(chunk, k, x, dots);
        } else {
            add_pairs_chunk<steps_in_16_bits<kBits>(), Stored>(chunk, k, x, dots);
        }
    }

    template <class Stored, int kN>
    [[gnu::always_inline]] static void add_signed_chunk(const uint8_t* chunk, int64_t k,
                                                        const int8_t* const (&x)[kN],
                                                        Pair (&dots)[kN]) {
        for_each_step([&]<int kStep>() __attribute__((always_inline)) {
            const Pair q = Stored::template get<kStep>(chunk);
            add_signed_step(q.lo, x, k + kStep * 4, &Pair::lo, dots);
            add_signed_step(q.hi, x, k + kStep * 4, &Pair::hi, dots);
        });
    }

    /// kCount steps of pairs fit 16 bits together.
    template <int kCount, class Stored, int kN>
    [[gnu::always_inline]] static void add_pairs_chunk(const uint8_t* chunk, int64_t k,
                                                       const int8_t* const (&x)[kN],
                                                       Pair (&dots)[kN]) {
        const __m256i ones = _mm256_set1_epi16(1);
        Pair sums[kN];
        for_each_step([&]<int kStep>() __attribute__((always_inline)) {
            const Pair q = Stored::template get<kStep>(chunk);
            add_step<kStep % kCount == 0>(q, x, k + kStep * 4, sums);
            if constexpr (kStep % kCount == kCount - 1) {
                for (int t = 0; t < kN; ++t) {
                    const Pair fours{_mm256_madd_epi16(sums[t].lo, ones),
                                     _mm256_madd_epi16(sums[t].hi, ones)};
                    dots[t].lo = in_order(_mm256_add_epi32(dots[t].lo, fours.lo));
                    dots[t].hi = in_order(_mm256_add_epi32(dots[t].hi, fours.hi));
                }
            }
        });
    }
};

}  // namespace

MatmulKernel block_matmul(int bits, Zero zero) {
    return kWidths<Maddubs>[bits][static_cast<int>(zero)];
}

}  // namespace quern::avx2
