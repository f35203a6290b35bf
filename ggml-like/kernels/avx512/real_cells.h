// What the cells of floating-point tiles are multiplied as, for AVX-512: a policy per format turns
// a cell (16 rows) into steps. A step is one input in f32, or with the dot product of AVX512_BF16 a
// pair of inputs in bf16.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace quern::avx512 {
namespace {

/// The product of a step in f32.
struct OneInput {
    static constexpr int kInputs = 1;  ///< of a step
    static constexpr bool kRowScale = false;
    static constexpr bool kAsTheyAre = false;  ///< is a cell a step?
    static void add(__m512& sum, __m512 w, __m512 x) { sum = _mm512_fmadd_ps(w, x, sum); }
};

struct F32 : OneInput {
    static constexpr int kSteps = 1;  ///< of a cell
    static constexpr bool kAsTheyAre = true;
    static void unpack(const uint8_t* cell, __m512 (&out)[kSteps]) {
        out[0] = _mm512_load_ps(cell);
    }
};

struct F16 : OneInput {
    static constexpr int kSteps = 2;
    static void unpack(const uint8_t* cell, __m512 (&out)[kSteps]) {
        const __m512i v = _mm512_load_si512(cell);
        out[0] = _mm512_cvtph_ps(_mm512_cvtepi32_epi16(v));
        out[1] = _mm512_cvtph_ps(_mm512_cvtepi32_epi16(_mm512_srli_epi32(v, 16)));
    }
};

struct Bf16 : OneInput {
    static constexpr int kSteps = 2;
    static void unpack(const uint8_t* cell, __m512 (&out)[kSteps]) {
        const __m512i v = _mm512_load_si512(cell);
        out[0] = _mm512_castsi512_ps(_mm512_slli_epi32(v, 16));
        out[1] = _mm512_castsi512_ps(
            _mm512_and_si512(v, _mm512_set1_epi32(static_cast<int>(0xFFFF0000u))));
    }
};

/// f8: the magnitude bits, shifted to f32's mantissa and exponent, read as value * 2^-kBias
/// (subnormals too).
template <int kMantissaBits, int kExponentBias>
struct F8 : OneInput {
    static constexpr int kSteps = 4;
    static constexpr bool kRowScale = true;
    static constexpr int kMantissa = kMantissaBits;  ///< bits
    static constexpr int kBias = kExponentBias;      ///< f32's less that of the format
    static __m512 decode(__m512i code) {
        const __m512i sign = _mm512_slli_epi32(_mm512_and_si512(code, _mm512_set1_epi32(0x80)), 24);
        const __m512i magnitude =
            _mm512_slli_epi32(_mm512_and_si512(code, _mm512_set1_epi32(0x7F)), 23 - kMantissa);
        const __m512 scale = _mm512_castsi512_ps(_mm512_set1_epi32((127 + kBias) << 23));
        const __m512 value = _mm512_mul_ps(_mm512_castsi512_ps(magnitude), scale);
        return _mm512_castsi512_ps(_mm512_or_si512(_mm512_castps_si512(value), sign));
    }
    static void unpack(const uint8_t* cell, __m512 (&out)[kSteps]) {
        const __m512i v = _mm512_load_si512(cell);
        out[0] = decode(v);
        out[1] = decode(_mm512_srli_epi32(v, 8));
        out[2] = decode(_mm512_srli_epi32(v, 16));
        out[3] = decode(_mm512_srli_epi32(v, 24));
    }
};

/// The dot product of AVX512_BF16, times round_rows_to_pairs()'s inputs. In assembly, because
/// intrinsics would need a compiler flag for the whole folder.
struct TwoInputs {
    static constexpr int kInputs = 2;
    static constexpr bool kRowScale = false;
    static constexpr bool kAsTheyAre = false;
    static void add(__m512& sum, __m512 w, __m512 x) {
        asm("vdpbf16ps %2, %1, %0" : "+v"(sum) : "v"(w), "v"(x));
    }
};

struct Bf16Pairs : TwoInputs {
    static constexpr int kSteps = 1;
    static constexpr bool kAsTheyAre = true;
    static void unpack(const uint8_t* cell, __m512 (&out)[kSteps]) {
        out[0] = _mm512_load_ps(cell);
    }
};

/// Rounded to bf16.
struct F16Pairs : TwoInputs {
    static constexpr int kSteps = 1;
    static void unpack(const uint8_t* cell, __m512 (&out)[kSteps]) {
        __m512 values[2];
        F16::unpack(cell, values);
        __m512i apart;  // all first inputs, then all second ones
        asm("vcvtne2ps2bf16 %1, %2, %0" : "=v"(apart) : "v"(values[0]), "v"(values[1]));
        const __m512i order = _mm512_setr_epi32(
            0x100000, 0x110001, 0x120002, 0x130003, 0x140004, 0x150005, 0x160006, 0x170007,
            0x180008, 0x190009, 0x1A000A, 0x1B000B, 0x1C000C, 0x1D000D, 0x1E000E, 0x1F000F);
        out[0] = _mm512_castsi512_ps(_mm512_permutexvar_epi16(order, apart));
    }
};

using F8E4M3 = F8<3, 120>;
using F8E5M2 = F8<2, 112>;

/// Every f8 is a bf16. Codes that are neither 0 nor subnormal become one by a shift and a larger
/// exponent; a cell with any other goes by way of f32.
template <class P>
struct F8Pairs : TwoInputs {
    static constexpr int kSteps = 2;
    static constexpr bool kRowScale = true;
    static void unpack(const uint8_t* cell, __m512 (&out)[kSteps]) {
        const __m512i v = _mm512_load_si512(cell);
        const __m512i exponents = _mm512_set1_epi8(0x7F >> P::kMantissa << P::kMantissa);
        if (_mm512_testn_epi8_mask(v, exponents) != 0) {
            unpack_by_f32(cell, out);
            return;
        }
        const __m512i first = _mm512_broadcast_i32x4(_mm_setr_epi8(
            -1, 0, -1, 1, -1, 4, -1, 5, -1, 8, -1, 9, -1, 12, -1, 13));  // to upper bytes
        for (int i = 0; i < kSteps; ++i) {
            const __m512i order = _mm512_add_epi8(first, _mm512_set1_epi16(i * 0x0200));
            __m512i pair = _mm512_srai_epi16(_mm512_shuffle_epi8(v, order), P::kMantissa + 1);
            const int kept = 0x8000 | 0x7F << (7 - P::kMantissa);
            pair = _mm512_and_si512(pair, _mm512_set1_epi16(static_cast<int16_t>(kept)));
            pair = _mm512_add_epi16(pair, _mm512_set1_epi16(P::kBias << 7));
            out[i] = _mm512_castsi512_ps(pair);
        }
    }

  private:
    static void unpack_by_f32(const uint8_t* cell, __m512 (&out)[kSteps]) {
        __m512 values[4];
        P::unpack(cell, values);
        for (int i = 0; i < kSteps; ++i) {
            const __m512i first = _mm512_srli_epi32(_mm512_castps_si512(values[2 * i]), 16);
            out[i] =
                _mm512_castsi512_ps(_mm512_or_si512(first, _mm512_castps_si512(values[2 * i + 1])));
        }
    }
};

}  // namespace
}  // namespace quern::avx512
