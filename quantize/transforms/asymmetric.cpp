// Asymmetric calibration: the layers before this one are quantized already, so its products read x
// where the model as it was has x'. A product should still make what it made there: minimise
//
//   |Q X - W X'|^2 + lambda |Q - W|^2
//
// (the objective of GPTAQ, Li et al. 2025, 2504.02692, which adds its gradient to GPTQ's steps).
// Here it is solved before rounding, for all rows at once, with H = mean x x^T and D = mean (x' -
// x) x^T:
//
//   Q = W (D + H + lambda I) (H + lambda I)^-1 = W + W D (H + lambda I)^-1
//
// All of this fits the samples, errors of earlier layers as chance has them included; a part of it
// (--strength, one half) generalizes better. What is rounded next is Q, with H as ever.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "lanes.h"
#include "linear_algebra.h"
#include "parallel.h"
#include "transforms/transforms.h"

namespace quern {
namespace {

/// H + lambda I, factored.
struct Factor {
    std::vector<float> values;  ///< as solve_factored() wants it
    float damping = -1;         ///< lambda relative to the mean of H's diagonal; < 0: it failed
};

Factor factor_damped(const InputStatistics& s, const TransformContext& c) {
    const auto n = static_cast<size_t>(s.n);
    double sum = 0;
    for (size_t i = 0; i < n; ++i) sum += static_cast<double>(s.hessian[i * n + i]);
    const auto mean = static_cast<float>(sum / static_cast<double>(n));
    Factor f;
    f.damping = find_damping(c.rounding.damping, [&](float damping) {
        f.values = s.hessian;
        for (size_t i = 0; i < n; ++i) f.values[i * n + i] += damping * mean;
        return factor_reverse(s.n, c.pool.size(), f.values.data());
    });
    if (f.damping >= 0) mirror_factor(s.n, f.values.data());
    return f;
}

/// w [n][16] += strength * w D (H + lambda I)^-1; row i of `shift` is column i of D.
void correct_tile(const std::vector<float>& shift, const Factor& factor, int64_t n, float strength,
                  float* w) {
    std::vector<float> correction(static_cast<size_t>(n * kLanes));
    for (int64_t i = 0; i < n; ++i) {
        accumulate_one(w, &shift[static_cast<size_t>(i * n)], n, &correction[i * kLanes]);
    }
    solve_factored(n, factor.values.data(), correction.data());
    for (size_t i = 0; i < correction.size(); ++i) w[i] += strength * correction[i];
}

Status correct(const Tap& tap, const std::vector<float>& shift, TransformContext& c) {
    std::vector<LayerTensor*> rounded;
    for (const std::string& matrix : tap.matrices) {
        if (c.format_of(matrix).is_block()) rounded.push_back(c.tensors.find(matrix));
    }
    if (rounded.empty()) return {};
    const bool finite =
        std::all_of(shift.begin(), shift.end(), [](float v) { return std::isfinite(v); });
    const Factor factor = finite ? factor_damped(tap.statistics, c) : Factor();
    char note[80] = "asymmetric: not corrected, the inputs' moments are not usable";
    if (factor.damping >= 0) {
        std::snprintf(note, sizeof note, "asymmetric %.3g (damping %.3g)",
                      static_cast<double>(c.options.strength), static_cast<double>(factor.damping));
    }
    for (LayerTensor* t : rounded) {
        c.note(t->source->name, note);
        if (factor.damping < 0) continue;
        Status s = parallel_for(c.pool.size(), t->tiles(), c.cancel, [&](int, int64_t i) {
            correct_tile(shift, factor, t->cols(), c.options.strength, t->tile(i));
            return Status();
        });
        if (!s.ok()) return s;
    }
    return {};
}

Status apply_asymmetric(TransformContext& c) {
    for (Tap& tap : c.taps) {
        // Once corrected the shift is used up, and its memory is wanted for rounding.
        const std::vector<float> shift = std::exchange(tap.statistics.shift, {});
        if (Status s = correct(tap, shift, c); !s.ok()) return s;
        if (c.cancel && c.cancel->load()) return {Code::kInterrupted, "interrupted"};
    }
    return {};
}

constexpr TransformOption kAsymmetricOptions[] = {
    {"--strength", &TransformOptions::strength, 0, 1}};

}  // namespace

Transform asymmetric_transform() {
    return {
        .name = "asymmetric",
        .summary =
            "moves weights so that products make up for the quantized layers before them "
            "(after Li et al. 2025): asymmetric+gptq, awq+asymmetric+gptq; --strength",
        .needs = Needs::kShift,
        .apply = apply_asymmetric,
        .options = kAsymmetricOptions,
    };
}

}  // namespace quern
