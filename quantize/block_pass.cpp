// The pass itself, and the settings that a resumed run must share.
#include "block_pass.h"

#include <cstdio>

#include "arch/architecture.h"
#include "calibration/block_runner.h"
#include "calibration/default_text.h"
#include "matrix_rounding.h"
#include "model_hash.h"
#include "models/tokenizer.h"
#include "parallel.h"
#include "tensor/hash.h"
#include "tensor/system.h"
#include "tile_encoder.h"
#include "transforms/transforms.h"

namespace quern {
namespace {

// Parts of a layer's time, for the progress bar.
constexpr double kCollectShare = 0.45, kRoundShare = 0.15, kAdvanceShare = 0.4;

std::string hexadecimal(uint64_t v) {
    char text[20];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(v));
    return text;
}

/// Everything that decides about the bytes.
std::string settings_of(const ModelFile& in, const QuantizeOptions& options,
                        const Samples& samples) {
    const RoundingOptions& r = options.rounding;
    char numbers[96];
    std::snprintf(numbers, sizeof numbers, "%d, order %d, damping %.9g, refine %d",
                  static_cast<int>(r.grid), static_cast<int>(r.order),
                  static_cast<double>(r.damping), r.refine_sweeps);
    std::string text;
    const auto line = [&](const std::string& key, const std::string& value) {
        text += key + ": " + value + "\n";
    };
    line("version", std::string(version()));
    line("instruction set", std::string(active_isa()));
    line("input", hexadecimal(hash_model(in)));
    line("method", options.method);
    line("recipe", options.recipe.text());
    line("grid", numbers);
    line("importance", options.importance ? "yes" : "no");
    line("calibration text", hexadecimal(samples.text_hash));
    line("samples", std::to_string(samples.count));
    line("sample tokens", std::to_string(samples.tokens));
    line("seed", std::to_string(options.calibration.seed));
    return text;
}

class BlockPass {
  public:
    BlockPass(const ModelFile& in, const Plan& plan, const MethodSpec& spec,
              const QuantizeOptions& options, const std::string& out)
        : in_(in), plan_(plan), spec_(spec), options_(options), out_(out) {
        threads_ = options.threads > 0 ? options.threads : default_threads();
    }

    Result<std::unique_ptr<PartialFile>> run(QuantizeReport* report);

  private:
    const PlannedTensor& planned(const std::string& name) const;
    Status start(Samples samples);
    Status embed();
    Status layer(int64_t index);
    Status calibrate_layer(int64_t index);
    Status transform(int64_t index, std::vector<Tap>* taps,
                     std::map<std::string, std::string>* notes);
    Status round_layer(const std::vector<Tap>& taps,
                       const std::map<std::string, std::string>& notes);
    Status restore_layer();
    Status head();
    bool decides(const PlannedTensor& p) const;
    bool rounds_head() const;
    std::vector<std::string> tensors_of(int64_t frame) const;
    Status check_partial() const;
    void stage(const char* name, double begin, double share);
    void step(int64_t n);
    void show(double part);
    int64_t n_layers() const { return runner_->architecture().shape().n_layers; }

    const ModelFile& in_;
    const Plan& plan_;
    const MethodSpec& spec_;
    const QuantizeOptions& options_;
    const std::string& out_;
    int threads_;
    std::unique_ptr<BlockRunner> runner_;
    std::unique_ptr<PartialFile> partial_;
    // Progress: weights that are done, and where in the layer's stages the work is.
    int64_t done_ = 0, layer_weights_ = 0;
    std::string text_;
    double stage_begin_ = 0, stage_share_ = 0;
    int64_t stage_samples_ = 0;
};

// ---------------------------------------------------------------- progress

void BlockPass::show(double part) {
    if (!options_.progress) return;
    const auto weights = static_cast<int64_t>(static_cast<double>(layer_weights_) * part);
    options_.progress(text_, done_ + weights, plan_.weights);
}

void BlockPass::stage(const char* name, double begin, double share) {
    const size_t colon = text_.find(':');
    text_ = text_.substr(0, colon) + ": " + name;
    stage_begin_ = begin;
    stage_share_ = share;
    stage_samples_ = 0;
    show(begin);
}

void BlockPass::step(int64_t n) {
    stage_samples_ += n;
    const auto total = static_cast<double>(runner_->samples().count);
    show(stage_begin_ + stage_share_ * static_cast<double>(stage_samples_) / total);
}

// ---------------------------------------------------------------- the pass

const PlannedTensor& BlockPass::planned(const std::string& name) const {
    const FileTensor* t = in_.find(name);
    return plan_.tensors[static_cast<size_t>(t - in_.tensors().data())];
}

/// Transforms change any tensor of a layer; roundings only those that lose something.
bool BlockPass::decides(const PlannedTensor& p) const {
    return !spec_.transforms.empty() || (p.tensor->rank == 2 && !p.copied);
}

bool BlockPass::rounds_head() const {
    return options_.importance && !planned(runner_->architecture().head()->name).copied;
}

/// What a frame holds: a layer's tensors that the pass decides, or the head.
std::vector<std::string> BlockPass::tensors_of(int64_t frame) const {
    if (frame == n_layers()) return {runner_->architecture().head()->name};
    std::vector<std::string> names;
    for (const Tensor* t : runner_->architecture().layer_tensors(frame)) {
        if (decides(planned(t->name))) names.push_back(t->name);
    }
    return names;
}

/// A file that says it goes with this run may still be anything: its tensors are read into memory
/// that the plan has measured.
Status BlockPass::check_partial() const {
    const Status damaged(Code::kBadFile,
                         partial_->path() +
                             ": does not hold the tensors of its layers in their sizes; it is "
                             "damaged, leave --resume out to start anew");
    if (partial_->frames() > n_layers() + (rounds_head() ? 1 : 0)) return damaged;
    auto next = partial_->finished().begin();
    for (int64_t i = 0; i < partial_->frames(); ++i) {
        for (const std::string& name : tensors_of(i)) {
            const PlannedTensor& p = planned(name);
            const uint64_t bytes = static_cast<uint64_t>(p.units()) * p.unit_bytes();
            if (next == partial_->finished().end() || next->name != name || next->size != bytes) {
                return damaged;
            }
            ++next;
        }
    }
    return next == partial_->finished().end() ? Status() : damaged;
}

Result<std::unique_ptr<PartialFile>> BlockPass::run(QuantizeReport* report) {
    auto samples = make_samples(in_, options_.calibration, report);
    if (!samples.ok()) return samples.status();
    auto partial =
        PartialFile::open(out_ + ".partial", settings_of(in_, options_, *samples), options_.resume);
    if (!partial.ok()) return partial.status();
    partial_ = std::move(*partial);
    if (Status s = start(std::move(*samples)); !s.ok()) return s;
    if (Status s = check_partial(); !s.ok()) return s;
    const bool with_head = rounds_head();
    if (partial_->frames() < n_layers() + (with_head ? 1 : 0)) {
        if (Status s = embed(); !s.ok()) return s;
        for (int64_t i = 0; i < n_layers(); ++i) {
            if (Status s = layer(i); !s.ok()) return s;
            const bool outputs_are_read = i + 1 < n_layers() || with_head;
            stage("running the quantized layer", kCollectShare + kRoundShare, kAdvanceShare);
            if (outputs_are_read) {
                if (Status s = runner_->advance(); !s.ok()) return s;
            }
            done_ += layer_weights_;
            layer_weights_ = 0;
            show(0);
        }
        if (with_head) {
            if (Status s = head(); !s.ok()) return s;
        }
    }
    return std::move(partial_);
}

Status BlockPass::start(Samples samples) {
    RunnerOptions options;
    options.threads = threads_;
    options.max_memory = options_.calibration.max_memory;
    options.folder = folder_of(out_);
    options.allow_nonfinite = options_.allow_nonfinite;
    options.cancel = options_.cancel;
    options.progress = [this](int64_t n) { step(n); };
    auto runner = BlockRunner::create(in_, std::move(samples), std::move(options));
    if (!runner.ok()) return runner.status();
    runner_ = std::move(*runner);
    return {};
}

/// The first layer reads the embedding as plain rounding writes it; its own grid may be searched
/// later, when it is a head with statistics.
Status BlockPass::embed() {
    const PlannedTensor& p = planned(runner_->architecture().embedding()->name);
    AlignedMemory table = allocate_aligned(static_cast<uint64_t>(p.units()) * p.unit_bytes());
    if (!table) throw std::bad_alloc();
    auto* tiles = reinterpret_cast<uint8_t*>(table.get());
    RoundingOptions plain = options_.rounding;
    plain.grid = GridChoice::kRange;
    RoundingReport ignored;
    auto rounding = find_method("rtn")->prepare(*p.format, nullptr, plain, &ignored);
    if (!rounding.ok()) return rounding.status();
    std::vector<TileEncoder> encoders(static_cast<size_t>(threads_),
                                      TileEncoder(in_, options_.allow_nonfinite));
    Status s = parallel_for(threads_, p.units(), options_.cancel, [&](int worker, int64_t i) {
        ErrorSums sums;
        return encoders[static_cast<size_t>(worker)].encode(
            p, rounding->get(), i, tiles + static_cast<uint64_t>(i) * p.unit_bytes(), &sums);
    });
    if (!s.ok()) return s;
    if (options_.cancel && options_.cancel->load()) return {Code::kInterrupted, "interrupted"};
    return runner_->embed(*p.format, table.get());
}

Status BlockPass::layer(int64_t index) {
    text_ = "layer " + std::to_string(index + 1) + " of " + std::to_string(n_layers());
    for (const std::string& name : tensors_of(index)) {
        layer_weights_ += planned(name).tensor->elements();
    }
    if (Status s = runner_->load(index); !s.ok()) return s;
    if (options_.cancel && options_.cancel->load()) return {Code::kInterrupted, "interrupted"};
    return index < partial_->frames() ? restore_layer() : calibrate_layer(index);
}

Status BlockPass::calibrate_layer(int64_t index) {
    stage("collecting statistics", 0, kCollectShare);
    auto taps = runner_->collect(spec_.needs() == Needs::kHessian);
    if (!taps.ok()) return taps.status();
    stage("rounding", kCollectShare, kRoundShare);
    std::map<std::string, std::string> notes;
    if (Status s = transform(index, &*taps, &notes); !s.ok()) return s;
    return round_layer(*taps, notes);
}

Status BlockPass::transform(int64_t index, std::vector<Tap>* taps,
                            std::map<std::string, std::string>* notes) {
    const std::vector<ScaleFold> folds = runner_->architecture().folds(index);
    TransformContext context{
        runner_->tensors(), *taps,    folds,           plan_, options_.rounding,
        runner_->pool(),    threads_, options_.cancel, *notes};
    for (const Transform* t : spec_.transforms) {
        if (Status s = t->apply(context); !s.ok()) return s;
    }
    return {};
}

Status BlockPass::round_layer(const std::vector<Tap>& taps,
                              const std::map<std::string, std::string>& notes) {
    MatrixRounding rounding(*spec_.rounding, options_, runner_->pool());
    std::vector<FinishedTensor> finished;
    for (LayerTensor& t : runner_->tensors().all()) {
        const PlannedTensor& p = planned(t.source->name);
        if (!decides(p)) continue;
        const Tap* tap = nullptr;
        for (const Tap& candidate : taps) {
            for (const std::string& name : candidate.matrices) {
                if (name == t.source->name) tap = &candidate;
            }
        }
        FinishedTensor& f = finished.emplace_back();
        f.method = options_.method;
        if (Status s = rounding.round(p, tap, &t, &f); !s.ok()) {
            return {s.code(), in_.path() + ": " + s.message()};
        }
        const auto note = notes.find(f.name);
        if (note == notes.end()) continue;
        f.settings = note->second + (f.settings.empty() ? "" : "; ") + f.settings;
    }
    if (options_.cancel && options_.cancel->load()) return {Code::kInterrupted, "interrupted"};
    return partial_->append(finished);
}

/// The values that an earlier run wrote.
Status BlockPass::restore_layer() {
    stage("resuming", 0, kCollectShare + kRoundShare);
    for (LayerTensor& t : runner_->tensors().all()) {
        const FinishedTensor* f = partial_->find(t.source->name);
        if (!f) continue;  // not decided here
        const PlannedTensor& p = planned(t.source->name);
        std::vector<uint8_t> bytes(f->size);
        if (Status s = partial_->read(*f, 0, f->size, bytes.data()); !s.ok()) return s;
        if (!t.is_matrix()) {
            std::copy(bytes.begin(), bytes.end(), reinterpret_cast<uint8_t*>(t.vector()));
            continue;
        }
        Status s = parallel_for(threads_, t.tiles(), options_.cancel, [&](int, int64_t i) {
            const int64_t rows = t.tile_rows(i), cols = t.cols();
            std::vector<float> values(static_cast<size_t>(rows * cols));
            const uint8_t* tile = bytes.data() + static_cast<uint64_t>(i) * p.unit_bytes();
            for (int64_t r = 0; r < rows; ++r) {
                p.format->decode_row(*p.format, tile, r, cols, &values[r * cols]);
            }
            pack_tile(values.data(), rows, cols, t.tile(i));
            return Status();
        });
        if (!s.ok()) return s;
    }
    return {};
}

/// The head is rounded with rtn on the grid that its importance chooses.
Status BlockPass::head() {
    text_ = "head";
    const PlannedTensor& p = planned(runner_->architecture().head()->name);
    layer_weights_ = p.tensor->elements();
    stage("collecting statistics", 0, kCollectShare);
    auto statistics = runner_->collect_head();
    if (!statistics.ok()) return statistics.status();
    stage("rounding", kCollectShare, kRoundShare);
    RoundingReport ignored;
    auto rounding =
        find_method("rtn")->prepare(*p.format, &*statistics, options_.rounding, &ignored);
    if (!rounding.ok()) return rounding.status();
    std::vector<FinishedTensor> finished(1);
    FinishedTensor& f = finished[0];
    f.name = p.tensor->name;
    f.method = "rtn";
    f.settings = "grid searched by importance";
    f.bytes.resize(static_cast<size_t>(p.units()) * p.unit_bytes());
    std::vector<ErrorSums> sums(static_cast<size_t>(p.units()));
    std::vector<TileEncoder> encoders(static_cast<size_t>(threads_),
                                      TileEncoder(in_, options_.allow_nonfinite));
    Status s = parallel_for(threads_, p.units(), options_.cancel, [&](int worker, int64_t i) {
        return encoders[static_cast<size_t>(worker)].encode(
            p, rounding->get(), i, f.bytes.data() + static_cast<uint64_t>(i) * p.unit_bytes(),
            &sums[static_cast<size_t>(i)]);
    });
    if (!s.ok()) return s;
    if (options_.cancel && options_.cancel->load()) return {Code::kInterrupted, "interrupted"};
    for (const ErrorSums& tile : sums) {
        f.squared_error += tile.error;
        f.squared_weight += tile.weight;
    }
    return partial_->append(finished);
}

}  // namespace

std::string folder_of(const std::string& path) {
    const size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

Result<Samples> make_samples(const ModelFile& in, const CalibrationOptions& options,
                             QuantizeReport* report) {
    auto tokens = in.metadata().get_strings("tokenizer.ggml.tokens");
    if (!tokens.ok()) {
        return Status(tokens.status().code(), in.path() + ": " + tokens.status().message());
    }
    auto tokenizer = Tokenizer::create(in.metadata(), static_cast<int64_t>((*tokens)->size()));
    if (!tokenizer.ok()) {
        return Status(tokenizer.status().code(), in.path() + ": " + tokenizer.status().message());
    }
    const bool built_in = options.text.empty();
    const std::string name = built_in ? std::string(kDefaultTextName) : options.name;
    auto samples = choose_samples(**tokenizer, built_in ? default_text() : options.text, name,
                                  options.samples, options.sample_tokens, options.seed);
    if (!samples.ok()) return samples.status();
    report->calibration = name;
    report->text_hash = hexadecimal(samples->text_hash);
    report->samples = samples->count;
    report->sample_tokens = samples->tokens;
    return samples;
}

bool needs_calibration(const MethodSpec& spec, const QuantizeOptions& options) {
    return options.importance || spec.needs() != Needs::kNothing;
}

Result<std::unique_ptr<PartialFile>> run_block_pass(const ModelFile& in, const Plan& plan,
                                                    const MethodSpec& spec,
                                                    const QuantizeOptions& options,
                                                    const std::string& out,
                                                    QuantizeReport* report) {
    return BlockPass(in, plan, spec, options, out).run(report);
}

}  // namespace quern
