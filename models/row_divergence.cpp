// With shifted logits a = base - max, b = model - max, A = sum exp a, B = sum exp b:
// KL = sum exp(a) (a - b) / A - log A + log B, one pass over both rows after their maxima; exactly
// 0 for equal rows.
#include "models/row_divergence.h"

#include <algorithm>
#include <cmath>

#include "models/row_softmax.h"

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

}  // namespace quern
