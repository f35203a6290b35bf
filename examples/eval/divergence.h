// How far a model's predictions are from those of the model it was made from, on the positions of a
// protocol (window_walk.h), both in one process and with f32 logits. The mean over positions of the
// log ratio (models/row_divergence.h) is the logarithm of the ratio of perplexities, whose error is
// that of the mean of the paired differences: it equals the errors of both means less their
// covariance, and is far below the error of either perplexity.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "eval/perplexity.h"
#include "eval/window_walk.h"
#include "models/row_divergence.h"
#include "tensor/status.h"

namespace quern {

/// The value below which a part `p` of the sorted values lies, interpolated between neighbours;
/// 0 of none.
double percentile(std::span<const double> sorted, double p);

/// All positions together.
class Divergence {
  public:
    void add(const RowDivergence& row);
    int64_t count() const { return model_.count(); }
    const NllStatistics& base() const { return base_; }
    const NllStatistics& model() const { return model_; }

    double kl_mean() const { return kl_.mean(); }
    double kl_error() const { return kl_.standard_error(); }
    /// Of `parts` in [0, 1]: 0.5 is the median, 1 the maximum.
    std::vector<double> kl_percentiles(std::span<const double> parts) const;
    double same_top() const;        ///< 0..1
    double same_top_error() const;  ///< binomial
    double ratio() const;           ///< of the perplexities, model over base
    double ratio_error() const;
    double delta_p_mean() const { return delta_p_.mean(); }
    double delta_p_rms() const;

  private:
    NllStatistics base_, model_, kl_, log_ratio_, delta_p_, delta_p_squared_;
    std::vector<double> kl_values_;
    int64_t same_ = 0;
};

struct DivergenceOptions {
    WalkOptions walk;  ///< its progress is not used
    int threads = 1;   ///< for the comparison; the sessions have their own
    std::function<void(int64_t tokens_done, int64_t tokens_total, const Divergence&)> progress;
};

struct DivergenceResult {
    Divergence divergence;
    Walked walked;
};

/// Walks both sessions over `text` together. If cancelled: kInterrupted.
Result<DivergenceResult> measure_divergence(Session* base, Session* model,
                                            std::span<const int32_t> text,
                                            const DivergenceOptions& options);

}  // namespace quern
