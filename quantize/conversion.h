// The last part of every run: the whole file, rounded to nearest, except for what calibration made
// already.
#pragma once

#include <string>

#include "partial_file.h"
#include "plan.h"

namespace quern {

/// Writes `out`. `finished` (may be nullptr): tensors that are copied from it. `report` gets the
/// tensors and the sizes.
Status convert(const ModelFile& in, const Plan& plan, const QuantizeOptions& options,
               const std::string& out, const PartialFile* finished, QuantizeReport* report);

}  // namespace quern
