// Learned scales: after everything is rounded codes stay, and the scales of all layers' matrices
// move so that the model's predictions come closer to those of the model as it was. The second
// phase of EfficientQAT (Chen et al. 2024, 2407.11062, section 3.3), with the divergence from that
// model in the place of the text's own next tokens.
#pragma once

#include <string>

#include "partial_file.h"
#include "plan.h"

namespace quern {

/// Trains the layers that `partial` holds, options.scale_training_steps steps of one sample each,
/// and adds them to it, as later frames of the same names, a layer each, unless they are there
/// already. If the divergence on samples that it has not trained on does not fall it warns and adds
/// none. `plan` and `options` are those of the run that made the layers. Memory: the rounded
/// matrices of all layers, both models' samples, and of one layer values and gradients.
Status train_scales(const ModelFile& in, const Plan& plan, const QuantizeOptions& options,
                    const std::string& out, PartialFile* partial, QuantizeReport* report);

}  // namespace quern
