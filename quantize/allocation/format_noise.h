// How much noise a format puts into the outputs of a matrix, tried on some of its tiles:
//
//   tr(D diag(H) D^T) / tr(W diag(H) W^T)      D = round(W) - W, H_jj = mean square of input j
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "quantize/method.h"
#include "quantize/statistics.h"

namespace quern {

/// Tiles per matrix on which a format is tried.
inline constexpr int64_t kSampledTiles = 4;

/// Some tiles of one matrix, and how they will be rounded.
struct NoiseTrial {
    int64_t cols = 0;
    std::vector<std::vector<float>> tiles;        ///< [rows <= 16, cols] each
    const InputStatistics* statistics = nullptr;  ///< nullptr: all inputs matter alike
    GridChoice grid = GridChoice::kRange;
    bool by_inputs = true;  ///< a searched grid weighs inputs by the statistics
};

/// By format. 0 where the tiles have no weight.
Result<std::vector<double>> relative_noise(const NoiseTrial& trial,
                                           std::span<const Format* const> formats, int threads,
                                           const std::atomic<bool>* cancel);

}  // namespace quern
