// In which order GPTQ rounds the columns of a matrix, and in which blocks.
#pragma once

#include <cstdint>
#include <vector>

#include "quantize/method.h"

namespace quern {

/// Positions [begin, end) in the order of rounding.
struct ColumnBlock {
    int64_t begin, end;
    int64_t group;  ///< whose columns these are; -1: of any group, with grids fixed beforehand
};

struct ColumnPlan {
    std::vector<int64_t> columns;  ///< by position
    std::vector<ColumnBlock> blocks;
};

/// importance [cols]: the Hessian's diagonal. A group's grid can follow the updated weights if its
/// columns are rounded one after the other; it is fixed beforehand for ColumnOrder::kActivation and
/// where the whole row is one group (whose first column finds all weights as they were).
ColumnPlan plan_columns(const Format& format, const std::vector<float>& importance,
                        ColumnOrder order);

}  // namespace quern
