// Sampling: logits -> token. The steps run in this order: penalties, top-k, temperature, top-p,
// min-p, draw. Sources: top-k (Fan et al. 2018, 1805.04833), nucleus/top-p (Holtzman et al. 2019,
// 1904.09751), min-p (Nguyen et al. 2024, 2407.01082), repetition penalty (Keskar et al. 2019,
// 1909.05858). Owned by one conversation; not thread-safe. The same seed and logits give the same
// tokens everywhere.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/status.h"

namespace quern {

struct SamplerOptions {
    float temperature = 0.7f;         ///< 0: greedy
    int32_t top_k = 40;               ///< 0: off
    float top_p = 0.95f;              ///< 1: off
    float min_p = 0.05f;              ///< 0: off; relative to the best token's probability
    float repetition_penalty = 1.0f;  ///< 1: off; divides positive and multiplies negative logits
    float frequency_penalty = 0.0f;   ///< subtracted once per occurrence
    float presence_penalty = 0.0f;    ///< subtracted once
    int32_t penalty_window = 64;      ///< the last tokens that penalties look at
    uint64_t seed = 0;
};

/// Names the first option that is out of range.
Status check_sampler_options(const SamplerOptions& options);

/// What kNoToken means to a user.
Status no_finite_logits();

class Sampler {
  public:
    static constexpr int32_t kNoToken = -1;
    /// Options that check_sampler_options() refuses are replaced by the defaults.
    explicit Sampler(const SamplerOptions& options);
    /// Chooses a token and remembers it for the penalties. Only finite logits are candidates;
    /// without any it is kNoToken. Ties go to the lowest id. top-p keeps the fewest best
    /// candidates whose share of the probability left by top-k reaches it. Greedy looks at
    /// penalties only and draws no random number; otherwise every call draws one (splitmix64).
    int32_t sample(std::span<const float> logits);
    /// Forgets seen tokens and restarts the random sequence.
    void reset();

  private:
    struct Candidate {
        int32_t id;
        float logit;
        double weight;  // exp((logit - best) / temperature)
    };
    const Candidate& best_candidate() const;
    void penalize();
    void keep_top_k();
    void keep_mass(double mass);
    int32_t draw();
    double next_uniform();

    SamplerOptions options_;
    std::vector<int32_t> recent_;
    std::vector<Candidate> candidates_;
    uint64_t random_state_;
};

}  // namespace quern
