// Sixteen rows side by side: methods work on a transposed tile [cols][16], so that every step is
// the same arithmetic on sixteen rows that know nothing of each other.
//
// The inner loops name vectors of four floats, which every target has: GCC 12 does not keep the
// sums of a plain loop over sixteen lanes in registers (6 GFLOPS instead of 38). No fused
// multiply-add, a fixed order of sums: results are the same on every machine.
#pragma once

#include <cstdint>
#include <cstring>

#include "tensor/format.h"

namespace quern {

inline constexpr int kLanes = static_cast<int>(kTileRows);

/// Four lanes.
using Quad [[gnu::vector_size(16)]] = float;
inline constexpr int kQuadLanes = 4;
inline constexpr int kQuads = kLanes / kQuadLanes;

inline Quad quad(float v) { return Quad{v, v, v, v}; }
inline Quad load_quad(const float* p) {
    Quad v;
    std::memcpy(&v, p, sizeof v);
    return v;
}
inline void store_quad(float* p, Quad v) { std::memcpy(p, &v, sizeof v); }
inline Quad smaller(Quad a, Quad b) { return a < b ? a : b; }
inline Quad larger(Quad a, Quad b) { return a > b ? a : b; }
/// To the nearest integer, ties to even, for |v| < 2^22: adding 1.5 * 2^23 leaves no fraction bits.
inline Quad round_half_even(Quad v) {
    const Quad magic = quad(12582912.0f);
    return (v + magic) - magic;
}

/// sums[c][lane] += sum over k < n of lanes[k][lane] * factors[c * stride + k], c = 0, 1.
inline void accumulate_two(const float* lanes, const float* factors, int64_t stride, int64_t n,
                           float* sums) {
    Quad a[kQuads], b[kQuads];
    for (int q = 0; q < kQuads; ++q) {
        a[q] = load_quad(sums + q * kQuadLanes);
        b[q] = load_quad(sums + kLanes + q * kQuadLanes);
    }
    for (int64_t k = 0; k < n; ++k) {
        const float first = factors[k], second = factors[stride + k];
        for (int q = 0; q < kQuads; ++q) {
            const Quad v = load_quad(lanes + k * kLanes + q * kQuadLanes);
            a[q] += v * first;
            b[q] += v * second;
        }
    }
    for (int q = 0; q < kQuads; ++q) {
        store_quad(sums + q * kQuadLanes, a[q]);
        store_quad(sums + kLanes + q * kQuadLanes, b[q]);
    }
}

/// sums[lane] += sum over k < n of lanes[k][lane] * factors[k].
inline void accumulate_one(const float* lanes, const float* factors, int64_t n, float* sums) {
    Quad a[kQuads];
    for (int q = 0; q < kQuads; ++q) a[q] = load_quad(sums + q * kQuadLanes);
    for (int64_t k = 0; k < n; ++k) {
        for (int q = 0; q < kQuads; ++q) {
            a[q] += load_quad(lanes + k * kLanes + q * kQuadLanes) * factors[k];
        }
    }
    for (int q = 0; q < kQuads; ++q) store_quad(sums + q * kQuadLanes, a[q]);
}

/// accumulate_two(), or without the second row at the end of an odd range.
inline void accumulate_rows(const float* lanes, const float* rows, int64_t stride, int64_t n,
                            bool both, float* sums) {
    if (both) {
        accumulate_two(lanes, rows, stride, n, sums);
    } else {
        accumulate_one(lanes, rows, n, sums);
    }
}

}  // namespace quern
