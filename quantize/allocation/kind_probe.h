// What noise in a kind of tensor costs the model, measured on the model itself: all tensors of one
// kind are rounded to probe_format(), each group on its range, and the predictions of some samples
// are compared with those of the model as it is. Kinds are what attn_q, ffn_down and so on are in
// all layers: noise in one makes errors in the predictions that noise of the same size in another
// does not.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "calibration/block_runner.h"
#include "quantize/quantize.h"

namespace quern {

/// Coarse enough to be seen in few samples, and near the formats that are chosen between.
const Format& probe_format();

class KindProbe {
  public:
    /// How many of the samples are run, evenly spread over them.
    static int64_t samples_of(const Samples& samples);

    /// Runs the model as it is. `in` and `options` outlive the probe; activations that need a file
    /// get one in `folder`. `progress` counts samples in every layer, here and in divergence().
    static Result<std::unique_ptr<KindProbe>> create(const ModelFile& in, const Samples& samples,
                                                     const QuantizeOptions& options,
                                                     const std::string& folder,
                                                     std::function<void(int64_t)> progress);

    /// Mean KL divergence, in nats, of the predictions with these tensors rounded. The same for any
    /// number of threads. A quantized head takes int8 inputs, as it will in any format that can be
    /// chosen for it; all else is in f32.
    Result<double> divergence(const std::set<std::string>& tensors);

    /// As BlockRunner's.
    uint64_t memory_bytes() const { return runner_->memory_bytes(); }
    uint64_t file_bytes() const { return runner_->file_bytes(); }

  private:
    KindProbe(const ModelFile& in, const QuantizeOptions& options) : in_(in), options_(options) {}
    Status run_reference();
    Result<AlignedMemory> round_table(const FileTensor& tensor) const;
    Status round_values(LayerTensor* tensor) const;
    int64_t n_layers() const { return runner_->architecture().shape().n_layers; }

    const ModelFile& in_;
    const QuantizeOptions& options_;
    std::unique_ptr<BlockRunner> runner_;
};

}  // namespace quern
