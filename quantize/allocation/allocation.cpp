// One pass over the model for the noise of formats, one for every kind of tensor, and the budget.
#include "allocation/allocation.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <new>
#include <utility>

#include "allocation/candidates.h"
#include "allocation/format_noise.h"
#include "allocation/kind_probe.h"
#include "allocation/lagrangian.h"
#include "arch/architecture.h"
#include "calibration/block_runner.h"
#include "output.h"
#include "plan.h"
#include "resume.h"
#include "spread_evenly.h"
#include "tensor/atomic_file.h"

namespace quern {
namespace {

/// Bytes of the directory for a tensor beside its name, and of its rule in the metadata: numbers,
/// format, provenance and padding take some 300.
constexpr uint64_t kBytesPerTensor = 512;

/// "^blk\.0\.attn_q\.weight$": a rule for one tensor.
std::string exact_pattern(std::string_view name) {
    std::string pattern = "^";
    for (const char c : name) {
        if (std::string_view(R"(\^$.|?*+()[]{})").find(c) != std::string_view::npos)
            pattern += '\\';
        pattern += c;
    }
    return pattern + "$";
}

std::string bytes_text(uint64_t bytes, int64_t weights) {
    char text[96];
    std::snprintf(text, sizeof text, "%llu bytes (%.2f bits per weight of the whole file)",
                  static_cast<unsigned long long>(bytes),
                  8.0 * static_cast<double>(bytes) / static_cast<double>(weights));
    return text;
}

class Allocation {
  public:
    Allocation(const ModelFile& in, const MethodSpec& spec, const QuantizeOptions& options,
               const std::string& out)
        : in_(in),
          options_(options),
          out_(out),
          changes_layers_(!spec.transforms.empty()),
          by_layer_(needs_calibration(spec, options)),
          grid_(options.rounding.grid),
          candidates_(in, options.recipe) {
        if (grid_ == GridChoice::kDefault) {
            grid_ = by_layer_ ? GridChoice::kSearched : GridChoice::kRange;
        }
    }

    Result<Recipe> run(std::unique_ptr<PartialFile>* partial, QuantizeReport* report);

  private:
    uint64_t overhead() const;
    uint64_t target() const;
    Status check_target() const;
    Result<std::unique_ptr<BlockRunner>> make_runner(QuantizeReport* report);
    Status damaged() const;
    Status restore(int64_t frames);
    Status restore(const Measurement& measured);
    Status keep();
    Status measure(std::unique_ptr<PartialFile>* partial, QuantizeReport* report);
    Status measure_model(BlockRunner* runner);
    Status measure_layer(BlockRunner* runner);
    Status measure_outside(const FileTensor& tensor, const InputStatistics* statistics);
    Status measure_tiles(Candidate* c, const InputStatistics* statistics, bool can_stay,
                         std::vector<std::vector<float>> tiles);
    Status probe_kinds(QuantizeReport* report);
    Recipe choose(QuantizeReport* report) const;
    bool cancelled() const { return options_.cancel && options_.cancel->load(); }
    void begin(const std::string& step, int64_t done);
    void tell(int64_t samples);
    /// All samples in all layers, measured and taken on, and in the head; then those of the probe.
    int64_t work_of_noise() const { return (2 * layers_ + 1) * samples_.count; }
    int64_t work_of_probe() const { return (layers_ + 1) * KindProbe::samples_of(samples_); }

    const ModelFile& in_;
    const QuantizeOptions& options_;
    const std::string& out_;
    bool changes_layers_;  ///< transforms do: no matrix of a layer stays as it is
    bool by_layer_;        ///< matrices are rounded layer by layer, with statistics
    GridChoice grid_;
    Candidates candidates_;
    std::map<std::string, double> divergences_;  ///< of kinds
    Samples samples_;
    int64_t layers_ = 0;
    std::string step_;
    int64_t done_ = 0;  ///< samples that were run through a layer, for the progress
    PartialFile* partial_ = nullptr;
    int64_t restored_ = 0;               ///< frames that it has: layers, embedding and head, kinds
    std::vector<Measurement> measured_;  ///< of the current one
};

void Allocation::begin(const std::string& step, int64_t done) {
    step_ = step;
    done_ = done;
    tell(0);
}

void Allocation::tell(int64_t samples) {
    done_ += samples;
    const auto probes = static_cast<int64_t>(candidates_.kinds().size()) + 1;
    const int64_t work = work_of_noise() + probes * work_of_probe(), all = candidates_.weights();
    const double part = static_cast<double>(done_) / static_cast<double>(work);
    const auto weights = static_cast<int64_t>(part * static_cast<double>(all));
    if (options_.progress) options_.progress(step_, std::min(weights, all), all);
}

/// Of the file beside its tensors' bytes, rather too much than too little.
uint64_t Allocation::overhead() const {
    uint64_t stored = 0, bytes = in_.file_bytes();
    for (const FileTensor& t : in_.tensors()) {
        stored += t.bytes;
        bytes += kBytesPerTensor + 3 * t.name.size();
    }
    return bytes - std::min(stored, in_.file_bytes());
}

uint64_t Allocation::target() const {
    if (options_.fit_bytes > 0) return options_.fit_bytes;
    return static_cast<uint64_t>(options_.target_bpw * static_cast<double>(candidates_.weights()) /
                                 8);
}

/// Before minutes of calibration.
Status Allocation::check_target() const {
    const uint64_t smallest =
        overhead() + candidates_.decided_bytes() + smallest_total(candidates_.choices({}));
    if (smallest <= target()) return {};
    return {Code::kWrongUse,
            out_ + ": no choice of formats makes a file of " +
                bytes_text(target(), candidates_.weights()) + "; the smallest has " +
                bytes_text(smallest, candidates_.weights()) + ", ask for that or more"};
}

/// `can_stay`: in its own format the matrix is copied as it is.
Status Allocation::measure_tiles(Candidate* c, const InputStatistics* statistics, bool can_stay,
                                 std::vector<std::vector<float>> tiles) {
    // Without statistics a grid is searched only where that was asked for.
    const GridChoice grid = statistics ? grid_ : options_.rounding.grid;
    NoiseTrial trial{c->tensor->cols(), std::move(tiles), statistics, grid, by_layer_};
    auto noise = relative_noise(trial, c->formats, options_.threads, options_.cancel);
    if (!noise.ok()) return noise.status();
    for (size_t f = 0; f < c->formats.size(); ++f) {
        if (can_stay && c->formats[f] == c->tensor->format) (*noise)[f] = 0;
    }
    trial.grid = GridChoice::kRange;
    const Format* const probe[] = {&probe_format()};
    const auto of_probe = relative_noise(trial, probe, options_.threads, options_.cancel);
    if (!of_probe.ok()) return of_probe.status();
    c->noise = *noise;
    c->probe_noise = of_probe.value()[0];
    noise->push_back(c->probe_noise);
    measured_.push_back({c->tensor->name, std::move(*noise)});
    return {};
}

Status Allocation::damaged() const {
    return {Code::kBadFile, partial_->path() +
                                ": does not hold what was measured of this model's formats; it is "
                                "damaged, remove it to start anew"};
}

/// What earlier runs measured: at most so many frames, all if a layer is finished.
Status Allocation::restore(int64_t frames) {
    restored_ = partial_->measured_frames();
    if (restored_ > frames) return damaged();
    for (const Measurement& m : partial_->measured()) {
        if (Status s = restore(m); !s.ok()) return s;
    }
    const bool complete =
        candidates_.measured() && divergences_.size() == candidates_.kinds().size();
    return complete || partial_->frames() == 0 ? Status() : damaged();
}

/// A kind has one value, a matrix that of every format and of the probe.
Status Allocation::restore(const Measurement& measured) {
    for (const double value : measured.values) {
        if (!std::isfinite(value) || value < 0) return damaged();
    }
    if (measured.values.size() == 1) {
        const std::vector<std::string>& kinds = candidates_.kinds();
        const bool is_kind = std::find(kinds.begin(), kinds.end(), measured.name) != kinds.end();
        const double divergence = measured.values[0];
        const bool added = is_kind && divergences_.emplace(measured.name, divergence).second;
        return added ? Status() : damaged();
    }
    Candidate* c = candidates_.find(measured.name);
    if (!c || !c->noise.empty() || measured.values.size() != c->formats.size() + 1) {
        return damaged();
    }
    c->noise = measured.values;
    c->probe_noise = c->noise.back();
    c->noise.pop_back();
    return {};
}

Status Allocation::keep() { return partial_->append_measured(std::exchange(measured_, {})); }

Status Allocation::measure_layer(BlockRunner* runner) {
    auto taps = runner->collect(false);
    if (!taps.ok()) return taps.status();
    for (const Tap& tap : *taps) {
        for (const std::string& name : tap.matrices) {
            Candidate* c = candidates_.find(name);
            LayerTensor* t = runner->tensors().find(name);
            if (!c || !t) continue;
            const int64_t n = std::min(kSampledTiles, t->tiles());
            std::vector<std::vector<float>> tiles(static_cast<size_t>(n));
            for (int64_t i = 0; i < n; ++i) {
                const int64_t k = spread_evenly(i, n, t->tiles());
                auto& tile = tiles[static_cast<size_t>(i)];
                tile.resize(static_cast<size_t>(t->tile_rows(k) * t->cols()));
                unpack_tile(t->tile(k), t->tile_rows(k), t->cols(), tile.data());
            }
            Status s = measure_tiles(c, &tap.statistics, !changes_layers_, std::move(tiles));
            if (!s.ok()) return s;
        }
    }
    return keep();
}

/// The embedding and the head. An embedding that is no head has no input: its rows are the outputs.
Status Allocation::measure_outside(const FileTensor& tensor, const InputStatistics* statistics) {
    constexpr int64_t kMore = 16;  // rows differ more than in a layer: tokens are rare or common
    Candidate* c = candidates_.find(tensor.name);
    if (!c) return {};
    const int64_t cols = tensor.cols(), all = n_tiles(tensor.rows());
    const int64_t n = std::min(kMore * kSampledTiles, all);
    std::vector<uint8_t> stored(tensor.format->tile_bytes(*tensor.format, cols));
    std::vector<std::vector<float>> tiles(static_cast<size_t>(n));
    for (int64_t i = 0; i < n; ++i) {
        const int64_t k = spread_evenly(i, n, all);
        const int64_t rows = std::min(kTileRows, tensor.rows() - k * kTileRows);
        if (Status s = in_.pack_tiles(tensor, k, k + 1, stored.data()); !s.ok()) return s;
        auto& tile = tiles[static_cast<size_t>(i)];
        tile.resize(static_cast<size_t>(rows * cols));
        tensor.format->decode_tile(stored.data(), rows, cols, tile.data());
        if (std::all_of(tile.begin(), tile.end(), [](float v) { return std::isfinite(v); }))
            continue;
        return {Code::kBadFile, in_.path() + ": tensor '" + tensor.name +
                                    "' has values that are not finite, no format can be chosen "
                                    "for it; name one with --tensor"};
    }
    return measure_tiles(c, statistics, true, std::move(tiles));
}

Result<std::unique_ptr<BlockRunner>> Allocation::make_runner(QuantizeReport* report) {
    auto samples = make_samples(in_, options_.calibration, report);
    if (!samples.ok()) return samples.status();
    samples_ = *samples;
    RunnerOptions options;
    options.threads = options_.threads;
    options.max_memory = options_.calibration.max_memory;
    options.folder = folder_of(out_);
    options.equal_tokens = true;  // as they do in the divergence
    options.allow_nonfinite = options_.allow_nonfinite;
    options.cancel = options_.cancel;
    options.progress = [this](int64_t n) { tell(n); };
    return BlockRunner::create(in_, std::move(*samples), std::move(options));
}

Status Allocation::measure(std::unique_ptr<PartialFile>* partial, QuantizeReport* report) {
    auto runner = make_runner(report);
    if (!runner.ok()) return runner.status();
    layers_ = (*runner)->architecture().shape().n_layers;
    auto opened = open_partial(in_, options_, samples_, out_, report);
    if (!opened.ok()) return opened.status();
    *partial = std::move(*opened);
    partial_ = partial->get();
    const auto kinds = static_cast<int64_t>(candidates_.kinds().size());
    if (Status s = restore(layers_ + 1 + kinds); !s.ok()) return s;
    if (restored_ <= layers_) {
        warn_of_memory(options_, report, (*runner)->memory_bytes(), "while formats are tried");
        if (Status s = check_space(out_, (*runner)->file_bytes(), 0); !s.ok()) return s;
        if (Status s = measure_model(runner->get()); !s.ok()) return s;
    }
    if (!candidates_.measured()) return damaged();
    runner->reset();  // its memory is the probe's
    return probe_kinds(report);
}

/// Layers that are known only take the samples on.
Status Allocation::measure_model(BlockRunner* runner) {
    if (Status s = runner->embed(); !s.ok()) return s;
    for (int64_t i = 0; i < layers_; ++i) {
        const bool known = i < restored_;
        begin("layer " + std::to_string(i + 1) + " of " + std::to_string(layers_) +
                  (known ? ": resuming" : ": trying formats"),
              2 * samples_.count * i);
        if (Status s = runner->load(i); !s.ok()) return s;
        if (cancelled()) return {Code::kInterrupted, "interrupted"};
        Status s = known ? Status() : measure_layer(runner);
        if (s.ok()) s = runner->advance();
        if (!s.ok()) return s;
    }
    begin("head: trying formats", 2 * samples_.count * layers_);
    auto statistics = runner->collect_head();
    if (!statistics.ok()) return statistics.status();
    const FileTensor* embedding = in_.find(runner->architecture().embedding()->name);
    const FileTensor* head = in_.find(runner->architecture().head()->name);
    Status s = measure_outside(*head, &*statistics);
    if (s.ok() && head != embedding) s = measure_outside(*embedding, nullptr);
    return s.ok() ? keep() : s;
}

/// Kinds that are known are left out.
Status Allocation::probe_kinds(QuantizeReport* report) {
    const std::vector<std::string>& kinds = candidates_.kinds();
    std::unique_ptr<KindProbe> probe;
    for (size_t i = 0; i < kinds.size(); ++i) {
        if (divergences_.count(kinds[i]) > 0) continue;
        const int64_t done = work_of_noise() + static_cast<int64_t>(i) * work_of_probe();
        if (!probe) {
            begin("predictions as they are", done);
            auto made = KindProbe::create(in_, samples_, options_, folder_of(out_),
                                          [this](int64_t n) { tell(n); });
            if (!made.ok()) return made.status();
            probe = std::move(*made);
            warn_of_memory(options_, report, probe->memory_bytes(),
                           "while predictions are compared");
            if (Status s = check_space(out_, probe->file_bytes(), 0); !s.ok()) return s;
        }
        begin("predictions with noise in " + kinds[i], done + work_of_probe());
        if (cancelled()) return {Code::kInterrupted, "interrupted"};
        const auto divergence = probe->divergence(candidates_.of_kind(kinds[i]));
        if (!divergence.ok()) return divergence.status();
        divergences_[kinds[i]] = divergence.value();
        measured_.push_back({kinds[i], {divergence.value()}});
        if (Status s = keep(); !s.ok()) return s;
    }
    return {};
}

Recipe Allocation::choose(QuantizeReport* report) const {
    const std::vector<std::vector<Choice>> choices = candidates_.choices(divergences_);
    const std::vector<size_t> chosen =
        allocate(choices, target() - overhead() - candidates_.decided_bytes());
    Recipe recipe = options_.recipe;
    double total = 0;
    for (size_t i = 0; i < chosen.size(); ++i) total += choices[i][chosen[i]].cost;
    for (size_t i = 0; i < chosen.size(); ++i) {
        const Candidate& c = candidates_.all()[i];
        const double loss = choices[i][chosen[i]].cost;
        recipe.rules.push_back(default_rule(exact_pattern(c.tensor->name), *c.formats[chosen[i]]));
        report->loss_shares[c.tensor->name] = total > 0 ? loss / total : 0;
    }
    report->predicted_loss = total;
    return recipe;
}

Result<Recipe> Allocation::run(std::unique_ptr<PartialFile>* partial, QuantizeReport* report) {
    Status s = check_target();
    try {
        if (s.ok()) s = measure(partial, report);
    } catch (const std::bad_alloc&) {
        s = out_of_memory();
    }
    if (!s.ok()) return s;
    return choose(report);
}

}  // namespace

Result<Recipe> allocate_formats(const ModelFile& in, const MethodSpec& spec,
                                const QuantizeOptions& options, const std::string& out,
                                std::unique_ptr<PartialFile>* partial, QuantizeReport* report) {
    return Allocation(in, spec, options, out).run(partial, report);
}

}  // namespace quern
