// minmax: the largest magnitude. percentile: 99.9 % of the magnitudes lie within. entropy: for
// every number of bins i the clamped distribution P (what lies beyond is added to bin i - 1) is
// compared with Q, the values within alone, reduced to 128 levels and spread again over the bins
// that P fills; T is where KL(P || Q) is least. Q without the clamped mass is what makes clamping
// cost.
#include "calibration/input_range.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace quern {
namespace {

constexpr double kPercentile = 0.999;
constexpr size_t kLevels = 128;  ///< magnitudes of int8 codes
/// Of Q where it has nothing and P has something.
constexpr double kSmallestPart = 1e-10;

std::vector<double> counts_of(const Histogram& h) { return {h.counts().begin(), h.counts().end()}; }

double largest(const Histogram& h) { return static_cast<double>(h.largest()); }

double percentile(const Histogram& h) {
    return std::min(percentile_range(counts_of(h), h.bin_width(), kPercentile), largest(h));
}

double entropy(const Histogram& h) {
    return std::min(entropy_range(counts_of(h), h.bin_width()), largest(h));
}

constexpr RangeRule kRules[] = {
    {"minmax", "the largest magnitude of the calibration text", largest},
    {"percentile", "99.9 % of the magnitudes lie within", percentile},
    {"entropy", "the int8 values tell most of the distribution (KL divergence)", entropy},
};

/// KL(P || Q) for the first `bins` bins; `total` of all counts.
double divergence(std::span<const double> counts, size_t bins, double inside, double total) {
    const double beyond = total - inside;
    const auto count_in_p = [&](size_t k) { return counts[k] + (k + 1 == bins ? beyond : 0); };
    double sum = 0;
    for (size_t level = 0; level < kLevels; ++level) {
        const size_t begin = level * bins / kLevels, end = (level + 1) * bins / kLevels;
        double mass = 0, filled = 0;
        for (size_t k = begin; k < end; ++k) {
            mass += counts[k];
            filled += count_in_p(k) > 0 ? 1 : 0;
        }
        if (filled == 0) continue;
        const double q = std::max(mass / filled / inside, kSmallestPart);
        for (size_t k = begin; k < end; ++k) {
            const double p = count_in_p(k) / total;
            if (p > 0) sum += p * std::log(p / q);
        }
    }
    return sum;
}

}  // namespace

std::span<const RangeRule> range_rules() { return kRules; }

Result<const RangeRule*> find_range_rule(std::string_view name) {
    std::string known;
    for (const RangeRule& rule : kRules) {
        if (rule.name == name) return &rule;
        known += (known.empty() ? "" : ", ") + std::string(rule.name);
    }
    return Status(Code::kWrongUse, "unknown rule for input ranges '" + std::string(name) +
                                       "'; this version has " + known);
}

double percentile_range(std::span<const double> counts, double width, double part) {
    double total = 0;
    for (const double count : counts) total += count;
    double below = 0;
    for (size_t k = 0; k < counts.size(); ++k) {
        const double wanted = part * total - below;
        if (counts[k] > 0 && wanted <= counts[k]) {
            return (static_cast<double>(k) + wanted / counts[k]) * width;
        }
        below += counts[k];
    }
    return static_cast<double>(counts.size()) * width;
}

double entropy_range(std::span<const double> counts, double width) {
    double total = 0, inside = 0;
    for (const double count : counts) total += count;
    double least = HUGE_VAL;
    size_t best = counts.size();
    for (size_t bins = 1; bins <= counts.size(); ++bins) {
        inside += counts[bins - 1];
        if (bins < kLevels || inside == 0) continue;
        const double kl = divergence(counts, bins, inside, total);
        if (kl >= least) continue;
        least = kl;
        best = bins;
    }
    return static_cast<double>(best) * width;
}

}  // namespace quern
