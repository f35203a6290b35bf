// For tests of rounding methods: inputs with structure, their statistics, and what a rounded tile
// holds.
#pragma once

#include "fixtures.h"
#include "quantize/method.h"
#include "tensor/block.h"

namespace quern::test {

/// x [tokens, n]: a few common directions plus noise, channels of different size.
inline std::vector<float> correlated_inputs(uint64_t seed, int64_t tokens, int64_t n) {
    constexpr int64_t kDirections = 6;
    const std::vector<float> direction = gaussian(seed * 4 + 1, kDirections * n);
    const std::vector<float> part = gaussian(seed * 4 + 2, tokens * kDirections);
    const std::vector<float> size = gaussian(seed * 4 + 3, n);
    std::vector<float> x = gaussian(seed * 4 + 4, tokens * n);
    for (int64_t t = 0; t < tokens; ++t) {
        for (int64_t k = 0; k < n; ++k) {
            float& v = x[t * n + k];
            for (int64_t d = 0; d < kDirections; ++d) {
                v += part[t * kDirections + d] * direction[d * n + k];
            }
            v *= std::exp(0.7f * size[k]);
        }
    }
    return x;
}

inline InputStatistics statistics_of(const std::vector<float>& x, int64_t tokens, int64_t n) {
    InputStatistics s;
    s.n = n;
    for (int64_t i = 0; i < n; ++i) {
        for (int64_t j = 0; j < n; ++j) {
            double sum = 0;
            for (int64_t t = 0; t < tokens; ++t) {
                sum += static_cast<double>(x[t * n + i]) * static_cast<double>(x[t * n + j]);
            }
            s.hessian.push_back(static_cast<float>(sum / static_cast<double>(tokens)));
        }
    }
    for (int64_t i = 0; i < n; ++i) s.mean_square.push_back(s.hessian[i * n + i]);
    return s;
}

inline InputStatistics correlated_statistics(uint64_t seed, int64_t tokens, int64_t n) {
    return statistics_of(correlated_inputs(seed, tokens, n), tokens, n);
}

/// The statistics of independent inputs of size 1.
inline InputStatistics identity_statistics(int64_t n) {
    InputStatistics s;
    s.n = n;
    s.mean_square.assign(static_cast<size_t>(n), 1.0f);
    s.hessian.assign(static_cast<size_t>(n * n), 0.0f);
    for (int64_t i = 0; i < n; ++i) s.hessian[i * n + i] = 1;
    return s;
}

struct Rounded {
    std::vector<uint8_t> tile;
    RoundingReport report;
    std::vector<double> losses;  ///< as the method followed them
};

/// Rounds w [rows, cols] with `method`; expects success.
inline Rounded rounded(std::string_view method, const Format& format,
                       const InputStatistics* statistics, const RoundingOptions& options,
                       const std::vector<float>& w, int64_t rows) {
    const int64_t cols = static_cast<int64_t>(w.size()) / rows;
    Rounded result;
    auto rounding = find_method(method)->prepare(format, statistics, options, &result.report);
    check_ok(rounding.status());
    REQUIRE(rounding.ok());
    result.tile.resize(format.tile_bytes(format, cols));
    result.losses = (*rounding)->encode_tile(w.data(), rows, cols, result.tile.data());
    return result;
}

inline std::vector<float> decoded(const Format& format, const std::vector<uint8_t>& tile,
                                  int64_t rows, int64_t cols) {
    std::vector<float> values(static_cast<size_t>(rows * cols));
    for (int64_t r = 0; r < rows; ++r) {
        format.decode_row(format, tile.data(), r, cols, &values[r * cols]);
    }
    return values;
}

/// sum over rows of d H d^T, d = w - written, with `damping` times its mean on H's diagonal.
inline double layer_loss(const InputStatistics& s, double damping, const std::vector<float>& w,
                         const std::vector<float>& written) {
    double mean = 0;
    for (int64_t i = 0; i < s.n; ++i) mean += static_cast<double>(s.hessian[i * s.n + i]);
    mean /= static_cast<double>(s.n);
    double loss = 0;
    for (size_t row = 0; row < w.size(); row += static_cast<size_t>(s.n)) {
        for (int64_t i = 0; i < s.n; ++i) {
            const double di =
                static_cast<double>(w[row + i]) - static_cast<double>(written[row + i]);
            loss += damping * mean * di * di;
            for (int64_t j = 0; j < s.n; ++j) {
                const double dj =
                    static_cast<double>(w[row + j]) - static_cast<double>(written[row + j]);
                loss += di * static_cast<double>(s.hessian[i * s.n + j]) * dj;
            }
        }
    }
    return loss;
}

/// layer_loss() of a rounded tile, and of what the format's own encoder makes of w.
inline double layer_loss(const InputStatistics& s, double damping, const std::vector<float>& w,
                         const Format& format, const std::vector<uint8_t>& tile) {
    return layer_loss(s, damping, w,
                      decoded(format, tile, static_cast<int64_t>(w.size()) / s.n, s.n));
}
inline double nearest_loss(const InputStatistics& s, double damping, const std::vector<float>& w,
                           const Format& format) {
    std::vector<uint8_t> tile(format.tile_bytes(format, s.n));
    format.encode_tile(w.data(), static_cast<int64_t>(w.size()) / s.n, s.n, tile.data());
    return layer_loss(s, damping, w, format, tile);
}

}  // namespace quern::test
