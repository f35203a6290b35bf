// How much each weight matters to the searched grids.
#pragma once

#include <cstdint>
#include <vector>

namespace quern {

/// [n]: the mean square of each input, with a floor far below the others: where no token reached,
/// weights still want to be near. The error it weights is then that of the outputs, as far as
/// inputs are independent.
std::vector<float> column_importance(const std::vector<float>& mean_square);

/// Without statistics: weights of large magnitude are likelier to matter, sqrt(2 mean w^2) + |w|
/// with the mean of the row. lanes and importance are [cols][16].
void magnitude_importance(const float* lanes, int64_t cols, float* importance);

}  // namespace quern
