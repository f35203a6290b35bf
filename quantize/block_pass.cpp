// The pass: embedding, layers, head.
#include "block_pass.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iterator>
#include <map>
#include <new>

#include "arch/architecture.h"
#include "calibration/block_runner.h"
#include "calibration/input_range.h"
#include "calibration/samples.h"
#include "calibration/shrinkage.h"
#include "matrix_rounding.h"
#include "methods/methods.h"
#include "notes.h"
#include "output.h"
#include "pass_progress.h"
#include "resume.h"
#include "side_tensors.h"
#include "tensor/atomic_file.h"
#include "tile_encoder.h"
#include "training/layer_training.h"
#include "training/student_model.h"
#include "transforms/transforms.h"

namespace quern {
namespace {

/// Parts of a layer's time, for the progress bar.
struct Shares {
    double collect, round, train;  ///< the rest: running the quantized layer
};
constexpr Shares kShares{0.6, 0.2, 0}, kSharesWithTraining{0.15, 0.05, 0.75};

/// How the statistics of a matrix's input were made, where it is not by plain sums.
void note_statistics(float shrinkage, const Tap& tap, std::string* notes) {
    char text[32] = "";
    if (shrinkage > 0) {
        std::snprintf(text, sizeof text, "shrinkage %.3g", static_cast<double>(shrinkage));
    }
    add_note(text, notes);
    if (tap.by_attention) add_note("tokens by attention", notes);
}

/// Its outlier columns, if any, go to tensors `beside` it.
Status round_matrix(const PlannedTensor& planned, const Tap* tap, MatrixRounding* rounding,
                    LayerTensor* tensor, FinishedTensor* finished,
                    std::vector<FinishedTensor>* beside) {
    if (!tap || tap->outlier_columns.empty() || !planned.format->is_block()) {
        return rounding->round(planned, tap, tensor, finished);
    }
    auto outliers = take_outliers(tap->outlier_columns, tensor);
    if (!outliers.ok()) return outliers.status();
    if (Status s = rounding->round(planned, tap, tensor, finished); !s.ok()) return s;
    if (Status s = put_outliers(*outliers, tensor); !s.ok()) return s;
    for (FinishedTensor* f : {&outliers->columns, &outliers->weights}) {
        f->method = finished->method;
        beside->push_back(std::move(*f));
    }
    return {};
}

class BlockPass {
  public:
    BlockPass(const ModelFile& in, const Plan& plan, const MethodSpec& spec,
              const QuantizeOptions& options, const std::string& out,
              std::unique_ptr<PartialFile> partial)
        : in_(in),
          plan_(plan),
          spec_(spec),
          options_(options),
          out_(out),
          partial_(std::move(partial)),
          shares_(options.code_training_steps > 0 ? kSharesWithTraining : kShares),
          progress_(options, plan.weights) {}

    Result<std::unique_ptr<PartialFile>> run(QuantizeReport* report);

  private:
    const PlannedTensor& planned(const std::string& name) const {
        return find_planned(in_, plan_, name);
    }
    Status open(QuantizeReport* report);
    Status start(Samples samples);
    uint64_t frame_bytes(int64_t frame) const;
    Status check_room(QuantizeReport* report) const;
    Status run_layers();
    Status embed();
    Status layer(int64_t index);
    Status calibrate_layer(int64_t index);
    Status transform(int64_t index, bool at_load, std::vector<Tap>* taps,
                     std::map<std::string, std::string>* notes);
    Status round_layer(MatrixRounding* rounding, std::vector<Tap>* taps,
                       const std::map<std::string, std::string>& notes,
                       std::vector<FinishedTensor>* finished);
    Status choose_ranges(std::vector<Tap>* taps, std::vector<FinishedTensor>* finished);
    Status restore_layer();
    Status head();
    bool decides(const PlannedTensor& p) const;
    bool searches_grids() const { return options_.rounding.grid != GridChoice::kRange; }
    bool rounds_head() const;
    /// Outliers are in no tiles; input ranges are measured with values.
    bool drops_all_values() const {
        return options_.static_activations.empty() &&
               std::none_of(spec_.transforms.begin(), spec_.transforms.end(),
                            [](const Transform* t) { return t->adds_tensors; });
    }
    bool needs_shifts() const { return spec_.needs() == Needs::kShift; }
    bool has_reference() const { return needs_shifts() || options_.code_training_steps > 0; }
    int64_t n_frames() const { return n_layers() + (rounds_head() ? 1 : 0); }
    /// And those that training adds (training/scale_training.h).
    int64_t n_all_frames() const {
        return n_frames() + (options_.scale_training_steps > 0 ? n_layers() : 0);
    }
    std::vector<const PlannedTensor*> tensors_of(int64_t frame) const;
    std::vector<const PlannedTensor*> all_tensors_of(int64_t frame) const;
    Status check_partial() const;
    bool cancelled() const { return options_.cancel && options_.cancel->load(); }
    int64_t n_layers() const { return runner_->architecture().shape().n_layers; }

    const ModelFile& in_;
    const Plan& plan_;
    const MethodSpec& spec_;
    const QuantizeOptions& options_;
    const std::string& out_;
    std::unique_ptr<BlockRunner> runner_;
    std::unique_ptr<PartialFile> partial_;
    Shares shares_;
    PassProgress progress_;
};

/// Transforms change any tensor of a layer; roundings only those that lose something.
bool BlockPass::decides(const PlannedTensor& p) const {
    return !spec_.transforms.empty() || (p.tensor->rank == 2 && !p.copied);
}

/// Its grid is searched like those of the layers, for its own inputs.
bool BlockPass::rounds_head() const {
    const PlannedTensor& head = planned(runner_->architecture().head()->name);
    return searches_grids() && head.format->is_quantized() && !head.copied;
}

/// What a frame holds: a layer's tensors that the pass decides, the head, or a layer's trained
/// matrices.
std::vector<const PlannedTensor*> BlockPass::tensors_of(int64_t frame) const {
    const bool is_trained = frame >= n_frames();
    if (is_trained) frame -= n_frames();
    if (frame == n_layers()) return {&planned(runner_->architecture().head()->name)};
    std::vector<const PlannedTensor*> tensors;
    for (const PlannedTensor* p : all_tensors_of(frame)) {
        if (decides(*p) && (!is_trained || has_scales(*p))) tensors.push_back(p);
    }
    return tensors;
}

/// Tensors beside a matrix are in a frame even if the matrix itself is copied.
std::vector<const PlannedTensor*> BlockPass::all_tensors_of(int64_t frame) const {
    std::vector<const PlannedTensor*> tensors;
    if (frame >= n_layers()) return tensors;
    for (const Tensor* t : runner_->architecture().layer_tensors(frame)) {
        tensors.push_back(&planned(t->name));
    }
    return tensors;
}

Status BlockPass::check_partial() const {
    std::vector<ExpectedFrame> expected;
    for (int64_t i = 0; i < n_all_frames(); ++i) {
        const bool is_there = i < n_frames() || !tensors_of(i).empty();
        if (is_there) expected.push_back({tensors_of(i), all_tensors_of(i)});
    }
    return check_frames(*partial_, expected);
}

Result<std::unique_ptr<PartialFile>> BlockPass::run(QuantizeReport* report) {
    Status s;
    try {
        s = open(report);
        if (s.ok() && partial_->frames() < n_frames()) s = run_layers();
    } catch (const std::bad_alloc&) {
        s = out_of_memory();
    }
    if (!s.ok()) return explain_failure(s, out_, partial_.get());
    return std::move(partial_);
}

/// Everything that can be refused, before the work.
Status BlockPass::open(QuantizeReport* report) {
    auto samples = make_samples(in_, options_.calibration, report);
    if (!samples.ok()) return samples.status();
    if (Status s = start(std::move(*samples)); !s.ok()) return s;
    if (!partial_) {
        auto partial = open_partial(in_, options_, runner_->samples(), out_, report);
        if (!partial.ok()) return partial.status();
        partial_ = std::move(*partial);
    }
    if (Status s = check_partial(); !s.ok()) return s;
    return check_room(report);
}

uint64_t BlockPass::frame_bytes(int64_t frame) const {
    uint64_t bytes = 0;
    for (const PlannedTensor* p : tensors_of(frame)) bytes += p->bytes();
    return bytes;
}

/// Does OUT fit beside OUT.partial, and the work into the memory that was allowed?
Status BlockPass::check_room(QuantizeReport* report) const {
    warn_of_memory(options_, report, runner_->memory_bytes(), "while layers are rounded");
    uint64_t partial = 0;
    for (int64_t i = partial_->frames(); i < n_all_frames(); ++i) partial += frame_bytes(i);
    // Scales are trained with the samples of two models.
    const uint64_t files = (options_.scale_training_steps > 0 ? 2 : 1) * runner_->file_bytes();
    return check_space(out_, partial + std::max(plan_.bytes, files), partial);
}

Status BlockPass::run_layers() {
    if (Status s = embed(); !s.ok()) return s;
    if (has_reference()) {
        if (Status s = runner_->embed_reference(); !s.ok()) return s;
    }
    for (int64_t i = 0; i < n_layers(); ++i) {
        if (Status s = layer(i); !s.ok()) return s;
    }
    return rounds_head() ? head() : Status();
}

Status BlockPass::start(Samples samples) {
    RunnerOptions options;
    options.metadata = &plan_.metadata;
    options.threads = options_.threads;
    options.max_memory = options_.calibration.max_memory;
    options.folder = folder_of(out_);
    options.needs.hessians = spec_.needs() >= Needs::kHessian;
    options.needs.shifts = needs_shifts();
    options.needs.training = options_.code_training_steps > 0;
    options.needs.factors = spec_.rounding->passes_errors_on;
    options.needs.head = searches_grids();
    options.needs.written = [this](const std::string& name) {
        const PlannedTensor& p = planned(name);
        const bool in_tiles = decides(p) && p.format->is_block();
        return MemoryNeeds::Written{p.bytes(), in_tiles, in_tiles && drops_all_values()};
    };
    options.equal_tokens = options_.calibration.equal_tokens;
    options.allow_nonfinite = options_.allow_nonfinite;
    options.cancel = options_.cancel;
    options.progress = [this](int64_t n) { progress_.step(n, runner_->samples().count); };
    auto runner = BlockRunner::create(in_, std::move(samples), std::move(options));
    if (!runner.ok()) return runner.status();
    runner_ = std::move(*runner);
    return {};
}

/// The first layer reads the embedding as plain rounding writes it, on the range's grid where its
/// own is searched later, when it is a head with statistics.
Status BlockPass::embed() {
    const PlannedTensor& p = planned(runner_->architecture().embedding()->name);
    AlignedMemory table = allocate_aligned(p.bytes());
    if (!table) throw std::bad_alloc();
    auto* tiles = reinterpret_cast<uint8_t*>(table.get());
    const bool is_head = runner_->architecture().embedding() == runner_->architecture().head();
    const bool later = is_head && rounds_head();
    const auto rounding =
        nearest_rounding(*p.format, nullptr, later ? GridChoice::kRange : options_.rounding.grid);
    ErrorSums ignored;
    Status s = encode_tensor(in_, p, rounding.get(), options_, tiles, &ignored);
    if (!s.ok()) return s;
    return runner_->embed(*p.format, table.get());
}

Status BlockPass::layer(int64_t index) {
    int64_t weights = 0;
    for (const PlannedTensor* p : tensors_of(index)) weights += p->tensor->elements();
    progress_.begin_layer(
        "layer " + std::to_string(index + 1) + " of " + std::to_string(n_layers()), weights);
    if (Status s = runner_->load(index); !s.ok()) return s;
    std::vector<Tap> no_taps;
    std::map<std::string, std::string> no_notes;
    if (Status s = transform(index, true, &no_taps, &no_notes); !s.ok()) return s;
    if (cancelled()) return {Code::kInterrupted, "interrupted"};
    Status s = index < partial_->frames() ? restore_layer() : calibrate_layer(index);
    if (!s.ok()) return s;
    const double done = shares_.collect + shares_.round + shares_.train;
    progress_.stage("running the quantized layer", done, 1 - done);
    const bool outputs_are_read = index + 1 < n_frames();
    if (outputs_are_read) s = runner_->advance();
    if (s.ok()) progress_.end_layer();
    return s;
}

Status BlockPass::calibrate_layer(int64_t index) {
    if (has_reference() && !needs_shifts()) {  // collect() does it for shifts
        progress_.stage("running the original layer", 0, 0);
        if (Status s = runner_->advance_reference(); !s.ok()) return s;
    }
    progress_.stage("collecting statistics", 0, shares_.collect);
    auto taps = runner_->collect(spec_.needs() >= Needs::kHessian);
    if (!taps.ok()) return taps.status();
    const float shrinkage = spec_.needs() < Needs::kHessian ? 0 : options_.calibration.shrinkage;
    for (Tap& tap : *taps) shrink_moments(shrinkage, &tap.statistics);
    std::map<std::string, std::string> notes;
    progress_.stage("rounding", shares_.collect, shares_.round);
    MatrixRounding rounding(*spec_.rounding, options_, runner_->pool());
    for (LayerTensor& t : runner_->tensors().all()) {
        const PlannedTensor& p = planned(t.source->name);
        if (!t.is_matrix() || !decides(p)) continue;
        const Tap& tap = *find_tap(*taps, t.source->name);
        if (Status s = rounding.measure_nearest(p, tap, &t); !s.ok()) return s;
        if (p.format->is_block()) note_statistics(shrinkage, tap, &notes[t.source->name]);
    }
    if (Status s = transform(index, false, &*taps, &notes); !s.ok()) return s;
    std::vector<FinishedTensor> finished;
    if (Status s = round_layer(&rounding, &*taps, notes, &finished); !s.ok()) return s;
    if (options_.code_training_steps > 0) {
        progress_.stage("training", shares_.collect + shares_.round, shares_.train);
        const auto tell = [&] { progress_.step(1, options_.code_training_steps); };
        Status s = train_layer(index, options_, runner_.get(), tell, &finished);
        if (!s.ok()) return s;
    }
    if (!options_.static_activations.empty()) {
        if (Status s = choose_ranges(&*taps, &finished); !s.ok()) return s;
    }
    if (cancelled()) return {Code::kInterrupted, "interrupted"};
    return partial_->append(finished);
}

/// Those that belong at loading, when there are no taps yet, or the others.
Status BlockPass::transform(int64_t index, bool at_load, std::vector<Tap>* taps,
                            std::map<std::string, std::string>* notes) {
    const std::vector<ScaleFold> folds = runner_->architecture().folds(index);
    TransformContext context{
        .tensors = runner_->tensors(),
        .taps = *taps,
        .folds = folds,
        .plan = plan_,
        .rounding = options_.rounding,
        .pool = runner_->pool(),
        .cancel = options_.cancel,
        .notes = *notes,
        .options = options_.transform,
        .static_activations = !options_.static_activations.empty(),
        .rotation_sites = runner_->architecture().rotation_sites(index),
    };
    for (const Transform* t : spec_.transforms) {
        if (t->at_load != at_load) continue;
        if (Status s = t->apply(context); !s.ok()) return s;
    }
    return {};
}

Status BlockPass::round_layer(MatrixRounding* rounding, std::vector<Tap>* taps,
                              const std::map<std::string, std::string>& notes,
                              std::vector<FinishedTensor>* finished) {
    std::vector<FinishedTensor> beside;
    for (Tap& tap : *taps) forget_columns(tap.outlier_columns, &tap.statistics);
    std::map<const Tap*, const LayerTensor*> last_reader;
    for (const LayerTensor& t : runner_->tensors().all()) {
        if (decides(planned(t.source->name))) last_reader[find_tap(*taps, t.source->name)] = &t;
    }
    for (LayerTensor& t : runner_->tensors().all()) {
        const PlannedTensor& p = planned(t.source->name);
        if (!decides(p)) continue;
        Tap* tap = find_tap(*taps, t.source->name);
        FinishedTensor& f = finished->emplace_back();
        f.method = options_.method;
        if (Status s = round_matrix(p, tap, rounding, &t, &f, &beside); !s.ok()) {
            return {s.code(), in_.path() + ": " + s.message()};
        }
        // What nothing reads again.
        if (options_.static_activations.empty()) t.drop_values();
        if (tap && last_reader[tap] == &t) tap->statistics.forget_products();
        const auto note = notes.find(f.name);
        if (note == notes.end()) continue;
        std::string settings = note->second;
        add_note(f.settings, &settings);
        f.settings = settings;
    }
    std::move(beside.begin(), beside.end(), std::back_inserter(*finished));
    return {};
}

/// Measured with the layer as it was written. Inputs that were always zero get no range.
Status BlockPass::choose_ranges(std::vector<Tap>* taps, std::vector<FinishedTensor>* finished) {
    auto rule = find_range_rule(options_.static_activations);
    if (!rule.ok()) return rule.status();
    progress_.stage("measuring input ranges", shares_.collect + shares_.round, 0);
    if (Status s = runner_->count_inputs(taps); !s.ok()) return s;
    for (const LayerTensor& t : runner_->tensors().all()) {
        const PlannedTensor& p = planned(t.source->name);
        const Tap* tap = find_tap(*taps, t.source->name);
        if (!tap || !p.format->is_block()) continue;
        const auto range = static_cast<float>((*rule)->range(tap->histogram));
        if (!(range > 0)) continue;
        finished->push_back(input_range_tensor(t.source->name, range));
        finished->back().method = options_.method;
        finished->back().settings = "input range: " + options_.static_activations;
    }
    return {};
}

Status BlockPass::restore_layer() {
    progress_.stage("resuming", 0, shares_.collect + shares_.round + shares_.train);
    if (has_reference()) {
        if (Status s = runner_->advance_reference(); !s.ok()) return s;
    }
    for (LayerTensor& t : runner_->tensors().all()) {
        const FinishedTensor* f = partial_->find(t.source->name);
        if (!f) continue;  // not decided here
        Status s =
            restore_tensor(*partial_, *f, planned(f->name), options_.threads, options_.cancel, &t);
        if (s.ok()) s = restore_outliers(*partial_, &t);
        if (!s.ok()) return s;
        t.drop_values();
    }
    return {};
}

/// The head is rounded with rtn on the grid that its importance chooses.
Status BlockPass::head() {
    const PlannedTensor& p = planned(runner_->architecture().head()->name);
    progress_.begin_layer("head", p.tensor->elements());
    progress_.stage("collecting statistics", 0, shares_.collect);
    auto statistics = runner_->collect_head();
    if (!statistics.ok()) return statistics.status();
    progress_.stage("rounding", shares_.collect, shares_.round);
    const auto start = std::chrono::steady_clock::now();
    const auto rounding = nearest_rounding(*p.format, &*statistics, options_.rounding.grid);
    const auto nearest = nearest_rounding(*p.format, nullptr, GridChoice::kRange);
    std::vector<FinishedTensor> finished(1);
    FinishedTensor& f = finished[0];
    f.name = p.tensor->name;
    f.method = "rtn";
    f.settings = "grid searched by importance";
    f.bytes.resize(p.bytes());
    const std::vector<float>& inputs = statistics->mean_square;
    ErrorSums sums, of_nearest;
    Status s = encode_tensor(in_, p, rounding.get(), options_, f.bytes.data(), &sums, inputs);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    if (s.ok()) s = encode_tensor(in_, p, nearest.get(), options_, nullptr, &of_nearest, inputs);
    if (!s.ok()) return s;
    f.squared_error = sums.error;
    f.squared_weight = sums.weight;
    f.loss = sums.loss;
    f.rtn_loss = of_nearest.loss;
    f.seconds = seconds.count();
    return partial_->append(finished);
}

}  // namespace

Result<std::unique_ptr<PartialFile>> run_block_pass(
    const ModelFile& in, const Plan& plan, const MethodSpec& spec, const QuantizeOptions& options,
    const std::string& out, std::unique_ptr<PartialFile> partial, QuantizeReport* report) {
    return BlockPass(in, plan, spec, options, out, std::move(partial)).run(report);
}

}  // namespace quern
