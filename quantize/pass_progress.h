// What the progress bar is told during the calibrated pass: weights that are done, where a layer
// counts as much as its stages' share of the time says.
#pragma once

#include <cstdint>
#include <string>

#include "quantize/quantize.h"

namespace quern {

class PassProgress {
  public:
    /// `weights`: of the whole model. `options` outlives this object.
    PassProgress(const QuantizeOptions& options, int64_t weights)
        : options_(options), weights_(weights) {}

    /// `name`: "layer 3 of 30".
    void begin_layer(std::string name, int64_t weights);
    /// A stage of the layer that takes `share` of its time, from `begin` on.
    void stage(const char* name, double begin, double share);
    /// `n` of `total` samples more have been run in this stage.
    void step(int64_t n, int64_t total);
    void end_layer();

  private:
    void show(double part) const;

    const QuantizeOptions& options_;
    int64_t weights_;
    int64_t done_ = 0, layer_weights_ = 0;
    std::string layer_, text_;
    double stage_begin_ = 0, stage_share_ = 0;
    int64_t stage_samples_ = 0;
};

}  // namespace quern
