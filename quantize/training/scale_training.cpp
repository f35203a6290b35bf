// The loop over steps. Both models have a runner of their own: the model as it was knows nothing of
// what transforms have changed.
#include "training/scale_training.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

#include "calibration/samples.h"
#include "notes.h"
#include "resume.h"
#include "tensor/atomic_file.h"
#include "tensor/ops.h"
#include "tensor/system.h"
#include "training/student_model.h"
#include "training/training_samples.h"

namespace quern {
namespace {

/// So many tokens are predicted at a time: all logits of a sample would take much memory, but the
/// head is transposed for each.
constexpr int64_t kTogether = 256;
constexpr double kTeacherShare = 0.2;  ///< of the time

/// The predictions of both models for some tokens, how far they are apart, and the gradient of that
/// at the student's last values.
struct Predictions {
    Graph g;
    Tensor *base, *x;
    const Tensor *divergence, *at_x;

    Predictions(const Architecture& teacher, const Architecture& student, int64_t tokens,
                int workers)
        : g(workers) {
        base = g.input(Storage::kF32, tokens, student.shape().n_embd);
        x = g.input(Storage::kF32, tokens, student.shape().n_embd);
        const Tensor* of_base = matmul(g, teacher.head(), teacher.record_output_norm(g, base));
        const Tensor* changed = matmul(g, student.head(), student.record_output_norm(g, x));
        divergence = quern::divergence(g, of_base, changed);
        at_x = record_gradient(g, x, changed, divergence_gradient(g, of_base, changed), {},
                               gradient_format());
        g.keep(divergence);
        if (at_x != nullptr) g.keep(at_x);
    }
};

class ScaleTraining {
  public:
    ScaleTraining(const ModelFile& in, const Plan& plan, const QuantizeOptions& options,
                  const std::string& out, PartialFile* partial, QuantizeReport* report)
        : in_(in),
          plan_(plan),
          options_(options),
          out_(out),
          partial_(*partial),
          report_(*report) {}
    Status run();

  private:
    Result<std::unique_ptr<BlockRunner>> make_runner(const Metadata* metadata);
    Status run_teacher();
    Status load_student();
    void check_memory();
    Status train();
    Result<double> compare(int64_t sample);
    Result<double> compare_samples(const std::vector<int64_t>& compared);
    Status write();
    void tell(const std::string& what, double part) const;
    bool is_written(const PlannedTensor& p) const {
        return partial_.find(p.tensor->name) != partial_.find_first(p.tensor->name);
    }
    const Samples& samples() const { return student_->runner().samples(); }

    const ModelFile& in_;
    const Plan& plan_;
    const QuantizeOptions& options_;
    const std::string& out_;
    PartialFile& partial_;
    QuantizeReport& report_;
    std::unique_ptr<BlockRunner> teacher_;
    AlignedMemory teacher_head_;
    std::unique_ptr<StudentModel> student_;
    std::unique_ptr<Predictions> predictions_;
    std::vector<float> base_;       ///< the teacher's last values of a sample, [tokens, n_embd]
    std::vector<float> at_output_;  ///< the gradient at the student's
};

void ScaleTraining::tell(const std::string& what, double part) const {
    if (!options_.progress) return;
    const auto done = static_cast<int64_t>(static_cast<double>(plan_.weights) * part);
    options_.progress("training scales: " + what, done, plan_.weights);
}

Status ScaleTraining::run() {
    std::vector<const PlannedTensor*> matrices;
    for (const PlannedTensor& p : plan_.tensors) {
        const bool decided = partial_.find_first(p.tensor->name) != nullptr;
        if (decided && has_scales(p)) matrices.push_back(&p);
    }
    if (matrices.empty()) {
        warn(options_, &report_, "no matrix has scales to train: --train-scales has no effect");
        return {};
    }
    const auto written = [&](const PlannedTensor* p) { return is_written(*p); };
    if (std::all_of(matrices.begin(), matrices.end(), written)) return {};
    if (Status s = run_teacher(); !s.ok()) return s;
    if (Status s = load_student(); !s.ok()) return s;
    return train();
}

Result<std::unique_ptr<BlockRunner>> ScaleTraining::make_runner(const Metadata* metadata) {
    QuantizeReport ignored;
    auto samples = make_samples(in_, options_.calibration, &ignored);
    if (!samples.ok()) return samples.status();
    RunnerOptions options;
    options.metadata = metadata;
    options.threads = options_.threads;
    options.max_memory = options_.calibration.max_memory;
    options.folder = folder_of(out_);
    options.allow_nonfinite = options_.allow_nonfinite;
    options.cancel = options_.cancel;
    return BlockRunner::create(in_, std::move(*samples), std::move(options));
}

/// To the end of its last layer, all samples layer by layer.
Status ScaleTraining::run_teacher() {
    auto runner = make_runner(nullptr);
    if (!runner.ok()) return runner.status();
    teacher_ = std::move(*runner);
    if (Status s = teacher_->embed(); !s.ok()) return s;
    const int64_t n = teacher_->architecture().shape().n_layers;
    for (int64_t i = 0; i < n; ++i) {
        const double part = static_cast<double>(i) / static_cast<double>(n);
        tell("running the original, layer " + std::to_string(i + 1), kTeacherShare * part);
        if (Status s = teacher_->load(i); !s.ok()) return s;
        if (Status s = teacher_->advance(); !s.ok()) return s;
    }
    const FileTensor& head = *in_.find(teacher_->architecture().head()->name);
    auto table = teacher_->read_tiles(head);
    if (!table.ok()) return table.status();
    teacher_head_ = std::move(*table);
    teacher_->place(head.name, *head.format, teacher_head_.get());
    return {};
}

Status ScaleTraining::load_student() {
    auto runner = make_runner(&plan_.metadata);
    if (!runner.ok()) return runner.status();
    student_ = std::make_unique<StudentModel>(in_, plan_, options_, partial_, std::move(*runner));
    if (Status s = student_->load(); !s.ok()) return s;
    const int64_t tokens = samples().tokens, width = student_->architecture().shape().n_embd;
    predictions_ = std::make_unique<Predictions>(teacher_->architecture(), student_->architecture(),
                                                 std::min(kTogether, tokens),
                                                 student_->runner().pool().size());
    base_.resize(static_cast<size_t>(tokens * width));
    at_output_.resize(base_.size());
    if (Status s = predictions_->g.plan(); !s.ok()) return s;
    check_memory();
    return {};
}

/// The layers that rounding had one by one are all there now.
void ScaleTraining::check_memory() {
    const FileTensor& head = *in_.find(teacher_->architecture().head()->name);
    const uint64_t needed = student_->memory_bytes() + predictions_->g.memory_bytes() +
                            head.format->matrix_bytes(head.rows(), head.cols()) +
                            teacher_->memory_bytes() + student_->runner().memory_bytes();
    warn_of_memory(options_, &report_, needed, "while scales are trained");
}

Status ScaleTraining::train() {
    const auto [compared, order] = choose_training_samples(
        samples().count, options_.scale_training_steps, options_.calibration.seed);
    auto before = compare_samples(compared);
    if (!before.ok()) return before.status();
    for (size_t i = 0; i < order.size(); ++i) {
        const double part = static_cast<double>(i) / static_cast<double>(order.size());
        tell("step " + std::to_string(i + 1) + " of " + std::to_string(order.size()),
             kTeacherShare + (1 - kTeacherShare) * part);
        if (auto kl = compare(order[i]); !kl.ok()) return kl.status();
        const TrainingStep step{static_cast<int64_t>(i), kScaleRate * static_cast<float>(1 - part)};
        if (Status s = student_->step(step, at_output_.data()); !s.ok()) return s;
    }
    auto after = compare_samples(compared);
    if (!after.ok()) return after.status();
    if (*after < *before) {
        report_.scale_training = {options_.scale_training_steps, *before, *after};
        return write();
    }
    warn(options_, &report_,
         "training the scales did not bring the model closer to the original; they are left as "
         "they were");
    return {};
}

/// Runs the student on a sample: the mean divergence of its tokens, and in at_output_ the gradient
/// of their sum.
Result<double> ScaleTraining::compare(int64_t sample) {
    if (Status s = student_->run(sample); !s.ok()) return s;
    if (Status s = teacher_->stream().read(sample, base_.data()); !s.ok()) return s;
    Predictions& p = *predictions_;
    const Tensor& output = student_->output();
    const int64_t n = p.x->rows(), width = p.x->cols();
    const size_t bytes = p.x->bytes();
    double sum = 0;
    for (int64_t done = 0; done < output.rows(); done += n) {
        const int64_t first = std::min(done, output.rows() - n);  // again some of those before
        std::memcpy(p.x->data, output.row<float>(first), bytes);
        std::memcpy(p.base->data, &base_[static_cast<size_t>(first * width)], bytes);
        if (!p.g.run(student_->runner().pool(), active_kernels(), nullptr, options_.cancel)) {
            return Status(Code::kInterrupted, "interrupted");
        }
        std::memcpy(&at_output_[static_cast<size_t>(first * width)], p.at_x->data, bytes);
        for (int64_t t = done - first; t < n; ++t) {
            sum += static_cast<double>(*p.divergence->row<float>(t));
        }
    }
    return sum / static_cast<double>(output.rows());
}

Result<double> ScaleTraining::compare_samples(const std::vector<int64_t>& compared) {
    double sum = 0;
    for (const int64_t i : compared) {
        auto kl = compare(i);
        if (!kl.ok()) return kl.status();
        sum += *kl;
    }
    return sum / static_cast<double>(compared.size());
}

Status ScaleTraining::write() {
    const std::string note = "scales trained in " + std::to_string(options_.scale_training_steps) +
                             " steps, errors before";
    for (const std::vector<StudentTensor>& layer : student_->layers()) {
        std::vector<FinishedTensor> finished;
        for (const StudentTensor& t : layer) {
            if (!t.trained || is_written(*t.planned)) continue;
            FinishedTensor f = *partial_.find_first(t.planned->tensor->name);
            const auto* tiles = reinterpret_cast<const uint8_t*>(t.trained->tiles());
            f.bytes.assign(tiles, tiles + t.trained->bytes());
            add_note(note, &f.settings);
            finished.push_back(std::move(f));
        }
        if (finished.empty()) continue;
        if (Status s = partial_.append(finished); !s.ok()) return s;
    }
    return {};
}

}  // namespace

Status train_scales(const ModelFile& in, const Plan& plan, const QuantizeOptions& options,
                    const std::string& out, PartialFile* partial, QuantizeReport* report) {
    try {
        return ScaleTraining(in, plan, options, out, partial, report).run();
    } catch (const std::bad_alloc&) {
        return out_of_memory();
    }
}

}  // namespace quern
