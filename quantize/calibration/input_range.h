// The range of a product's int8 inputs, chosen once from a histogram of what calibration met
// instead of measured for every token: inputs beyond it are clamped, the others get its steps.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "calibration/histogram.h"
#include "tensor/status.h"

namespace quern {

struct RangeRule {
    std::string_view name;
    std::string_view summary;  ///< one line for help texts
    double (*range)(const Histogram& histogram);
};

/// Every rule, in a fixed order.
std::span<const RangeRule> range_rules();
Result<const RangeRule*> find_range_rule(std::string_view name);

/// The smallest T with `part` of the counts below it, in counts of bins of `width` from 0 on.
double percentile_range(std::span<const double> counts, double width, double part);
/// The T at which 128 levels tell least about the distribution of the clamped values (Migacz 2017,
/// "8-bit inference with TensorRT"); at least 128 bins.
double entropy_range(std::span<const double> counts, double width);

}  // namespace quern
