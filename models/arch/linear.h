// A product of an architecture, y = W x, and what a file may store beside its matrix NAME
// (ggml-like/FORMAT.md, "Beside a matrix"):
//
//   NAME.input_range      [1]        int8 inputs have the scale range / 127, measured beforehand
//   NAME.outlier_columns  [n]        columns whose inputs are too large for int8 ...
//   NAME.outliers         [rows, n]  ... and their weights: LLM.int8() (Dettmers et al. 2022)
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "tensor/graph.h"
#include "tensor/status.h"

namespace quern {

class Weights;

inline constexpr std::string_view kInputRange = ".input_range";
inline constexpr std::string_view kOutlierColumns = ".outlier_columns";
inline constexpr std::string_view kOutliers = ".outliers";

/// Does a tensor of this name stand beside a matrix?
bool is_side_tensor(std::string_view name);

struct Linear {
    const Tensor* weight;                     ///< [rows, cols]
    const Tensor* input_range = nullptr;      ///< f32 [1, 1]
    const Tensor* outlier_columns = nullptr;  ///< f32 [1, n]
    const Tensor* outliers = nullptr;         ///< [rows, n]
};

/// Whatever the file has of it.
Linear bind_linear(Weights& weights, const std::string& name, int64_t rows, int64_t cols);

/// W x, plus `residual` if given.
Tensor* product(Graph& g, const Linear& linear, const Tensor* x, const Tensor* residual = nullptr);

/// Ranges are finite and above 0, columns are whole numbers, ascending, below `cols`.
Status check_input_range(std::string_view name, float range);
Status check_outlier_columns(std::string_view name, const float* columns, int64_t n, int64_t cols);

}  // namespace quern
