// Block matrix product for AVX2: two registers hold four inputs of 8 rows each, the token's four
// int8 inputs are broadcast to all lanes, vpmaddubsw multiplies and adds pairs into 16 bits.
//
//   cell (64 bytes)   lo: rows 0..7 | hi: rows 8..15, 4 code bytes per row and step
//   x4                x[k] x[k+1] x[k+2] x[k+3] in every 32-bit lane
//   pairs (16 bits)   q0 x0 + q1 x1 | q2 x2 + q3 x3
//
// Codes of up to 6 bits are unsigned and pairs are summed in 16 bits as long as they fit (|pair| <=
// max_code * 254). 8-bit codes become signed (q - 128) and the sign moves to x, because 255 * 254
// does not fit 16 bits. A unit of work is one tile and up to four tokens, so that weights are
// unpacked once for all of them.
#include <immintrin.h>

#include <utility>

#include "formats/activation.h"
#include "formats/block.h"
#include "kernels/avx2/avx2.h"

namespace quern::avx2 {
namespace {

constexpr int kTokens = 4;

struct Pair {  // 16 rows
    __m256i lo, hi;
};

/// Steps of four inputs whose 16-bit pair sums fit together: 32767 / (max_code * 254).
constexpr int steps_in_16_bits(int bits) {
    return bits <= 4 ? 8 : bits == 5 ? 4 : bits == 6 ? 2 : 1;
}

template <int kBits, int kShift>
__m256i plane_codes(__m256i word) {
    if constexpr (kBits == 8) return word;
    const __m256i mask = _mm256_set1_epi8((1 << kBits) - 1);
    return _mm256_and_si256(kShift ? _mm256_srli_epi16(word, kShift) : word, mask);
}

/// The codes of step kStep of a chunk; see the layout in formats/block.h.
template <int kBits, int kStep>
Pair load_step(const uint8_t* chunk) {
    constexpr Planes kPlanes = planes_of(kBits);
    constexpr int kFirst = kPlanes.bits[0];
    const auto* cell =
        reinterpret_cast<const __m256i*>(chunk + kStep / (8 / kFirst) * kBlockCellBytes);
    constexpr int kShift = kFirst * (kStep % (8 / kFirst));
    Pair q{plane_codes<kFirst, kShift>(_mm256_load_si256(cell)),
           plane_codes<kFirst, kShift>(_mm256_load_si256(cell + 1))};
    if constexpr (kPlanes.count == 2) {
        constexpr int kSecond = kPlanes.bits[1];
        const auto* high = reinterpret_cast<const __m256i*>(
            chunk + kBlockCellBytes * kFirst + kStep / (8 / kSecond) * kBlockCellBytes);
        constexpr int kHighShift = kSecond * (kStep % (8 / kSecond));
        q.lo = _mm256_or_si256(
            q.lo,
            _mm256_slli_epi16(plane_codes<kSecond, kHighShift>(_mm256_load_si256(high)), kFirst));
        q.hi = _mm256_or_si256(
            q.hi, _mm256_slli_epi16(plane_codes<kSecond, kHighShift>(_mm256_load_si256(high + 1)),
                                    kFirst));
    }
    return q;
}

__m256i broadcast4(const int8_t* x) {
    int32_t four;
    __builtin_memcpy(&four, x, 4);
    return _mm256_set1_epi32(four);
}

/// Adds step kStep's products to 16-bit sums.
template <int kBits, int kStep, int kN>
void add_step(const uint8_t* chunk, const int8_t* const (&x)[kN], int64_t k, Pair (&sums)[kN]) {
    Pair q = load_step<kBits, kStep>(chunk);
    if constexpr (kBits == 8) {
        const __m256i flip = _mm256_set1_epi8(-128);
        q = {_mm256_xor_si256(q.lo, flip), _mm256_xor_si256(q.hi, flip)};
        const Pair magnitude{_mm256_abs_epi8(q.lo), _mm256_abs_epi8(q.hi)};
        for (int t = 0; t < kN; ++t) {
            const __m256i x4 = broadcast4(x[t] + k + kStep * 4);
            sums[t].lo = _mm256_maddubs_epi16(magnitude.lo, _mm256_sign_epi8(x4, q.lo));
            sums[t].hi = _mm256_maddubs_epi16(magnitude.hi, _mm256_sign_epi8(x4, q.hi));
        }
    } else {
        for (int t = 0; t < kN; ++t) {
            const __m256i x4 = broadcast4(x[t] + k + kStep * 4);
            sums[t].lo = _mm256_add_epi16(sums[t].lo, _mm256_maddubs_epi16(q.lo, x4));
            sums[t].hi = _mm256_add_epi16(sums[t].hi, _mm256_maddubs_epi16(q.hi, x4));
        }
    }
}

/// Adds kCount steps from kStep on to the 32-bit sums.
template <int kBits, int kStep, int kCount, int kN>
void add_steps(const uint8_t* chunk, const int8_t* const (&x)[kN], int64_t k, Pair (&dots)[kN]) {
    Pair sums[kN];
    for (int t = 0; t < kN; ++t) sums[t] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
    [&]<int... kI>(std::integer_sequence<int, kI...>) {
        (add_step<kBits, kStep + kI>(chunk, x, k, sums), ...);
    }
    (std::make_integer_sequence<int, kCount>{});
    const __m256i ones = _mm256_set1_epi16(1);
    for (int t = 0; t < kN; ++t) {
        dots[t].lo = _mm256_add_epi32(dots[t].lo, _mm256_madd_epi16(sums[t].lo, ones));
        dots[t].hi = _mm256_add_epi32(dots[t].hi, _mm256_madd_epi16(sums[t].hi, ones));
    }
}

template <int kBits, int kN>
void add_chunk(const uint8_t* chunk, const int8_t* const (&x)[kN], int64_t k, Pair (&dots)[kN]) {
    constexpr int kCount = steps_in_16_bits(kBits);
    [&]<int... kI>(std::integer_sequence<int, kI...>) {
        (add_steps<kBits, kI * kCount, kCount>(chunk, x, k, dots), ...);
    }
    (std::make_integer_sequence<int, 8 / kCount>{});
}

struct Floats {  // 16 rows
    __m256 lo, hi;
};

Floats load_f16(const uint8_t* p) {
    const auto* halves = reinterpret_cast<const __m128i*>(p);
    return {_mm256_cvtph_ps(_mm_load_si128(halves)), _mm256_cvtph_ps(_mm_load_si128(halves + 1))};
}

/// Applies a group's scales and offsets to the integer sums of one token.
template <int kBits, Zero kZero>
void add_group(const uint8_t* group, Pair dot, float x_scale, int32_t x_sum, Floats* sum) {
    constexpr int kBias = kBits == 8 ? 128 : 0;  // what load took from every code
    const Floats s = load_f16(group);
    const __m256 dx = _mm256_set1_ps(x_scale);
    if constexpr (kZero == Zero::kMinimum) {
        const __m256i bias = _mm256_set1_epi32(kBias * x_sum);
        const Floats m = load_f16(group + 32);
        const __m256 sum_x = _mm256_set1_ps(static_cast<float>(x_sum));
        const __m256 lo = _mm256_fmadd_ps(s.lo, _mm256_cvtepi32_ps(_mm256_add_epi32(dot.lo, bias)),
                                          _mm256_mul_ps(m.lo, sum_x));
        const __m256 hi = _mm256_fmadd_ps(s.hi, _mm256_cvtepi32_ps(_mm256_add_epi32(dot.hi, bias)),
                                          _mm256_mul_ps(m.hi, sum_x));
        sum->lo = _mm256_fmadd_ps(dx, lo, sum->lo);
        sum->hi = _mm256_fmadd_ps(dx, hi, sum->hi);
        return;
    }
    if constexpr (kZero == Zero::kInteger) {
        const __m128i z = _mm_loadu_si128(reinterpret_cast<const __m128i*>(group + 32));
        const __m256i bias = _mm256_set1_epi32(kBias);
        const __m256i x_sums = _mm256_set1_epi32(x_sum);
        const __m256i lo = _mm256_sub_epi32(bias, _mm256_cvtepu8_epi32(z));
        const __m256i hi = _mm256_sub_epi32(bias, _mm256_cvtepu8_epi32(_mm_srli_si128(z, 8)));
        dot.lo = _mm256_add_epi32(dot.lo, _mm256_mullo_epi32(lo, x_sums));
        dot.hi = _mm256_add_epi32(dot.hi, _mm256_mullo_epi32(hi, x_sums));
    } else if constexpr (kBits != 8) {  // 8 bits: the bias is the zero point
        const __m256i zero = _mm256_set1_epi32((1 << (kBits - 1)) * x_sum);
        dot = {_mm256_sub_epi32(dot.lo, zero), _mm256_sub_epi32(dot.hi, zero)};
    }
    sum->lo = _mm256_fmadd_ps(_mm256_mul_ps(dx, s.lo), _mm256_cvtepi32_ps(dot.lo), sum->lo);
    sum->hi = _mm256_fmadd_ps(_mm256_mul_ps(dx, s.hi), _mm256_cvtepi32_ps(dot.hi), sum->hi);
}

void store_rows(const Floats& sum, int64_t rows, float* y) {
    if (rows >= 16) {
        _mm256_storeu_ps(y, sum.lo);
        _mm256_storeu_ps(y + 8, sum.hi);
        return;
    }
    float all[16];
    _mm256_storeu_ps(all, sum.lo);
    _mm256_storeu_ps(all + 8, sum.hi);
    for (int64_t r = 0; r < rows; ++r) y[r] = all[r];
}

/// One tile times kN tokens from `token` on.
template <int kBits, Zero kZero, int kN>
void tile_product(const MatmulTask& t, const uint8_t* tile, int64_t token, int64_t rows, float* y) {
    constexpr int64_t kGroupBytes = 32 + (kZero == Zero::kInteger   ? 16
                                          : kZero == Zero::kMinimum ? 32
                                                                    : 0);
    const ActivationLayout layout{t.cols, t.activation_group};
    const int64_t n_chunks = (t.cols + 31) / 32;
    const int64_t chunks_per_group = t.activation_group / 32;
    const uint8_t* groups = tile + n_chunks * chunk_bytes(kBits);
    const int8_t* x[kN];
    Floats sums[kN];
    for (int i = 0; i < kN; ++i) {
        x[i] = reinterpret_cast<const int8_t*>(t.x + static_cast<uint64_t>(token + i) * t.x_stride);
        sums[i] = {_mm256_setzero_ps(), _mm256_setzero_ps()};
    }
    for (int64_t a = 0; a < layout.n_groups(); ++a) {
        const int64_t end =
            (a + 1) * chunks_per_group < n_chunks ? (a + 1) * chunks_per_group : n_chunks;
        Pair dots[kN];
        for (int i = 0; i < kN; ++i) dots[i] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
        for (int64_t c = a * chunks_per_group; c < end; ++c) {
            add_chunk<kBits>(tile + c * chunk_bytes(kBits), x, c * 32, dots);
        }
        const uint8_t* group = groups + a * t.activation_group / t.group * kGroupBytes;
        for (int i = 0; i < kN; ++i) {
            const auto* scales = reinterpret_cast<const float*>(x[i] + layout.scale_offset());
            const auto* x_sums = reinterpret_cast<const int32_t*>(x[i] + layout.sum_offset());
            add_group<kBits, kZero>(group, dots[i], scales[a], x_sums[a], &sums[i]);
        }
    }
    for (int i = 0; i < kN; ++i) store_rows(sums[i], rows, y + (token + i) * t.y_stride);
}

template <int kBits, Zero kZero>
void matmul(const MatmulTask& t) {
    for (int64_t i = t.tile_begin; i < t.tile_end; ++i) {
        const uint8_t* tile = t.weight + static_cast<uint64_t>(i) * t.tile_bytes;
        const int64_t rows = t.rows - i * 16;
        float* y = t.y + i * 16;
        int64_t token = 0;
        for (; token + kTokens <= t.tokens; token += kTokens) {
            tile_product<kBits, kZero, kTokens>(t, tile, token, rows, y);
        }
        for (; token < t.tokens; ++token) tile_product<kBits, kZero, 1>(t, tile, token, rows, y);
    }
}

template <int kBits>
constexpr MatmulKernel kWidth[kZeroKinds] = {
    matmul<kBits, Zero::kSymmetric>, matmul<kBits, Zero::kInteger>, matmul<kBits, Zero::kMinimum>};
constexpr const MatmulKernel* kWidths[9] = {nullptr,   nullptr,   kWidth<2>, kWidth<3>, kWidth<4>,
                                            kWidth<5>, kWidth<6>, nullptr,   kWidth<8>};

}  // namespace

MatmulKernel block_matmul(int bits, Zero zero) { return kWidths[bits][static_cast<int>(zero)]; }

}  // namespace quern::avx2
