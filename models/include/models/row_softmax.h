// Sums over rows of logits, written so that compilers vectorize them: the exponential is a
// polynomial without branches, and sums are kept in lanes of double, in a fixed order.
//
//   exp(x) = 2^n e^r, n = round(x / ln 2), r = x - n ln 2 in two steps (Cody and Waite), e^r by its
//   Taylor polynomial of degree 7 on |r| <= ln(2) / 2: relative error below 2e-7
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

namespace quern {

/// exp(x) for x <= 0; below -87 it stays at e^-87, which no sum with a 1 in it feels. NaN stays
/// NaN. The clamp compares the bits of numbers of one sign as integers: compilers do not vectorize
/// the branch of a comparison of floats.
inline float exp_of_nonpositive(float x) {
    constexpr float kLog2E = 1.44269504f;
    constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: the sum's low bits are an integer
    constexpr float kLn2High = 0.693359375f;
    constexpr float kLn2Low = -2.12194440e-4f;
    constexpr int32_t kLeast = std::bit_cast<int32_t>(-87.0f);
    const int32_t bits = std::bit_cast<int32_t>(-std::abs(x));
    const float clamped = std::bit_cast<float>(bits < kLeast ? bits : kLeast);
    const float shifted = clamped * kLog2E + kRound;
    const float n = shifted - kRound;
    const float r = (clamped - n * kLn2High) - n * kLn2Low;
    float p = 1.0f / 5040;
    p = p * r + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    const float power =
        std::bit_cast<float>((std::bit_cast<uint32_t>(shifted) << 23) + 0x3F800000u);
    return p * power + (x - x);
}

inline constexpr size_t kRowLanes = 16;
using RowSums = std::array<double, kRowLanes>;

inline double total(const RowSums& lanes) {
    double sum = 0;
    for (const double lane : lanes) sum += lane;
    return sum;
}

/// Calls term(i, lane) for i in [0, n): whole groups of lanes in an inner loop of fixed length.
template <class F>
inline void for_lanes(size_t n, F term) {
    const size_t whole = n / kRowLanes * kRowLanes;
    for (size_t i = 0; i < whole; i += kRowLanes) {
        for (size_t lane = 0; lane < kRowLanes; ++lane) term(i + lane, lane);
    }
    for (size_t i = whole; i < n; ++i) term(i, i - whole);
}

inline float row_max(std::span<const float> row) {
    std::array<float, kRowLanes> lanes;
    lanes.fill(-std::numeric_limits<float>::infinity());
    for_lanes(row.size(), [&](size_t i, size_t lane) {
        lanes[lane] = row[i] > lanes[lane] ? row[i] : lanes[lane];
    });
    return *std::max_element(lanes.begin(), lanes.end());
}

/// log sum_v exp(row[v] - max)
inline double row_log_sum(std::span<const float> row, float max) {
    RowSums sums{};
    for_lanes(row.size(),
              [&](size_t i, size_t lane) { sums[lane] += exp_of_nonpositive(row[i] - max); });
    return std::log(total(sums));
}

/// Of a token, from its position's logits.
inline double log_probability(std::span<const float> logits, int32_t token) {
    const float max = row_max(logits);
    return logits[static_cast<size_t>(token)] - (row_log_sum(logits, max) + max);
}

}  // namespace quern
