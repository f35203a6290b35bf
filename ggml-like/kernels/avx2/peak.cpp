// The peaks of AVX2, with and without AVX-VNNI (see kernels/peak_loop.h).
#include <immintrin.h>

#include "kernels/avx2/avx2.h"
#include "kernels/peak_loop.h"

namespace quern::avx2 {
namespace {

__m256i load_cell(const uint8_t* p) {
    const auto* halves = reinterpret_cast<const __m256i*>(p);
    return _mm256_or_si256(_mm256_load_si256(halves), _mm256_load_si256(halves + 1));
}

}  // namespace

/// vpmaddubsw and vpaddw: 32 products, added to 16 sums.
double peak_int8(int64_t rounds) {
    const __m256i codes = _mm256_set1_epi32(0x0B0D0C0E), x = _mm256_set1_epi32(0x5AC3A53C);
    return run_rounds<__m256i, 12>(rounds, 2 * 32, [=](__m256i& sum) {
        __m256i pairs;
        asm volatile(
            "vpmaddubsw %3, %2, %1\n\t"
            "vpaddw %1, %0, %0"
            : "+x"(sum), "=&x"(pairs)
            : "x"(codes), "x"(x));
    });
}

/// vpdpbusd: 32 products, added to 8 sums.
double peak_int8_vnni(int64_t rounds) {
    const __m256i codes = _mm256_set1_epi32(0x1B2D3C4E), x = _mm256_set1_epi32(0x5AC3A53C);
    return run_rounds<__m256i, 12>(rounds, 2 * 32, [=](__m256i& sum) {
        asm volatile("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum) : "x"(codes), "x"(x));
    });
}

/// vfmadd231ps: 8 products, added to 8 sums.
double peak_f32(int64_t rounds) {
    const __m256 a = _mm256_set1_ps(1.234567f), b = _mm256_set1_ps(1e-3f);
    return run_rounds<__m256, 12>(rounds, 2 * 8, [=](__m256& sum) {
        asm volatile("vfmadd231ps %2, %1, %0" : "+x"(sum) : "x"(a), "x"(b));
    });
}

/// Four streams of 64 bytes: prefetchers follow several better than one.
void peak_read(const uint8_t* data, uint64_t bytes) {
    const uint64_t stream = bytes / 4 / 64 * 64;
    __m256i any[4] = {};
    for (const uint8_t* end = data + stream; data < end; data += 64) {
        any[0] = _mm256_or_si256(any[0], load_cell(data));
        any[1] = _mm256_or_si256(any[1], load_cell(data + stream));
        any[2] = _mm256_or_si256(any[2], load_cell(data + 2 * stream));
        any[3] = _mm256_or_si256(any[3], load_cell(data + 3 * stream));
    }
    asm volatile("" : : "x"(any[0]), "x"(any[1]), "x"(any[2]), "x"(any[3]));
}

}  // namespace quern::avx2
