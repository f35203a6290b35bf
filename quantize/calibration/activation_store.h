// The residual stream of all samples between two layers: in memory, or in a file without a name
// (removed already, so a killed process leaves nothing) where memory is short.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tensor/status.h"

namespace quern {

class ActivationStore {
  public:
    /// `folder`: where to keep the file; empty: in memory.
    static Result<std::unique_ptr<ActivationStore>> create(int64_t samples, int64_t floats,
                                                           const std::string& folder);
    ~ActivationStore();
    ActivationStore(const ActivationStore&) = delete;
    ActivationStore& operator=(const ActivationStore&) = delete;

    /// The `floats` values of one sample.
    Status read(int64_t sample, float* out) const;
    Status write(int64_t sample, const float* in);

  private:
    ActivationStore() = default;
    Status transfer(int64_t sample, char* data, bool writing) const;

    int64_t floats_ = 0;
    std::vector<float> memory_;
    int descriptor_ = -1;
    std::string folder_;
};

}  // namespace quern
