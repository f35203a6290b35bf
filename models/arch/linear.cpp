// Binding and recording of products.
#include "arch/linear.h"

#include <cmath>

#include "arch/weights.h"
#include "tensor/ops.h"
#include "tensor/quoted.h"

namespace quern {

bool is_side_tensor(std::string_view name) {
    for (const std::string_view ending : {kInputRange, kOutlierColumns, kOutliers}) {
        if (name.size() > ending.size() && name.substr(name.size() - ending.size()) == ending) {
            return true;
        }
    }
    return false;
}

Linear bind_linear(Weights& weights, const std::string& name, int64_t rows, int64_t cols) {
    Linear linear{weights.matrix(name, rows, cols)};
    const std::string range = name + std::string(kInputRange);
    if (weights.has(range)) {
        linear.input_range = weights.vector(range, 1, [range](const Tensor& t) {
            return check_input_range(range, *t.row<float>(0));
        });
    }
    const std::string columns = name + std::string(kOutlierColumns);
    if (weights.has(columns)) {
        const int64_t n = weights.length(columns);
        linear.outlier_columns = weights.vector(columns, n, [columns, cols](const Tensor& t) {
            return check_outlier_columns(columns, t.row<float>(0), t.cols(), cols);
        });
        linear.outliers = weights.matrix(name + std::string(kOutliers), rows, n, true);
    }
    return linear;
}

Tensor* product(Graph& g, const Linear& linear, const Tensor* x, const Tensor* residual) {
    if (linear.outliers != nullptr) {
        const Tensor* large = take_columns(g, x, linear.outlier_columns);
        residual = matmul(g, linear.outliers, large, residual);
        x = clear_columns(g, x, linear.outlier_columns);
    }
    const float range = linear.input_range != nullptr ? *linear.input_range->row<float>(0) : 0;
    return matmul(g, linear.weight, x, residual, range);
}

Status check_input_range(std::string_view name, float range) {
    if (std::isfinite(range) && range > 0) return {};
    return {Code::kBadFile, "tensor " + in_quotes(name) + " is " + std::to_string(range) +
                                ", expected a finite number above 0; the file is damaged"};
}

Status check_outlier_columns(std::string_view name, const float* columns, int64_t n, int64_t cols) {
    float least = 0;
    for (int64_t i = 0; i < n; ++i) {
        const float column = columns[i];
        if (!(column >= least && column < static_cast<float>(cols)) ||
            column != std::floor(column)) {
            return {Code::kBadFile, "tensor " + in_quotes(name) + ": value " + std::to_string(i) +
                                        " is " + std::to_string(column) +
                                        ", expected whole numbers that ascend and stay below " +
                                        std::to_string(cols) + "; the file is damaged"};
        }
        least = column + 1;
    }
    return {};
}

}  // namespace quern
