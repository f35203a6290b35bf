// Compared samples are spread over all; the others are shuffled (Fisher and Yates).
#include "training/training_samples.h"

#include <algorithm>
#include <numeric>

#include "spread_evenly.h"
#include "tensor/splitmix64.h"

namespace quern {
namespace {

/// So many samples are compared, but at most every fourth.
constexpr int64_t kCompared = 4, kComparedPart = 4;

}  // namespace

TrainingSamples choose_training_samples(int64_t count, int64_t steps, uint64_t seed) {
    TrainingSamples samples;
    const int64_t n = std::clamp<int64_t>(count / kComparedPart, 1, kCompared);
    for (int64_t i = 0; i < n; ++i) samples.compared.push_back(spread_evenly(i, n, count));
    std::vector<int64_t> order(static_cast<size_t>(count));
    std::iota(order.begin(), order.end(), 0);
    for (const int64_t i : samples.compared) {
        if (count >= kComparedPart) std::erase(order, i);
    }
    while (static_cast<int64_t>(samples.steps.size()) < steps) {
        for (size_t left = order.size(); left > 1; --left, seed += kSplitmix64Step) {
            std::swap(order[left - 1], order[splitmix64(seed) % left]);
        }
        samples.steps.insert(samples.steps.end(), order.begin(), order.end());
    }
    samples.steps.resize(static_cast<size_t>(steps));
    return samples;
}

}  // namespace quern
