// What a transform works on: one layer's tensors as f32, what is known of the inputs of its
// products, and where factors can move.
#pragma once

#include <map>
#include <span>
#include <string>

#include "arch/architecture.h"
#include "calibration/block_runner.h"
#include "plan.h"
#include "quantize/quantize.h"

namespace quern {

struct TransformContext {
    LayerTensors& tensors;
    std::vector<Tap>& taps;  ///< kept true to the changed weights; none at loading
    std::span<const ScaleFold> folds;
    const Plan& plan;
    const RoundingOptions& rounding;
    ThreadPool& pool;
    const std::atomic<bool>* cancel;
    std::map<std::string, std::string>& notes;  ///< by tensor: what was chosen, for people
    TransformOptions options{};
    bool static_activations = false;  ///< one range for all inputs of a product
    RotationSites rotation_sites{};

    Tap* tap_of(const std::string& matrix);
    /// That a matrix is made ready for: its own, or TransformOptions::later_format.
    const Format& format_of(const std::string& tensor) const;
    void note(const std::string& tensor, const std::string& text);
};

/// Moves factors, one per channel and > 0: producers are divided by them, consumers and their
/// statistics change accordingly.
void apply_fold(const ScaleFold& fold, const std::vector<float>& scales, TransformContext& context);
/// Statistics of x / s, s per column.
void rescale(InputStatistics* statistics, const std::vector<float>& scales);
/// scales[channel_of_column[j]]
std::vector<float> column_scales(const ScaleFold& fold, const std::vector<float>& scales);

Transform asymmetric_transform();
Transform awq_transform();
Transform clip_transform();
Transform llm_int8_transform();
Transform rotate_transform();
Transform smoothquant_transform();

}  // namespace quern
