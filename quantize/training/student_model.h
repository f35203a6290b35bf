// The model as it will be written, with the rounded matrices of all its layers in memory, for
// training: forward in the file's formats, and back through one layer after the other, each
// recorded once more for its gradient.
#pragma once

#include <memory>
#include <vector>

#include "calibration/block_runner.h"
#include "partial_file.h"
#include "plan.h"
#include "tensor/gradient.h"
#include "training/trained_matrix.h"

namespace quern {

/// Will the tensor, of a layer and decided by the pass, have scales to train?
bool has_scales(const PlannedTensor& planned);

/// A tensor of a layer.
struct StudentTensor {
    const PlannedTensor* planned;
    std::unique_ptr<TrainedMatrix> trained{};  ///< nullptr: it stays as it is
    AlignedMemory memory{};                    ///< then its values

    std::byte* data() const { return trained ? trained->tiles() : memory.get(); }
};

class StudentModel {
  public:
    /// Takes what `partial` holds, as it was before any training; other tensors are rounded to
    /// nearest. `runner` has the plan's metadata. The references outlive this object.
    StudentModel(const ModelFile& in, const Plan& plan, const QuantizeOptions& options,
                 const PartialFile& partial, std::unique_ptr<BlockRunner> runner);
    Status load();

    BlockRunner& runner() { return *runner_; }
    const Architecture& architecture() const { return runner_->architecture(); }
    const std::vector<std::vector<StudentTensor>>& layers() const { return layers_; }
    /// Of all layers, the head, and what running a layer back takes.
    uint64_t memory_bytes() const;
    /// Runs the layers on a sample; output() are then its last values, [tokens, n_embd].
    Status run(int64_t sample);
    const Tensor& output() const { return *inputs_.back(); }
    /// After run(): from the gradient at the output, [tokens, n_embd] without gaps, scales take a
    /// step. `at_output` is overwritten.
    Status step(const TrainingStep& step, float* at_output);

  private:
    const PlannedTensor& planned(const std::string& name) const {
        return find_planned(in_, plan_, name);
    }
    Result<AlignedMemory> values(const PlannedTensor& p) const;
    Status place_tables();
    Status load_layer(int64_t index);
    Status record_layers();
    WeightSums clear_sums(int64_t layer);
    Status step_layer(int64_t layer, const TrainingStep& step, float* at_output);

    const ModelFile& in_;
    const Plan& plan_;
    const QuantizeOptions& options_;
    const PartialFile& partial_;
    std::unique_ptr<BlockRunner> runner_;
    AlignedMemory head_;
    std::vector<std::vector<StudentTensor>> layers_;
    Graph forward_;
    std::vector<const Tensor*> inputs_;     ///< of layers, in forward_, and the last one's output
    std::vector<std::vector<float>> sums_;  ///< gradients at a layer's matrices
};

}  // namespace quern
