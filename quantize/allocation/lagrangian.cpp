// Hulls, then their steps by slope.
#include "allocation/lagrangian.h"

#include <algorithm>

namespace quern {
namespace {

/// What a step costs in bytes and gains.
struct Step {
    size_t item = 0, to = 0;  ///< `to`: the choice
    uint64_t bytes = 0;
    double gain = 0;
    double slope() const { return gain / static_cast<double>(bytes); }
};

Step step_between(const std::vector<Choice>& choices, size_t from, size_t to) {
    return {0, to, choices[to].bytes - choices[from].bytes, choices[from].cost - choices[to].cost};
}

/// Choices on the lower convex hull: rising bytes, falling costs, falling slopes.
std::vector<size_t> lower_hull(const std::vector<Choice>& choices) {
    std::vector<size_t> order(choices.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        return choices[a].bytes != choices[b].bytes ? choices[a].bytes < choices[b].bytes
                                                    : choices[a].cost < choices[b].cost;
    });
    std::vector<size_t> hull;
    for (const size_t i : order) {
        if (!hull.empty() && !(choices[i].cost < choices[hull.back()].cost)) continue;
        while (hull.size() >= 2) {
            const Step before = step_between(choices, hull[hull.size() - 2], hull.back());
            if (before.slope() > step_between(choices, hull.back(), i).slope()) break;
            hull.pop_back();
        }
        hull.push_back(i);
    }
    return hull;
}

}  // namespace

uint64_t smallest_total(const std::vector<std::vector<Choice>>& items) {
    uint64_t total = 0;
    for (const std::vector<Choice>& choices : items) {
        total += std::min_element(choices.begin(), choices.end(), [](const auto& a, const auto& b) {
                     return a.bytes < b.bytes;
                 })->bytes;
    }
    return total;
}

std::vector<size_t> allocate(const std::vector<std::vector<Choice>>& items, uint64_t budget) {
    const uint64_t smallest = smallest_total(items);
    if (smallest > budget) return {};
    uint64_t left = budget - smallest;
    std::vector<size_t> chosen;
    std::vector<Step> steps;
    for (size_t item = 0; item < items.size(); ++item) {
        const std::vector<size_t> hull = lower_hull(items[item]);
        chosen.push_back(hull.front());
        for (size_t k = 1; k < hull.size(); ++k) {
            steps.push_back(step_between(items[item], hull[k - 1], hull[k]));
            steps.back().item = item;
        }
    }
    // Stable, and slopes of an item fall: its steps stay in their order.
    std::stable_sort(steps.begin(), steps.end(),
                     [](const Step& a, const Step& b) { return a.slope() > b.slope(); });
    std::vector<bool> ended(items.size());
    for (const Step& step : steps) {
        if (ended[step.item]) continue;
        if (step.bytes > left) {
            ended[step.item] = true;
            continue;
        }
        left -= step.bytes;
        chosen[step.item] = step.to;
    }
    return chosen;
}

}  // namespace quern
