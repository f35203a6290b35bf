// Runs a model layer by layer over calibration samples, with the weights of one layer in memory.
// Between layers it keeps the residual stream of all samples. Per layer:
//
//   collect()   statistics of every product's input, with the weights as they are in memory
//   advance()   the stream becomes the layer's output, with the weights as they are now: those that
//               have LayerTensor::rounded in these tiles, with int8 activations
//
// Where it is asked for, a second stream, the reference, is that of the model as it was: it begins
// with the original embedding, and every layer takes it on with the weights that were loaded.
//
// Other activations and the cache are f32. Products are found in the recorded graph, so those that
// read the same value (q, k, v; gate, up) share its statistics.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "arch/architecture.h"
#include "calibration/activation_store.h"
#include "calibration/histogram.h"
#include "calibration/layer_tensors.h"
#include "calibration/memory_estimate.h"
#include "calibration/samples.h"
#include "quantize/statistics.h"
#include "tensor/thread_pool.h"

namespace quern {

class InputSums;

/// The input of one or more products.
struct Tap {
    std::vector<std::string> matrices;
    InputStatistics statistics;
    bool by_attention = false;  ///< tokens count by the attention they receive (token_weights.h)
    std::vector<float> outlier_columns{};  ///< ascending; kept out of rounding (side_tensors.h)
    Histogram histogram{};                 ///< see count_inputs()
};

/// The input of this matrix; nullptr: it is in no product (a vector).
Tap* find_tap(std::vector<Tap>& taps, const std::string& matrix);

/// 0, 1, 2 ...
void fill_positions(Tensor* positions);

struct RunnerOptions {
    const Metadata* metadata = nullptr;  ///< of the model as layers will be; nullptr: the file's
    int threads = 1;
    uint64_t max_memory = 0;    ///< the stream goes to a file if memory needs more; 0: no limit
    std::string folder = ".";   ///< of that file
    MemoryNeeds needs;          ///< of the caller, for max_memory
    bool equal_tokens = false;  ///< CalibrationOptions::equal_tokens
    bool allow_nonfinite = false;
    const std::atomic<bool>* cancel = nullptr;
    std::function<void(int64_t samples)> progress;  ///< after each sample, in all that runs them
};

class BlockRunner {
  public:
    /// `file` outlives the runner.
    static Result<std::unique_ptr<BlockRunner>> create(const ModelFile& file, Samples samples,
                                                       RunnerOptions options);

    const Architecture& architecture() const { return *architecture_; }
    const Samples& samples() const { return samples_; }
    ThreadPool& pool() { return pool_; }
    /// Estimate of the most memory that is in use at once, without what is mapped of the input.
    uint64_t memory_bytes() const { return memory_bytes_; }
    /// Of the streams, if they are in files.
    uint64_t file_bytes() const { return file_bytes_; }
    /// What the samples are now, each [tokens, n_embd]; those of the reference stream.
    const ActivationStore& stream() const { return *store_; }
    const ActivationStore& reference_stream() const { return *reference_; }
    /// For owners that record graphs of their own: the cache of every layer, and where a tensor's
    /// values are (Weights::place).
    std::span<const KvCache> cache() const { return cache_; }
    void place(const std::string& name, const Format& format, std::byte* data) {
        weights_.place(name, format, data);
    }
    /// A matrix of the file, in tiles of its format.
    Result<AlignedMemory> read_tiles(const FileTensor& tensor) const;

    /// Fills the stream; `table` is the embedding in tiles of `format`, needed only here.
    Status embed(const Format& format, std::byte* table);
    /// Fills the stream, or the reference stream, from the embedding of the file.
    Status embed() { return embed_original(store_.get()); }
    Status embed_reference() { return embed_original(reference_.get()); }
    /// Reads the tensors of a layer.
    Status load(int64_t layer);
    LayerTensors& tensors() { return tensors_; }
    /// With needs.shifts the reference stream becomes the layer's output in the same run.
    Result<std::vector<Tap>> collect(bool hessians);
    /// The same for a layer that is not collected, with the weights as they were loaded.
    Status advance_reference();
    /// Counts the magnitudes of every product's input, without outlier columns, with the weights as
    /// they are now; `taps` are those that collect() made of this layer.
    Status count_inputs(std::vector<Tap>* taps);
    Status advance();
    /// Statistics of what the head reads, after the last layer.
    Result<InputStatistics> collect_head();
    /// With needs.predictions, when both streams are after the last layer: mean KL divergence, in
    /// nats, of the predictions that a head `table` in tiles of `format` (both null: the file's
    /// head) makes of the stream, from those that the file's head makes of the reference stream.
    Result<double> divergence(const Format* format, std::byte* table);

  private:
    struct Predictions;
    /// A stream through a graph.
    struct Flow {
        ActivationStore* store;
        Tensor* input;
        const Tensor* output;  ///< becomes the stream; nullptr: it stays
    };

    BlockRunner(const ModelFile& file, Samples samples, RunnerOptions options);
    Status bind();
    void place_layer();
    Status open_store();
    Tensor* stream_input(Graph& g) const;
    void start_graph(Graph* g, Tensor** x, Tensor** positions) const;
    Status advance(ActivationStore* store);
    Status embed_original(ActivationStore* store);
    Status fill(ActivationStore* store, const Format& format, std::byte* table);
    const Tensor* record_reference(Graph& g, const Tensor* x, const Tensor* positions,
                                   std::deque<InputSums>* sums) const;
    Status check_finite(const InputStatistics& statistics, const std::string& place,
                        const std::string& matrix) const;
    Status run(Graph& g, Tensor* positions, const std::vector<Flow>& flows);
    Result<double> sum_divergences(Predictions* base, Predictions* changed);

    const ModelFile& file_;
    Samples samples_;
    RunnerOptions options_;
    ThreadPool pool_;
    Weights weights_;
    std::unique_ptr<Architecture> architecture_;
    std::vector<std::vector<float>> vectors_;  ///< the file's tensors of rank 1
    AlignedMemory cache_memory_;
    std::vector<KvCache> cache_;  ///< one per layer, all in the same memory
    std::unique_ptr<ActivationStore> store_;
    std::unique_ptr<ActivationStore> reference_;  ///< nullptr: there is no reference stream
    LayerTensors tensors_;
    int64_t layer_ = 0;
    uint64_t memory_bytes_ = 0;
    uint64_t file_bytes_ = 0;
};

}  // namespace quern
