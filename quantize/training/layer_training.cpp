// One graph, forward, back and the error between: run as often as there are steps.
#include "training/layer_training.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

#include "notes.h"
#include "tensor/gradient.h"
#include "tensor/ops.h"
#include "tensor/system.h"
#include "training/trained_matrix.h"
#include "training/training_samples.h"

namespace quern {
namespace {

/// So far all steps together move a code where they agree. Rates fall to 0 in a line.
constexpr float kCodeTravel = 1;

class LayerTraining {
  public:
    LayerTraining(int64_t layer, const QuantizeOptions& options, BlockRunner* runner)
        : layer_(layer), options_(options), runner_(*runner), g_(runner->pool().size()) {}

    Status train(const std::function<void()>& progress);
    /// Gives tensors and `finished` what was learned.
    void keep(std::vector<FinishedTensor>* finished);

  private:
    struct Matrix {
        LayerTensor* tensor;
        std::unique_ptr<TrainedMatrix> trained;
        std::vector<float> gradient;
    };

    Status start();
    Status run(int64_t sample);
    Status step(int64_t index);
    Result<double> compare(const std::vector<int64_t>& samples);

    int64_t layer_;
    const QuantizeOptions& options_;
    BlockRunner& runner_;
    Graph g_;
    Tensor *x_ = nullptr, *target_ = nullptr;
    const Tensor *y_ = nullptr, *error_ = nullptr;
    std::vector<Matrix> matrices_;
    bool better_ = false;
};

/// The tensors' tiles are trained on copies.
Status LayerTraining::start() {
    WeightSums sums;
    for (const Tensor* t : runner_.architecture().layer_tensors(layer_)) {
        LayerTensor& tensor = *runner_.tensors().find(t->name);
        if (!tensor.rounded_to) {
            runner_.place(t->name, *find_format("f32"), tensor.memory.get());
            continue;
        }
        const uint64_t bytes = tensor.rounded_to->matrix_bytes(tensor.rows(), tensor.cols());
        AlignedMemory tiles = allocate_aligned(bytes);
        if (!tiles) throw std::bad_alloc();
        std::memcpy(tiles.get(), tensor.rounded.get(), bytes);
        Matrix& m = matrices_.emplace_back(
            Matrix{&tensor,
                   std::make_unique<TrainedMatrix>(*tensor.rounded_to, tensor.rows(), tensor.cols(),
                                                   std::move(tiles), true),
                   std::vector<float>(static_cast<size_t>(tensor.rows() * tensor.cols()))});
        runner_.place(t->name, *tensor.rounded_to, m.trained->tiles());
        sums[t] = m.gradient.data();
    }
    const int64_t tokens = runner_.samples().tokens;
    const int64_t width = runner_.architecture().shape().n_embd;
    x_ = g_.input(Storage::kF32, tokens, width);
    target_ = g_.input(Storage::kF32, tokens, width);
    Tensor* positions = g_.input(Storage::kI32, tokens, 1);
    y_ = runner_.architecture().record_layers(g_, x_, layer_, 1,
                                              {nullptr, positions, runner_.cache(), 0});
    error_ = reconstruction_gradient(g_, y_, target_);
    g_.keep(y_);
    g_.keep(error_);
    record_gradient(g_, x_, y_, error_, sums, gradient_format());
    if (Status s = g_.plan(); !s.ok()) return s;
    fill_positions(positions);
    return {};
}

Status LayerTraining::run(int64_t sample) {
    for (Matrix& m : matrices_) std::fill(m.gradient.begin(), m.gradient.end(), 0.0f);
    if (Status s = runner_.stream().read(sample, x_->row<float>(0)); !s.ok()) return s;
    Status s = runner_.reference_stream().read(sample, target_->row<float>(0));
    if (!s.ok()) return s;
    if (g_.run(runner_.pool(), active_kernels(), nullptr, options_.cancel)) return {};
    return {Code::kInterrupted, "interrupted"};
}

/// The sum of tokens' relative squared errors.
Result<double> LayerTraining::compare(const std::vector<int64_t>& samples) {
    double sum = 0;
    for (const int64_t sample : samples) {
        if (Status s = run(sample); !s.ok()) return s;
        for (int64_t t = 0; t < y_->rows(); ++t) {
            const float *y = y_->row<float>(t), *target = target_->row<float>(t),
                        *error = error_->row<float>(t);
            for (int64_t i = 0; i < y_->cols(); ++i) {
                sum += static_cast<double>(error[i] * (y[i] - target[i]));
            }
        }
    }
    return sum;
}

Status LayerTraining::step(int64_t index) {
    const auto steps = static_cast<float>(options_.code_training_steps);
    const float left = 1 - static_cast<float>(index) / steps;
    const TrainingStep step{index, kScaleRate * left, 2 * kCodeTravel / steps * left};
    for (Matrix& m : matrices_) {
        Status s = m.trained->step(m.gradient.data(), step, options_.threads, options_.cancel);
        if (!s.ok()) return s;
    }
    return {};
}

Status LayerTraining::train(const std::function<void()>& progress) {
    if (Status s = start(); !s.ok() || matrices_.empty()) return s;
    const auto [compared, order] = choose_training_samples(
        runner_.samples().count, options_.code_training_steps, options_.calibration.seed);
    auto before = compare(compared);
    if (!before.ok()) return before.status();
    for (size_t i = 0; i < order.size(); ++i) {
        if (Status s = run(order[i]); !s.ok()) return s;
        if (Status s = step(static_cast<int64_t>(i)); !s.ok()) return s;
        progress();
    }
    auto after = compare(compared);
    if (!after.ok()) return after.status();
    better_ = *after < *before;
    return {};
}

void LayerTraining::keep(std::vector<FinishedTensor>* finished) {
    for (Matrix& m : matrices_) {
        LayerTensor& t = *m.tensor;
        runner_.place(t.source->name, *t.rounded_to, t.rounded.get());
        if (!better_) continue;
        std::memcpy(m.tensor->rounded.get(), m.trained->tiles(), m.trained->bytes());
        const auto written =
            std::find_if(finished->begin(), finished->end(),
                         [&](const FinishedTensor& f) { return f.name == m.tensor->source->name; });
        std::memcpy(written->bytes.data(), m.trained->tiles(), written->bytes.size());
        add_note("codes trained in " + std::to_string(options_.code_training_steps) +
                     " steps, errors before",
                 &written->settings);
    }
}

}  // namespace

Status train_layer(int64_t layer, const QuantizeOptions& options, BlockRunner* runner,
                   const std::function<void()>& progress, std::vector<FinishedTensor>* finished) {
    LayerTraining training(layer, options, runner);
    if (Status s = training.train(progress); !s.ok()) return s;
    training.keep(finished);
    return {};
}

}  // namespace quern
