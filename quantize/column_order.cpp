// Orders for GPTQ: columns that matter most first, while there are others left to make up for
// their errors. "Group-aware" (GPTQModel's act_group_aware) keeps each group together.
#include "column_order.h"

#include <algorithm>
#include <numeric>

namespace quern {
namespace {

constexpr int64_t kFreeBlock = 64;  ///< of columns whose grids are fixed

std::vector<int64_t> natural(int64_t n) {
    std::vector<int64_t> order(static_cast<size_t>(n));
    std::iota(order.begin(), order.end(), 0);
    return order;
}

/// By falling value; equal values keep their order.
template <class Iterator>
void sort_falling(Iterator begin, Iterator end, const std::vector<float>& value) {
    std::stable_sort(begin, end, [&](int64_t a, int64_t b) { return value[a] > value[b]; });
}

}  // namespace

ColumnPlan plan_columns(const Format& format, const std::vector<float>& importance,
                        ColumnOrder order) {
    const auto cols = static_cast<int64_t>(importance.size());
    const int64_t size = format.group_size(cols);
    ColumnPlan plan;
    plan.columns = natural(cols);
    if (order == ColumnOrder::kActivation || format.group == 0) {
        if (order != ColumnOrder::kNone) {
            sort_falling(plan.columns.begin(), plan.columns.end(), importance);
        }
        for (int64_t begin = 0; begin < cols; begin += kFreeBlock) {
            plan.blocks.push_back({begin, std::min(begin + kFreeBlock, cols), -1});
        }
        return plan;
    }
    std::vector<int64_t> groups = natural(format.n_groups(cols));
    if (order == ColumnOrder::kGroupAware) {
        std::vector<float> largest(groups.size());
        for (int64_t k = 0; k < cols; ++k) {
            largest[k / size] = std::max(largest[k / size], importance[k]);
        }
        sort_falling(groups.begin(), groups.end(), largest);
    }
    int64_t at = 0;
    for (const int64_t group : groups) {
        const int64_t first = group * size;
        const int64_t n = std::min(size, cols - first);
        const auto begin = plan.columns.begin() + at;
        std::iota(begin, begin + n, first);
        if (order == ColumnOrder::kGroupAware) sort_falling(begin, begin + n, importance);
        plan.blocks.push_back({at, at + n, group});
        at += n;
    }
    return plan;
}

}  // namespace quern
