// Importance from calibration, and the guess that stands in for it.
#include "importance.h"

#include <algorithm>
#include <cmath>

#include "lanes.h"

namespace quern {

std::vector<float> column_importance(const std::vector<float>& mean_square) {
    constexpr double kFloor = 1e-6;
    double sum = 0;
    for (const float v : mean_square) sum += static_cast<double>(v);
    const auto floor = static_cast<float>(kFloor * sum / static_cast<double>(mean_square.size()));
    std::vector<float> importance(mean_square);
    // All inputs zero: all weights alike.
    for (float& v : importance) v = floor > 0 ? std::max(v, floor) : 1.0f;
    return importance;
}

void magnitude_importance(const float* lanes, int64_t cols, float* importance) {
    float squares[kLanes] = {};
    for (int64_t i = 0; i < cols * kLanes; ++i) squares[i % kLanes] += lanes[i] * lanes[i];
    float floor[kLanes];
    for (int r = 0; r < kLanes; ++r) {
        floor[r] = std::sqrt(2 * squares[r] / static_cast<float>(cols));
    }
    for (int64_t i = 0; i < cols * kLanes; ++i) {
        importance[i] = floor[i % kLanes] + std::fabs(lanes[i]);
    }
}

}  // namespace quern
