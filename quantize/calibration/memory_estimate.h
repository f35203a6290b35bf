// How much memory a run layer by layer takes, before it begins.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "arch/architecture.h"
#include "tensor/model_file.h"

namespace quern {

/// What the owner of a runner will ask for and keep beside it.
struct MemoryNeeds {
    bool hessians = false;     ///< collect(true)
    bool shifts = false;       ///< InputStatistics::shift, by a reference stream; with hessians
    bool predictions = false;  ///< divergence(), from those of a reference stream
    bool training = false;     ///< codes of a layer are trained, on a reference stream
    bool factors = false;      ///< and one more matrix [n, n], what GPTQ makes of a Hessian
    bool head = false;         ///< the head is rounded like a layer
    /// For owners that write: what they make of a tensor, of which they hold a layer twice for a
    /// moment.
    struct Written {
        uint64_t bytes = 0;
        bool kept_rounded = false;  ///< LayerTensor::keep_rounded()
        bool drops_values = false;  ///< and drop_values()
    };
    std::function<Written(const std::string& name)> written;

    bool reference() const { return shifts || predictions || training; }
};

/// So many tokens are predicted at a time: all logits of a sample would take as much memory as many
/// layers.
inline constexpr int64_t kPredictedTogether = 64;

/// What runs.
struct LayerRun {
    const Architecture& architecture;  ///< its matrices are to be placed in f32
    const ModelFile& file;
    const std::vector<KvCache>& cache;  ///< of every layer, all in the same memory
    int64_t tokens;                     ///< of a sample
    int workers;
    bool equal_tokens;  ///< RunnerOptions
};

/// The most that is in use at once, without the residual streams and what is mapped of the input.
Result<uint64_t> peak_memory(const LayerRun& run, const MemoryNeeds& needs);

}  // namespace quern
