// Weights done = those of finished layers + this layer's, times the part of its stages.
#include "pass_progress.h"

#include <utility>

namespace quern {

void PassProgress::show(double part) const {
    if (!options_.progress) return;
    const auto weights = static_cast<int64_t>(static_cast<double>(layer_weights_) * part);
    options_.progress(text_, done_ + weights, weights_);
}

void PassProgress::begin_layer(std::string name, int64_t weights) {
    layer_ = std::move(name);
    layer_weights_ = weights;
}

void PassProgress::stage(const char* name, double begin, double share) {
    text_ = layer_ + ": " + name;
    stage_begin_ = begin;
    stage_share_ = share;
    stage_samples_ = 0;
    show(begin);
}

void PassProgress::step(int64_t n, int64_t total) {
    stage_samples_ += n;
    show(stage_begin_ +
         stage_share_ * static_cast<double>(stage_samples_) / static_cast<double>(total));
}

void PassProgress::end_layer() {
    done_ += layer_weights_;
    layer_weights_ = 0;
    show(0);
}

}  // namespace quern
