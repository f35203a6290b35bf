// Perplexity: protocols, scoring, and the walk over the windows of a text.
#include "eval/perplexity.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <string>

namespace quern {
namespace {

constexpr std::array<PerplexityProtocol, 2> kProtocols = {{
    {"llama.cpp", 512, true, true},
    {"gptq", 2048, false, false},
}};

/// Logits of this many positions exist at a time: 25 MB with a vocabulary of 49152.
constexpr int64_t kLogitRows = 128;

double row_nll(std::span<const float> logits, int32_t target) {
    const float max = *std::max_element(logits.begin(), logits.end());
    double sum = 0;
    for (const float logit : logits) sum += std::exp(logit - max);
    return std::log(sum) + max - logits[static_cast<size_t>(target)];
}

/// Evaluates one window and adds its predictions.
class WindowScorer {
  public:
    WindowScorer(Session* session, const PerplexityOptions& options)
        : session_(session), options_(options), pool_(std::max(1, options.threads)) {}

    /// `advanced` is called with the number of tokens evaluated since the last call.
    template <class F>
    Status score(std::span<const int32_t> window, NllStatistics* statistics, F advanced) {
        session_->truncate(0);
        const int64_t n = static_cast<int64_t>(window.size());
        const int64_t first = options_.protocol.second_half_only ? n / 2 : 0;
        Status status;
        if (first > 0) {
            const auto context_only = window.first(static_cast<size_t>(first));
            status = session_->eval(context_only, 0, options_.cancel);
            if (!status.ok()) return status;
            advanced(first);
        }
        // The last token is only a target.
        for (int64_t begin = first; begin < n - 1; begin += kLogitRows) {
            const size_t rows = static_cast<size_t>(std::min(kLogitRows, n - 1 - begin));
            const size_t at = static_cast<size_t>(begin);
            status = session_->eval(window.subspan(at, rows), static_cast<int64_t>(rows),
                                    options_.cancel);
            if (!status.ok()) return status;
            nll_.resize(rows);
            score_rows(session_->logits(), window.subspan(at + 1, rows), &pool_, nll_);
            for (const double value : nll_) statistics->add(value);
            advanced(static_cast<int64_t>(rows));
        }
        return Status();
    }

  private:
    Session* session_;
    const PerplexityOptions& options_;
    ThreadPool pool_;
    std::vector<double> nll_;
};

Status too_short(size_t tokens, int64_t context) {
    return Status(Code::kWrongUse, "the text has " + std::to_string(tokens) +
                                       " tokens but one window needs " + std::to_string(context) +
                                       "; use a longer text or a smaller --context");
}

Status interrupted(const PerplexityResult& result) {
    std::string message = "interrupted after " + std::to_string(result.windows) +
                          (result.windows == 1 ? " chunk" : " chunks");
    if (result.statistics.count() > 0) {
        message += "; the perplexity of " + std::to_string(result.statistics.count()) +
                   " tokens so far is " + std::to_string(result.statistics.perplexity());
    }
    return Status(Code::kInterrupted, message);
}

}  // namespace

std::span<const PerplexityProtocol> perplexity_protocols() { return kProtocols; }

const PerplexityProtocol* find_perplexity_protocol(std::string_view name) {
    for (const PerplexityProtocol& protocol : kProtocols) {
        if (protocol.name == name) return &protocol;
    }
    return nullptr;
}

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
            nll[r] = row_nll(logits.subspan(r * vocab, vocab), targets[r]);
        }
    });
}

Result<PerplexityResult> measure_perplexity(Session* session, std::span<const int32_t> text,
                                            const PerplexityOptions& options) {
    const int64_t context = options.protocol.context;
    int64_t windows = static_cast<int64_t>(text.size()) / context;
    if (windows == 0) return too_short(text.size(), context);
    if (options.max_windows > 0) windows = std::min(windows, options.max_windows);

    WindowScorer scorer(session, options);
    PerplexityResult result;
    const int64_t per_window = context - 1;
    for (int64_t w = 0; w < windows; ++w) {
        const auto part =
            text.subspan(static_cast<size_t>(w * context), static_cast<size_t>(context));
        std::vector<int32_t> window(part.begin(), part.end());
        if (options.protocol.bos_in_each_window && options.bos >= 0) window[0] = options.bos;
        Status status = scorer.score(window, &result.statistics, [&](int64_t tokens) {
            result.evaluated += tokens;
            if (options.progress) {
                options.progress(result.evaluated, windows * per_window, result.statistics);
            }
        });
        if (status.code() == Code::kInterrupted) return interrupted(result);
        if (!status.ok()) return status;
        ++result.windows;
    }
    return result;
}

}  // namespace quern
