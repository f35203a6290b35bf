// What an architecture provides. One file per family in models/arch/, in three parts: read the
// configuration, bind the weights, record the forward pass; plus one line in registry.cpp.
//
// forward() is embed, the layers, norm and head in a row. Calibration (quantize/calibration/)
// records the same parts one by one, with the weights of one layer in memory.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

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

/// A place where a factor per channel can move from what makes a value to what reads it, without a
/// change of the function: channel c of every producer (an element of a vector, a row of a matrix)
/// is divided by s[c], column j of every consumer is multiplied by s[channel_of_column[j]].
struct ScaleFold {
    std::vector<const Tensor*> producers;  ///< a norm, or a matrix with its bias
    std::vector<const Tensor*> consumers;  ///< matrices, all with the same input
    std::vector<int32_t> channel_of_column;
    int64_t channels = 0;
};

/// Where orthogonal matrices fit into a layer without a change of the function: Q between what
/// writes and what reads the residual stream, through RMS norms whose factors move into the
/// readers; P_h between a value head's rows and the columns of `mixer` that read it.
struct RotationSites {
    struct Reader {
        const Tensor* norm;
        std::vector<const Tensor*> matrices;
    };
    std::vector<Reader> readers;
    std::vector<const Tensor*> writers;
    const Tensor* values = nullptr;  ///< its rows are heads of head_dim
    const Tensor* mixer = nullptr;   ///< its columns are heads of head_dim
    int64_t head_dim = 0;
};

/// Immutable after creation; forward() may be called by many sessions at once.
class Architecture {
  public:
    virtual ~Architecture() = default;
    const ModelShape& shape() const { return shape_; }
    /// After the weights are loaded: can their values be used?
    virtual Status check_values() const { return {}; }
    /// Records the whole pass; returns logits [n_logits, vocab_size], or nullptr if n_logits is
    /// 0.
    Tensor* forward(Graph& g, const ForwardInputs& in) const;

    /// The residual stream [tokens, n_embd] before the first layer, rotated if the file says so
    /// (arch/residual_rotation.h).
    virtual Tensor* record_embedding(Graph& g, const Tensor* ids) const = 0;
    /// All `count` layers from `first` on; reads in.positions and in.cache[i] of each.
    virtual Tensor* record_layers(Graph& g, const Tensor* x, int64_t first, int64_t count,
                                  const ForwardInputs& in) const = 0;
    /// What the head reads.
    virtual Tensor* record_output_norm(Graph& g, const Tensor* x) const = 0;
    virtual const Tensor* embedding() const = 0;
    virtual const Tensor* head() const = 0;  ///< may be the embedding

    /// The tensors of one layer, in the order of binding.
    virtual std::vector<const Tensor*> layer_tensors(int64_t layer) const = 0;
    /// In an order in which they can be searched one after the other.
    virtual std::vector<ScaleFold> folds(int64_t layer) const = 0;
    virtual RotationSites rotation_sites(int64_t layer) const = 0;

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
