// What is told of repeated measurements: the middle and the extremes.
#pragma once

#include <vector>

namespace quern {

struct Spread {
    double median = 0;  ///< of an even number: the mean of the two in the middle
    double min = 0;
    double max = 0;
};

/// All zero if there are no values.
Spread spread_of(std::vector<double> values);

}  // namespace quern
