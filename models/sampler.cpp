// Sampling, see sampler.h for the steps and their sources. All probabilities are kept as weights
//   w_i = exp((logit_i - best) / temperature)
// relative to the best candidate (whose weight is 1), so nothing overflows and min-p is w_i >=
// min_p. Both top-p and min-p keep a leading part of the candidates in falling order, so min-p may
// be applied first, against the unchanged total weight: the result is the same and far fewer
// candidates are ordered.
#include "models/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "tensor/splitmix64.h"

namespace quern {
namespace {

constexpr float kMaxFloat = std::numeric_limits<float>::max();

// A range check of one option; NaN is outside of every range.
struct Range {
    const char* name;
    double value, low, high;
    bool open_low;  // `low` itself is not allowed
};

// Best first: higher logit, then lower id. A total order, so results do not depend on the sort's
// insides.
constexpr auto kBetter = [](const auto& a, const auto& b) {
    return a.logit != b.logit ? a.logit > b.logit : a.id < b.id;
};

int32_t best_token(std::span<const float> logits) {
    int32_t best = Sampler::kNoToken;
    float best_logit = -std::numeric_limits<float>::infinity();
    for (size_t i = 0; i < logits.size(); ++i) {
        if (logits[i] > best_logit && logits[i] <= kMaxFloat) {  // false for NaN
            best_logit = logits[i];
            best = static_cast<int32_t>(i);
        }
    }
    return best;
}

std::string short_number(double value) {
    std::string text = std::to_string(value);
    if (text.find('.') == std::string::npos) return text;  // nan, inf
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

}  // namespace

Status check_sampler_options(const SamplerOptions& options) {
    const Range ranges[] = {
        {"temperature", options.temperature, 0, 100, false},
        {"top-k", static_cast<double>(options.top_k), 0, std::numeric_limits<int32_t>::max(),
         false},
        {"top-p", options.top_p, 0, 1, true},
        {"min-p", options.min_p, 0, 1, false},
        {"repetition penalty", options.repetition_penalty, 0, 100, true},
        {"frequency penalty", options.frequency_penalty, -100, 100, false},
        {"presence penalty", options.presence_penalty, -100, 100, false},
        {"penalty window", static_cast<double>(options.penalty_window), 0, 1 << 20, false},
    };
    for (const Range& range : ranges) {
        const bool above = range.open_low ? range.value > range.low : range.value >= range.low;
        if (above && range.value <= range.high) continue;
        return {Code::kWrongUse, std::string(range.name) + " is " + short_number(range.value) +
                                     ", expected a number " +
                                     (range.open_low ? "above " : "from ") +
                                     short_number(range.low) + " to " + short_number(range.high)};
    }
    return {};
}

Status no_finite_logits() {
    return {Code::kBadFile,
            "the model gives no token a finite logit: its weights are damaged, or made for another "
            "architecture; 'quern-quantize verify' checks a file"};
}

Sampler::Sampler(const SamplerOptions& options)
    : options_(check_sampler_options(options).ok() ? options : SamplerOptions()) {
    reset();
}

void Sampler::reset() {
    recent_.clear();
    random_state_ = options_.seed;
}

// The upper 53 bits make the double.
double Sampler::next_uniform() {
    const uint64_t random = splitmix64(random_state_);
    random_state_ += kSplitmix64Step;
    return static_cast<double>(random >> 11) * 0x1p-53;
}

const Sampler::Candidate& Sampler::best_candidate() const {
    return *std::min_element(candidates_.begin(), candidates_.end(), kBetter);
}

// Candidates are in order of id here.
void Sampler::penalize() {
    std::vector<int32_t> seen = recent_;
    std::sort(seen.begin(), seen.end());
    for (auto begin = seen.begin(); begin != seen.end();) {
        const auto end = std::upper_bound(begin, seen.end(), *begin);
        const auto found =
            std::lower_bound(candidates_.begin(), candidates_.end(), *begin,
                             [](const Candidate& c, int32_t token) { return c.id < token; });
        if (found != candidates_.end() && found->id == *begin) {
            const float repetition = options_.repetition_penalty;
            float logit = found->logit > 0 ? found->logit / repetition : found->logit * repetition;
            logit -= options_.frequency_penalty * static_cast<float>(end - begin);
            logit -= options_.presence_penalty;
            found->logit = std::clamp(logit, -kMaxFloat, kMaxFloat);
        }
        begin = end;
    }
}

int32_t Sampler::sample(std::span<const float> logits) {
    const bool penalties =
        !recent_.empty() && (options_.repetition_penalty != 1 || options_.frequency_penalty != 0 ||
                             options_.presence_penalty != 0);
    const bool greedy = options_.temperature == 0;
    int32_t token = kNoToken;
    if (greedy && !penalties) {
        token = best_token(logits);
    } else {
        candidates_.clear();
        for (size_t i = 0; i < logits.size(); ++i) {
            if (!std::isfinite(logits[i])) continue;
            candidates_.push_back({static_cast<int32_t>(i), logits[i], 0});
        }
        if (penalties) penalize();
        if (!candidates_.empty()) token = greedy ? best_candidate().id : draw();
    }
    if (token == kNoToken) return token;
    recent_.push_back(token);
    const size_t window = static_cast<size_t>(options_.penalty_window);
    if (recent_.size() > window) recent_.erase(recent_.begin());
    return token;
}

void Sampler::keep_top_k() {
    const size_t top_k = static_cast<size_t>(options_.top_k);
    if (top_k == 0 || top_k >= candidates_.size()) return;
    std::partial_sort(candidates_.begin(), candidates_.begin() + options_.top_k, candidates_.end(),
                      kBetter);
    candidates_.resize(top_k);
}

// The smallest leading part, in falling order, whose weights reach `mass`. A heap orders only as
// many candidates as are kept.
void Sampler::keep_mass(double mass) {
    const auto worse = [](const Candidate& a, const Candidate& b) { return kBetter(b, a); };
    std::make_heap(candidates_.begin(), candidates_.end(), worse);
    auto rest = candidates_.end();
    for (double kept = 0; kept < mass && rest != candidates_.begin();) {
        std::pop_heap(candidates_.begin(), rest, worse);
        kept += (--rest)->weight;
    }
    candidates_.erase(candidates_.begin(), rest);
}

int32_t Sampler::draw() {
    keep_top_k();
    const double best = best_candidate().logit;
    double total = 0;
    for (Candidate& c : candidates_) {
        c.weight = std::exp((c.logit - best) / options_.temperature);
        total += c.weight;
    }
    std::erase_if(candidates_, [&](const Candidate& c) { return c.weight < options_.min_p; });
    if (options_.top_p < 1) keep_mass(options_.top_p * total);

    double left = 0;
    for (const Candidate& c : candidates_) left += c.weight;
    left *= next_uniform();
    for (const Candidate& c : candidates_) {
        left -= c.weight;
        if (left < 0) return c.id;
    }
    return candidates_.back().id;  // only if rounding used up the sum
}

}  // namespace quern
