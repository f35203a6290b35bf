// Learned rounding: once the matrices of a layer are rounded, by whatever method, their codes and
// scales move so that the layer's output comes closer to what the model as it was has there, for
// the inputs that the rounded layers before it make. Reconstruction of blocks (BRECQ, Li et al.
// 2021, 2102.05426, section 3.2) with the gradient passed straight through the rounding, as in
// EfficientQAT (Chen et al. 2024, 2407.11062, section 3.2), from the codes that GPTQ found.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "calibration/block_runner.h"
#include "partial_file.h"
#include "quantize/quantize.h"

namespace quern {

/// Trains layer `layer`, which the runner has loaded, in options.code_training_steps steps of a
/// sample each: those of its tensors that have LayerTensor::rounded. They and their `finished`
/// bytes become what was learned, unless the error on samples that were left out does not fall. The
/// reference stream is behind the layer, the other before it. `progress` is
/// called after each step.
Status train_layer(int64_t layer, const QuantizeOptions& options, BlockRunner* runner,
                   const std::function<void()>& progress, std::vector<FinishedTensor>* finished);

}  // namespace quern
