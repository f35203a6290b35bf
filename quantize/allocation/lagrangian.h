// Choosing one of several choices per item so that the sum of costs is least and the sum of bytes
// stays within a budget: Lagrangian relaxation (Everett 1963; Shoham and Gersho 1988).
//
// For a price lambda per byte every item takes its own least cost + lambda bytes, a corner of the
// lower convex hull of its choices. As lambda falls, items step from corner to corner, each step at
// the lambda that is its slope. So instead of a bisection on lambda the steps of all hulls are
// taken in the order of their slopes; what no longer fits ends its item's steps, cheaper ones of
// others fill the rest. Where nothing had to be skipped the result is optimal; elsewhere it misses
// the optimum by less than the first skipped step gains. More bytes never cost more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace quern {

struct Choice {
    uint64_t bytes = 0;
    double cost = 0;  ///< not negative
};

/// The bytes of the smallest choices.
uint64_t smallest_total(const std::vector<std::vector<Choice>>& items);

/// Which choice each item gets; empty if even the smallest exceed the budget. Items have at least
/// one choice; the order of choices and items decides only between equals.
std::vector<size_t> allocate(const std::vector<std::vector<Choice>>& items, uint64_t budget);

}  // namespace quern
