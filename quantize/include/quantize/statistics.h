// What calibration measured of the input of a matrix: over all tokens x [n] that reached it.
// Matrices that read the same tensor (q, k, v; gate, up) share one InputStatistics.
#pragma once

#include <cstdint>
#include <vector>

namespace quern {

// Means of squares and products count tokens by their weight (CalibrationOptions::equal_tokens).
struct InputStatistics {
    int64_t n = 0;                   ///< inputs of the matrix, its columns
    std::vector<float> mean_abs;     ///< [n] mean |x|
    std::vector<float> mean_square;  ///< [n] mean x^2: the importance of a column
    std::vector<float> max_abs;      ///< [n] max |x|
    // Off the diagonal both are what a method shall believe: calibration/shrinkage.h.
    /// [n, n] mean x x^T, both triangles; empty if it was not collected. GPTQ's Hessian is twice
    /// this, a factor that changes no result.
    std::vector<float> hessian;
    /// [n, n] mean x (x' - x)^T, row i of x_i; x' is the same input in the model as it was, whose
    /// earlier layers are not quantized. Empty if it was not collected.
    std::vector<float> shift{};

    /// Gives back the memory of both.
    void forget_products() {
        std::vector<float>().swap(hessian);
        std::vector<float>().swap(shift);
    }
};

}  // namespace quern
