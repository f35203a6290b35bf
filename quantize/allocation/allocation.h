// Mixed precision by measurement: a format for every matrix so that the whole file has a given size
// and the predicted loss is least.
//
//   loss of tensor t in format f = weight(kind of t) * noise(t, f)
//   noise = tr(D diag(H) D^T) / tr(W diag(H) W^T)
//   weight(kind) = KL(kind) / (sum of noise(t, probe) over its tensors) * correction(kind)
//
// D is what rounding to f changes (a sample of tiles, on the grid that the run will use), diag(H)
// the mean square of each input on the calibration text, run with the weights as they are: noise is
// that of the outputs, relative to their energy (format_noise.h). KL(kind) is what it does to the
// model's predictions if all tensors of a kind are rounded to a probe's format (kind_probe.h), so
// losses are in nats; correction(kind) is how that compares with files (probe_correction.h).
// lagrangian.h chooses. The result is an ordinary recipe, a rule per tensor.
#pragma once

#include <memory>
#include <string>

#include "method_spec.h"
#include "partial_file.h"

namespace quern {

/// options.recipe with a rule for each matrix that it does not decide about. Fails if no allocation
/// is small enough, telling the smallest. What is measured is kept in `partial`, which is opened
/// here: a resumed run chooses by that, and runs the model only for what is missing. Fills the
/// parts of `report` that tell about it.
Result<Recipe> allocate_formats(const ModelFile& in, const MethodSpec& spec,
                                const QuantizeOptions& options, const std::string& out,
                                std::unique_ptr<PartialFile>* partial, QuantizeReport* report);

}  // namespace quern
