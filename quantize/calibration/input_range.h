// The range of a product's int8 inputs, chosen once from a histogram of what calibration met
// instead of measured for every token: inputs beyond it are clamped, the others get its steps.
#pragma once

#include <span>
#include <string_view>

#include "calibration/histogram.h"
#include "quantize/quantize.h"
#include "tensor/status.h"

namespace quern {

Result<const RangeRule*> find_range_rule(std::string_view name);

/// The smallest T with `part` of the counts below it, in counts of bins of `width` from 0 on.
double percentile_range(std::span<const double> counts, double width, double part);
/// The T at which 128 levels tell least about the distribution of the clamped values (Migacz 2017,
/// "8-bit inference with TensorRT"); at least 128 bins.
double entropy_range(std::span<const double> counts, double width);

}  // namespace quern
