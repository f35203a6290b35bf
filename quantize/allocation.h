// Mixed precision by measurement: a format for every matrix so that the whole file has a given size
// and the predicted loss is least.
//
//   loss of tensor t in format f = weight(t) * e(t, f) / e(t, nothing),   e = tr(D diag(H) D^T)
//
// D is what rounding to f changes (a sample of tiles, on the grid that the run will use), diag(H)
// the mean square of each input on the calibration text, run with the weights as they are: so the
// fraction is the noise in the outputs relative to their energy (format_noise.h). weight() makes
// kinds of tensors comparable: what noise there costs in KL divergence of the model's predictions
// (sensitivity.h). lagrangian.h chooses. The result is an ordinary recipe, a rule per tensor.
#pragma once

#include <memory>
#include <string>

#include "method_spec.h"
#include "partial_file.h"
#include "plan.h"

namespace quern {

/// options.recipe with a rule for each matrix that it does not decide about. Fails if no allocation
/// is small enough, telling the smallest. A run that rounds layer by layer keeps what it measures
/// in `partial`, which is opened here: resumed, it chooses by that, and runs the model only if a
/// layer is missing. Fills the parts of `report` that tell about it.
Result<Recipe> allocate_formats(const ModelFile& in, const MethodSpec& spec,
                                const QuantizeOptions& options, const std::string& out,
                                std::unique_ptr<PartialFile>* partial, QuantizeReport* report);

}  // namespace quern
