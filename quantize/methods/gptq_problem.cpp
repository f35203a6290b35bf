// H = M M^T with M upper triangular (linear_algebra.h), kept as ratios M[j][i] / M[i][i].
#include "methods/gptq_problem.h"

#include "linear_algebra.h"

namespace quern {
namespace {

/// H by position with its damped diagonal, factored; false if that fails.
bool factor(GptqProblem* p, int threads) {
    const int64_t cols = p->cols();
    p->ratios.resize(static_cast<size_t>(cols * cols));
    p->squared_pivots.resize(static_cast<size_t>(cols));
    for (int64_t i = 0; i < cols; ++i) {
        const float* row = p->hessian + p->plan.columns[i] * cols;
        for (int64_t j = 0; j < i; ++j) p->ratios[i * cols + j] = row[p->plan.columns[j]];
        p->ratios[i * cols + i] = p->damped_diagonal[p->plan.columns[i]];
    }
    if (!factor_reverse(cols, threads, p->ratios.data())) return false;
    for (int64_t i = 0; i < cols; ++i) {
        const float pivot = p->ratios[i * cols + i];
        p->squared_pivots[i] = pivot * pivot;
        for (int64_t j = 0; j < i; ++j) p->ratios[i * cols + j] /= pivot;
    }
    return true;
}

}  // namespace

bool damp_and_factor(GptqProblem* p, const std::vector<float>& diagonal, float mean,
                     RoundingReport* report) {
    const float damping = find_damping(p->options.damping, [&](float tried) {
        for (size_t k = 0; k < diagonal.size(); ++k) {
            // A dead column has no error to pass on; any positive number will do.
            p->damped_diagonal[k] = (p->dead[k] ? mean : diagonal[k]) + tried * mean;
        }
        return factor(p, p->options.threads);
    });
    if (damping < 0) return false;
    report->damping = damping;
    return true;
}

}  // namespace quern
