// Sixteen rows of y for a token, in two registers.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace quern::avx2 {
namespace {

struct Floats {
    __m256 lo, hi;
};

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

Floats load_rows(const float* y, int64_t rows) {
    if (rows >= 16) return {_mm256_loadu_ps(y), _mm256_loadu_ps(y + 8)};
    float all[16] = {};
    for (int64_t r = 0; r < rows; ++r) all[r] = y[r];
    return {_mm256_loadu_ps(all), _mm256_loadu_ps(all + 8)};
}

}  // namespace
}  // namespace quern::avx2
