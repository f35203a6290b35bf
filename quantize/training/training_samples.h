// Which samples a training sees: some are left out of it, to tell what it gained.
#pragma once

#include <cstdint>
#include <vector>

namespace quern {

struct TrainingSamples {
    std::vector<int64_t> compared;  ///< before and after; not in `steps`, with four samples or more
    std::vector<int64_t> steps;     ///< by step: all others once in each round, in another order
};

TrainingSamples choose_training_samples(int64_t count, int64_t steps, uint64_t seed);

}  // namespace quern
