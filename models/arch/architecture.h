// What an architecture provides. One file per family in models/arch/, in three parts: read the
// configuration, bind the weights, record the forward pass; plus one line in registry.cpp.
#pragma once

#include <memory>
#include <span>

#include "arch/weights.h"
#include "models/model.h"
#include "tensor/graph.h"
#include "tensor/kv_cache.h"

namespace quern {

struct ForwardInputs {
    const Tensor* ids;               ///< i32 [tokens, 1]
    const Tensor* positions;         ///< i32 [tokens, 2]: position, ascending; sequence
    std::span<const KvCache> cache;  ///< one per layer, owned by the session
    int64_t n_logits;                ///< of the last tokens
};

/// Immutable after creation; forward() may be called by many sessions at once.
class Architecture {
  public:
    virtual ~Architecture() = default;
    const ModelShape& shape() const { return shape_; }
    /// After the weights are loaded: can their values be used?
    virtual Status check_values() const { return {}; }
    /// Records the forward pass; returns logits [n_logits, vocab_size], or nullptr if n_logits is
    /// 0.
    virtual Tensor* forward(Graph& g, const ForwardInputs& in) const = 0;

  protected:
    ModelShape shape_;
};

/// Reads configuration and weights. Missing and misshapen tensors are remembered by `weights`.
using ArchitectureFactory = Result<std::unique_ptr<Architecture>> (*)(const Metadata& metadata,
                                                                      Weights& weights);

/// The factory for general.architecture, or an error that lists the known ones.
Result<ArchitectureFactory> find_architecture(const std::string& name);

Result<std::unique_ptr<Architecture>> create_llama(const Metadata& metadata, Weights& weights);

}  // namespace quern
