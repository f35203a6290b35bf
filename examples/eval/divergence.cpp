// Comparing rows of logits, and the statistics of all of them. With shifted logits a = base - max,
// b = model - max, A = sum exp a, B = sum exp b:  KL = sum exp(a) (a - b) / A - log A + log B, one
// pass over both rows after their maxima; exactly 0 for equal rows.
#include "eval/divergence.h"

#include <algorithm>
#include <cmath>

#include "eval/row_softmax.h"

namespace quern {
namespace {

size_t first_of(std::span<const float> row, float value) {
    return static_cast<size_t>(std::find(row.begin(), row.end(), value) - row.begin());
}

}  // namespace

RowDivergence compare_rows(std::span<const float> base, std::span<const float> model,
                           int32_t target) {
    const float base_max = row_max(base);
    const float model_max = row_max(model);
    RowSums base_sums{}, model_sums{}, products{};
    const float* x = base.data();
    const float* y = model.data();
    for_lanes(base.size(), [&](size_t i, size_t lane) {
        const float a = x[i] - base_max;
        const float b = y[i] - model_max;
        const float p = exp_of_nonpositive(a);
        base_sums[lane] += p;
        model_sums[lane] += exp_of_nonpositive(b);
        products[lane] += static_cast<double>(p) * static_cast<double>(a - b);
    });
    const double base_sum = total(base_sums);
    const double base_log = std::log(base_sum);
    const double model_log = std::log(total(model_sums));
    const size_t t = static_cast<size_t>(target);

    RowDivergence row;
    const double kl = total(products) / base_sum - base_log + model_log;
    row.kl = kl < 0 ? 0 : kl;  // rounding; NaN stays NaN
    row.base_nll = base_log + base_max - base[t];
    row.nll = model_log + model_max - model[t];
    row.delta_p = std::exp(-row.nll) - std::exp(-row.base_nll);
    row.same_top = first_of(base, base_max) == first_of(model, model_max);
    return row;
}

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
