// The statistics of all rows, and the walk.
#include "eval/divergence.h"

#include <algorithm>
#include <cmath>

namespace quern {

double percentile(std::span<const double> sorted, double p) {
    if (sorted.empty()) return 0;
    const double at = p * static_cast<double>(sorted.size() - 1);
    const size_t below = static_cast<size_t>(at);
    const size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

void Divergence::add(const RowDivergence& row) {
    base_.add(row.base_nll);
    model_.add(row.nll);
    kl_.add(row.kl);
    kl_values_.push_back(row.kl);
    log_ratio_.add(row.nll - row.base_nll);
    delta_p_.add(row.delta_p);
    delta_p_squared_.add(row.delta_p * row.delta_p);
    same_ += row.same_top ? 1 : 0;
}

std::vector<double> Divergence::kl_percentiles(std::span<const double> parts) const {
    std::vector<double> sorted = kl_values_;
    std::sort(sorted.begin(), sorted.end());
    std::vector<double> values;
    for (const double part : parts) values.push_back(percentile(sorted, part));
    return values;
}

double Divergence::same_top() const {
    return count() > 0 ? static_cast<double>(same_) / static_cast<double>(count()) : 0;
}

double Divergence::same_top_error() const {
    if (count() < 2) return 0;
    return std::sqrt(same_top() * (1 - same_top()) / static_cast<double>(count() - 1));
}

double Divergence::ratio() const { return std::exp(log_ratio_.mean()); }

double Divergence::ratio_error() const { return ratio() * log_ratio_.standard_error(); }

double Divergence::delta_p_rms() const { return std::sqrt(delta_p_squared_.mean()); }

Result<DivergenceResult> measure_divergence(Session* base, Session* model,
                                            std::span<const int32_t> text,
                                            const DivergenceOptions& options) {
    DivergenceResult result;
    ThreadPool pool(std::max(1, options.threads));
    std::vector<RowDivergence> compared;
    bool all_finite = true;
    WalkOptions walk = options.walk;
    walk.progress = [&](int64_t done, int64_t total) {
        if (options.progress) options.progress(done, total, result.divergence);
    };
    const auto score = [&](const ScoredRows& rows) {
        const size_t n = rows.targets.size();
        const size_t vocab = rows.logits[0].size() / n;
        compared.resize(n);
        std::atomic<size_t> next{0};
        pool.run([&](int) {
            for (size_t r = next++; r < n; r = next++) {
                compared[r] =
                    compare_rows(rows.logits[0].subspan(r * vocab, vocab),
                                 rows.logits[1].subspan(r * vocab, vocab), rows.targets[r]);
            }
        });
        for (const RowDivergence& row : compared) {
            all_finite = all_finite && std::isfinite(row.kl) && std::isfinite(row.nll);
            result.divergence.add(row);
        }
    };
    Session* const sessions[] = {base, model};
    const Status status = walk_windows(sessions, text, walk, score, &result.walked);
    if (!status.ok()) return status;
    if (!all_finite) {
        return Status(Code::kBadFile,
                      "predictions are not finite; a model is damaged, or its cache format cannot "
                      "hold its values: try --cache-k f32 --cache-v f32");
    }
    return result;
}

}  // namespace quern
