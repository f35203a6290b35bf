// The peaks of AVX-512 VNNI (see kernels/peak_loop.h).
#include <immintrin.h>

#include "kernels/avx512/avx512.h"
#include "kernels/peak_loop.h"

namespace quern::avx512 {

/// vpdpbusd: 64 products, added to 16 sums.
double peak_int8(int64_t rounds) {
    const __m512i codes = _mm512_set1_epi32(0x1B2D3C4E), x = _mm512_set1_epi32(0x5AC3A53C);
    return run_rounds<__m512i, 24>(rounds, 2 * 64, [=](__m512i& sum) {
        asm volatile("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(codes), "v"(x));
    });
}

/// vfmadd231ps: 16 products, added to 16 sums.
double peak_f32(int64_t rounds) {
    const __m512 a = _mm512_set1_ps(1.234567f), b = _mm512_set1_ps(1e-3f);
    return run_rounds<__m512, 24>(rounds, 2 * 16, [=](__m512& sum) {
        asm volatile("vfmadd231ps %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
    });
}

/// vdpbf16ps: 32 products, added to 16 sums.
double peak_bf16(int64_t rounds) {
    const __m512i a = _mm512_set1_epi32(0x3F9D3F9D), b = _mm512_set1_epi32(0x3A833A83);
    return run_rounds<__m512, 24>(rounds, 2 * 32, [=](__m512& sum) {
        asm volatile("vdpbf16ps %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
    });
}

/// Four streams of 64-byte loads: prefetchers follow several better than one.
void peak_read(const uint8_t* data, uint64_t bytes) {
    const uint64_t stream = bytes / 4 / 64 * 64;
    __m512i any[4] = {};
    for (const uint8_t* end = data + stream; data < end; data += 64) {
        any[0] = _mm512_or_si512(any[0], _mm512_load_si512(data));
        any[1] = _mm512_or_si512(any[1], _mm512_load_si512(data + stream));
        any[2] = _mm512_or_si512(any[2], _mm512_load_si512(data + 2 * stream));
        any[3] = _mm512_or_si512(any[3], _mm512_load_si512(data + 3 * stream));
    }
    asm volatile("" : : "v"(any[0]), "v"(any[1]), "v"(any[2]), "v"(any[3]));
}

}  // namespace quern::avx512
