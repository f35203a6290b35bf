// What GPTQ knows before it sees a weight: H = mean x x^T of the inputs, damped, factored, and in
// the order in which columns will be rounded. All matrices with this input and format share it.
#pragma once

#include <cstdint>
#include <vector>

#include "column_order.h"
#include "quantize/method.h"

namespace quern {

struct GptqProblem {
    const Format* format = nullptr;
    RoundingOptions options;
    ColumnPlan plan;
    std::vector<float> importance;       ///< [cols], by column: weights of the grid search
    std::vector<float> damped_diagonal;  ///< [cols], by column: of H
    std::vector<bool> dead;              ///< by column
    const float* hessian = nullptr;      ///< [cols, cols], by column, without damping
    std::vector<float> ratios;           ///< [cols, cols], by position: M[j][i] / M[i][i] at [i][j]
    std::vector<float> squared_pivots;   ///< [cols], by position: M[i][i]^2

    int64_t cols() const { return static_cast<int64_t>(importance.size()); }
};

/// Tries growing damping until H can be factored.
bool damp_and_factor(GptqProblem* p, const std::vector<float>& diagonal, float mean,
                     RoundingReport* report);

}  // namespace quern
