// Perplexity: scoring the rows of the walk.
#include "eval/perplexity.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <string>
#include <vector>

#include "models/row_softmax.h"

namespace quern {
namespace {

Status interrupted(const PerplexityResult& result) {
    std::string message = "interrupted after " + std::to_string(result.walked.windows) +
                          (result.walked.windows == 1 ? " chunk" : " chunks");
    if (result.statistics.count() > 0) {
        message += "; the perplexity of " + std::to_string(result.statistics.count()) +
                   " tokens so far is " + std::to_string(result.statistics.perplexity());
    }
    return Status(Code::kInterrupted, message);
}

}  // namespace

void NllStatistics::add(double nll) {
    ++count_;
    sum_ += nll;
    sum_of_squares_ += nll * nll;
}

double NllStatistics::mean() const { return count_ > 0 ? sum_ / static_cast<double>(count_) : 0; }

double NllStatistics::standard_error() const {
    if (count_ < 2) return 0;
    const double n = static_cast<double>(count_);
    const double variance = sum_of_squares_ / n - mean() * mean();
    return std::sqrt(std::max(0.0, variance) / (n - 1));
}

double NllStatistics::perplexity() const { return std::exp(mean()); }

double NllStatistics::perplexity_error() const { return standard_error() * perplexity(); }

void score_rows(std::span<const float> logits, std::span<const int32_t> targets, ThreadPool* pool,
                std::span<double> nll) {
    if (targets.empty()) return;
    const size_t rows = targets.size();
    const size_t vocab = logits.size() / rows;
    std::atomic<size_t> next{0};
    pool->run([&](int) {
        for (size_t r = next++; r < rows; r = next++) {
            nll[r] = -log_probability(logits.subspan(r * vocab, vocab), targets[r]);
        }
    });
}

Result<PerplexityResult> measure_perplexity(Session* session, std::span<const int32_t> text,
                                            const PerplexityOptions& options) {
    PerplexityResult result;
    ThreadPool pool(std::max(1, options.threads));
    std::vector<double> nll;
    WalkOptions walk = options.walk;
    walk.progress = [&](int64_t done, int64_t total) {
        if (options.progress) options.progress(done, total, result.statistics);
    };
    const auto score = [&](const ScoredRows& rows) {
        nll.resize(rows.targets.size());
        score_rows(rows.logits[0], rows.targets, &pool, nll);
        for (const double value : nll) result.statistics.add(value);
    };
    const Status status = walk_windows({&session, 1}, text, walk, score, &result.walked);
    if (status.code() == Code::kInterrupted) return interrupted(result);
    if (!status.ok()) return status;
    return result;
}

}  // namespace quern
