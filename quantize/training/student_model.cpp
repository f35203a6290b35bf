// One graph forward, kept; a graph per layer and step back, since all of them would take as much
// memory as many layers.
#include "training/student_model.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "methods/methods.h"
#include "tensor/ops.h"
#include "tensor/system.h"
#include "tile_encoder.h"

namespace quern {

bool has_scales(const PlannedTensor& planned) {
    const TensorClass c = planned.tensor_class;
    return planned.format->is_block() && c != TensorClass::kEmbedding && c != TensorClass::kHead;
}

StudentModel::StudentModel(const ModelFile& in, const Plan& plan, const QuantizeOptions& options,
                           const PartialFile& partial, std::unique_ptr<BlockRunner> runner)
    : in_(in),
      plan_(plan),
      options_(options),
      partial_(partial),
      runner_(std::move(runner)),
      forward_(runner_->pool().size()) {}

/// As the file will hold them.
Result<AlignedMemory> StudentModel::values(const PlannedTensor& p) const {
    AlignedMemory memory = allocate_aligned(p.bytes());
    if (!memory) throw std::bad_alloc();
    auto* bytes = reinterpret_cast<uint8_t*>(memory.get());
    Status s;
    if (const FinishedTensor* f = partial_.find_first(p.tensor->name)) {
        s = partial_.read(*f, 0, f->size, bytes);
    } else {
        std::unique_ptr<const Rounding> rounding;
        if (!p.copied && p.tensor->rank == 2) {
            rounding = nearest_rounding(*p.format, nullptr, options_.rounding.grid);
        }
        ErrorSums ignored;
        s = encode_tensor(in_, p, rounding.get(), options_, bytes, &ignored);
    }
    if (!s.ok()) return s;
    return memory;
}

Status StudentModel::load() {
    if (Status s = place_tables(); !s.ok()) return s;
    layers_.resize(static_cast<size_t>(architecture().shape().n_layers));
    for (int64_t i = 0; i < architecture().shape().n_layers; ++i) {
        if (Status s = load_layer(i); !s.ok()) return s;
    }
    return record_layers();
}

/// The embedding fills the stream; the head stays.
Status StudentModel::place_tables() {
    const PlannedTensor& embedding = planned(architecture().embedding()->name);
    auto table = values(embedding);
    if (!table.ok()) return table.status();
    if (Status s = runner_->embed(*embedding.format, table->get()); !s.ok()) return s;
    const PlannedTensor& head = planned(architecture().head()->name);
    if (&head != &embedding) table = values(head);
    if (!table.ok()) return table.status();
    head_ = std::move(*table);
    runner_->place(head.tensor->name, *head.format, head_.get());
    return {};
}

Status StudentModel::load_layer(int64_t index) {
    for (const Tensor* t : architecture().layer_tensors(index)) {
        const PlannedTensor& p = planned(t->name);
        auto& tensors = layers_[static_cast<size_t>(index)];
        StudentTensor& tensor = tensors.emplace_back(StudentTensor{&p});
        auto memory = values(p);
        if (!memory.ok()) return memory.status();
        if (has_scales(p) && partial_.find_first(t->name) != nullptr) {
            tensor.trained = std::make_unique<TrainedMatrix>(
                *p.format, p.tensor->rows(), p.tensor->cols(), std::move(*memory), false);
        } else {
            tensor.memory = std::move(*memory);
        }
        runner_->place(t->name, *p.format, tensor.data());
    }
    return {};
}

Status StudentModel::record_layers() {
    const int64_t tokens = runner_->samples().tokens;
    inputs_.push_back(forward_.input(Storage::kF32, tokens, architecture().shape().n_embd));
    Tensor* positions = forward_.input(Storage::kI32, tokens, 1);
    for (int64_t i = 0; i < architecture().shape().n_layers; ++i) {
        inputs_.push_back(architecture().record_layers(forward_, inputs_.back(), i, 1,
                                                       {nullptr, positions, runner_->cache(), 0}));
        forward_.keep(inputs_.back());
    }
    if (Status s = forward_.plan(); !s.ok()) return s;
    fill_positions(positions);
    return {};
}

uint64_t StudentModel::memory_bytes() const {
    const PlannedTensor& head = planned(architecture().head()->name);
    uint64_t bytes = head.bytes() + forward_.memory_bytes(), most = 0;
    for (const auto& tensors : layers_) {
        uint64_t gradients = 0;
        for (const StudentTensor& t : tensors) {
            bytes += t.trained ? t.trained->memory_bytes() : t.planned->bytes();
            if (t.trained) gradients += static_cast<uint64_t>(t.planned->tensor->elements()) * 4;
        }
        most = std::max(most, gradients);
    }
    return bytes + most;
}

Status StudentModel::run(int64_t sample) {
    Status s = runner_->stream().read(sample, inputs_[0]->row<float>(0));
    if (!s.ok()) return s;
    if (forward_.run(runner_->pool(), active_kernels(), nullptr, options_.cancel)) return {};
    return {Code::kInterrupted, "interrupted"};
}

Status StudentModel::step(const TrainingStep& step, float* at_output) {
    for (int64_t layer = architecture().shape().n_layers; layer-- > 0;) {
        if (Status s = step_layer(layer, step, at_output); !s.ok()) return s;
    }
    return {};
}

/// Where the gradients at a layer's matrices are summed: zeros, in memory that layers share.
WeightSums StudentModel::clear_sums(int64_t layer) {
    const auto& tensors = layers_[static_cast<size_t>(layer)];
    sums_.resize(tensors.size());
    WeightSums sums;
    for (size_t i = 0; i < tensors.size(); ++i) {
        if (!tensors[i].trained) continue;
        sums_[i].assign(static_cast<size_t>(tensors[i].planned->tensor->elements()), 0.0f);
        sums[architecture().layer_tensors(layer)[i]] = sums_[i].data();
    }
    return sums;
}

/// The gradient at the layer's output becomes that at its input.
Status StudentModel::step_layer(int64_t layer, const TrainingStep& step, float* at_output) {
    const Tensor& input = *inputs_[static_cast<size_t>(layer)];
    const WeightSums sums = clear_sums(layer);
    Graph g(runner_->pool().size());
    Tensor* x = g.input(Storage::kF32, input.rows(), input.cols());
    Tensor* at_y = g.input(Storage::kF32, input.rows(), input.cols());
    Tensor* positions = g.input(Storage::kI32, input.rows(), 1);
    const Tensor* y =
        architecture().record_layers(g, x, layer, 1, {nullptr, positions, runner_->cache(), 0});
    const Tensor* at_x = record_gradient(g, x, y, at_y, sums, gradient_format());
    if (at_x != nullptr) g.keep(at_x);
    if (Status s = g.plan(); !s.ok()) return s;
    fill_positions(positions);
    std::memcpy(x->data, input.data, input.bytes());
    std::memcpy(at_y->data, at_output, input.bytes());
    if (!g.run(runner_->pool(), active_kernels(), nullptr, options_.cancel)) {
        return {Code::kInterrupted, "interrupted"};
    }
    std::memcpy(at_output, at_x->data, input.bytes());
    const auto& tensors = layers_[static_cast<size_t>(layer)];
    for (size_t i = 0; i < tensors.size(); ++i) {
        if (!tensors[i].trained) continue;
        Status s =
            tensors[i].trained->step(sums_[i].data(), step, options_.threads, options_.cancel);
        if (!s.ok()) return s;
    }
    return {};
}

}  // namespace quern
