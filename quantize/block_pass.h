// The calibrated part of a quantization: layer by layer, each seeing the inputs that the layers
// before it make as they will be written.
//
//   load -> run the samples, collect statistics -> transforms -> round -> OUT.partial -> run again
//   (a rotation comes before the statistics: it is the rotated model that runs)
//
// Then the head with the statistics of what it reads. Memory is one layer in f32, what it becomes,
// its statistics, and the activations between two layers.
#pragma once

#include <memory>
#include <string>

#include "method_spec.h"
#include "partial_file.h"
#include "plan.h"

namespace quern {

/// What becomes of the plan's tensors that calibration decides about; the others are not in it.
/// `partial`: nullptr, or that of a run whose formats were chosen. `report` gets the samples'
/// numbers.
Result<std::unique_ptr<PartialFile>> run_block_pass(
    const ModelFile& in, const Plan& plan, const MethodSpec& spec, const QuantizeOptions& options,
    const std::string& out, std::unique_ptr<PartialFile> partial, QuantizeReport* report);

}  // namespace quern
