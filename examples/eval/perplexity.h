// Perplexity: how surprised a model is by a text, exp of the mean negative log-likelihood of its
// tokens that count (window_walk.h: windows and protocols). The standard error of the mean of n
// values x is sqrt((E[x^2] - E[x]^2) / (n - 1)); times the perplexity it is the perplexity's (first
// order).
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "eval/window_walk.h"
#include "models/session.h"
#include "tensor/status.h"
#include "tensor/thread_pool.h"

namespace quern {

/// Mean and spread of negative log-likelihoods.
class NllStatistics {
  public:
    void add(double nll);
    int64_t count() const { return count_; }
    double mean() const;
    double standard_error() const;  ///< of mean(); 0 for fewer than two values
    double perplexity() const;
    double perplexity_error() const;

  private:
    int64_t count_ = 0;
    double sum_ = 0;
    double sum_of_squares_ = 0;
};

/// nll[r] = log sum_v exp(logits[r][v]) - logits[r][targets[r]], rows shared out to the pool.
/// logits [targets.size(), vocab_size]; nll [targets.size()].
void score_rows(std::span<const float> logits, std::span<const int32_t> targets, ThreadPool* pool,
                std::span<double> nll);

struct PerplexityOptions {
    WalkOptions walk;  ///< its progress is not used
    int threads = 1;   ///< for the scoring; the session has its own
    std::function<void(int64_t tokens_done, int64_t tokens_total, const NllStatistics&)> progress;
};

struct PerplexityResult {
    NllStatistics statistics;
    Walked walked;
};

/// Scores `text`, the tokens of a whole text (begun with BOS if the model wants one). Empties the
/// session's cache. Fails if the text is shorter than one window. If cancelled: kInterrupted, with
/// the figures so far in the message.
Result<PerplexityResult> measure_perplexity(Session* session, std::span<const int32_t> text,
                                            const PerplexityOptions& options);

}  // namespace quern
