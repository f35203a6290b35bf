// The candidates, one pass over the model for their losses, and the budget.
#include "allocation.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <new>
#include <set>
#include <utility>

#include "arch/architecture.h"
#include "block_pass.h"
#include "calibration/block_runner.h"
#include "format_noise.h"
#include "lagrangian.h"
#include "output.h"
#include "resume.h"
#include "sensitivity.h"

namespace quern {
namespace {

/// What a matrix can get. Scales of two levels: at 3 and 4 bits they lost less than f16 scales at
/// the same size, as did whole files that were allocated from these instead. NF4: a file of
/// 4.7 bits lost 6 % less with it.
constexpr std::string_view kCandidates[] = {"q2m_g64d",  "q2m_g32d", "q3m_g64d", "q3m_g32d",
                                            "q4m_g128d", "nf4_g64d", "q4m_g64d", "q4m_g32d",
                                            "q5m_g64d",  "q5m_g32d", "q6m_g64d", "q8_g32"};

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

/// A matrix whose format is to be chosen.
struct Candidate {
    const FileTensor* tensor = nullptr;
    std::vector<const Format*> formats;
    std::vector<Choice> choices;  ///< of `formats`
    bool measured = false;        ///< their costs are known
};

class Allocation {
  public:
    Allocation(const ModelFile& in, const MethodSpec& spec, const QuantizeOptions& options,
               const std::string& out)
        : in_(in),
          options_(options),
          out_(out),
          changes_layers_(!spec.transforms.empty()),
          by_layer_(needs_calibration(spec, options)) {
        grid_ = options.rounding.grid;
        if (grid_ == GridChoice::kDefault) {
            grid_ = by_layer_ ? GridChoice::kSearched : GridChoice::kRange;
        }
    }

    Result<Recipe> run(std::unique_ptr<PartialFile>* partial, QuantizeReport* report);

  private:
    void list_candidates();
    uint64_t overhead() const;
    uint64_t target() const;
    Status check_target() const;
    Result<std::unique_ptr<BlockRunner>> make_runner(QuantizeReport* report) const;
    Status damaged() const;
    Status restore(int64_t frames);
    Status keep();
    Status measure(std::unique_ptr<PartialFile>* partial, QuantizeReport* report);
    Status measure_model(BlockRunner* runner, int64_t layers);
    Status measure_layer(BlockRunner* runner);
    Status measure_outside(const FileTensor& tensor, const InputStatistics* statistics);
    Status measure_tiles(Candidate* c, const InputStatistics* statistics, bool can_stay,
                         std::vector<std::vector<float>> tiles);
    std::vector<std::vector<Choice>> choices() const;
    Recipe choose(QuantizeReport* report) const;
    Candidate* find(std::string_view name);
    bool cancelled() const { return options_.cancel && options_.cancel->load(); }
    void show(const std::string& text, int64_t step, int64_t steps) const {
        if (options_.progress) options_.progress(text, weights_ * step / steps, weights_);
    }

    const ModelFile& in_;
    const QuantizeOptions& options_;
    const std::string& out_;
    bool changes_layers_;  ///< transforms do: no matrix of a layer stays as it is
    bool by_layer_;        ///< it is rounded so, with an OUT.partial
    GridChoice grid_;
    int64_t weights_ = 0;       ///< of the whole model
    uint64_t fixed_bytes_ = 0;  ///< of the tensors that are decided about
    std::vector<Candidate> candidates_;
    PartialFile* partial_ = nullptr;   ///< nullptr: nothing is kept
    int64_t restored_ = 0;             ///< layers that it has, the last being embedding and head
    std::vector<TriedFormats> tried_;  ///< of the current layer
};

Candidate* Allocation::find(std::string_view name) {
    for (Candidate& c : candidates_) {
        if (c.tensor->name == name) return &c;
    }
    return nullptr;
}

void Allocation::list_candidates() {
    for (const FileTensor& t : in_.tensors()) {
        weights_ += t.elements();
        const Format* decided = options_.recipe.format_for(t.name, t.rank);
        if (t.rank == 1) {
            fixed_bytes_ += static_cast<uint64_t>(t.cols()) * sizeof(float);
        } else if (decided) {
            fixed_bytes_ += decided->matrix_bytes(t.rows(), t.cols());
        } else {
            Candidate& c = candidates_.emplace_back();
            c.tensor = &t;
            for (const std::string_view name : kCandidates) c.formats.push_back(find_format(name));
            // A quantized tensor may stay as it is.
            if (t.format->is_quantized()) c.formats.push_back(t.format);
            for (const Format* f : c.formats) {
                c.choices.push_back({f->matrix_bytes(t.rows(), t.cols()), 0});
            }
        }
    }
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
    return static_cast<uint64_t>(options_.target_bpw * static_cast<double>(weights_) / 8);
}

std::vector<std::vector<Choice>> Allocation::choices() const {
    std::vector<std::vector<Choice>> all;
    for (const Candidate& c : candidates_) all.push_back(c.choices);
    return all;
}

/// Before minutes of calibration.
Status Allocation::check_target() const {
    const uint64_t smallest = overhead() + fixed_bytes_ + smallest_total(choices());
    if (smallest <= target()) return {};
    return {Code::kWrongUse, out_ + ": no choice of formats makes a file of " +
                                 bytes_text(target(), weights_) + "; the smallest has " +
                                 bytes_text(smallest, weights_) + ", ask for that or more"};
}

/// `can_stay`: in its own format the matrix is copied as it is.
Status Allocation::measure_tiles(Candidate* c, const InputStatistics* statistics, bool can_stay,
                                 std::vector<std::vector<float>> tiles) {
    // Without statistics a grid is searched only where that was asked for.
    const GridChoice grid = statistics ? grid_ : options_.rounding.grid;
    const NoiseTrial trial{c->tensor->cols(), std::move(tiles), statistics, grid};
    auto noise = relative_noise(trial, c->formats, options_.threads, options_.cancel);
    if (!noise.ok()) return noise.status();
    const double weight = statistics ? noise_weight(c->tensor->name) : kLookupWeight;
    TriedFormats& tried = tried_.emplace_back();
    tried.name = c->tensor->name;
    for (size_t f = 0; f < c->formats.size(); ++f) {
        const bool exact = can_stay && c->formats[f] == c->tensor->format;
        c->choices[f].cost = exact ? 0 : weight * (*noise)[f];
        tried.losses.push_back(c->choices[f].cost);
    }
    c->measured = true;
    return {};
}

Status Allocation::damaged() const {
    return {Code::kBadFile, partial_->path() +
                                ": does not hold what was measured of this model's formats; it is "
                                "damaged, remove it to start anew"};
}

/// What earlier runs measured.
Status Allocation::restore(int64_t frames) {
    restored_ = partial_->tried_frames();
    if (restored_ > frames || (restored_ < frames && partial_->frames() > 0)) return damaged();
    std::set<std::string> names;
    for (const TriedFormats& t : partial_->tried()) {
        Candidate* c = find(t.name);
        if (!c || t.losses.size() != c->formats.size() || !names.insert(t.name).second) {
            return damaged();
        }
        for (size_t f = 0; f < t.losses.size(); ++f) {
            if (!std::isfinite(t.losses[f]) || t.losses[f] < 0) return damaged();
            c->choices[f].cost = t.losses[f];
        }
        c->measured = true;
    }
    return {};
}

Status Allocation::keep() {
    const std::vector<TriedFormats> tried = std::exchange(tried_, {});
    return partial_ ? partial_->append_tried(tried) : Status();
}

Status Allocation::measure_layer(BlockRunner* runner) {
    auto taps = runner->collect(false);
    if (!taps.ok()) return taps.status();
    for (const Tap& tap : *taps) {
        for (const std::string& name : tap.matrices) {
            Candidate* c = find(name);
            LayerTensor* t = runner->tensors().find(name);
            if (!c || !t) continue;
            const int64_t n = std::min(kSampledTiles, t->tiles());
            std::vector<std::vector<float>> tiles(static_cast<size_t>(n));
            for (int64_t i = 0; i < n; ++i) {
                const int64_t k = sampled_tile(i, n, t->tiles());
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
    Candidate* c = find(tensor.name);
    if (!c) return {};
    const int64_t cols = tensor.cols(), all = n_tiles(tensor.rows());
    const int64_t n = std::min(kMore * kSampledTiles, all);
    std::vector<uint8_t> stored(tensor.format->tile_bytes(*tensor.format, cols));
    std::vector<std::vector<float>> tiles(static_cast<size_t>(n));
    for (int64_t i = 0; i < n; ++i) {
        const int64_t k = sampled_tile(i, n, all);
        const int64_t rows = std::min(kTileRows, tensor.rows() - k * kTileRows);
        if (Status s = in_.pack_tiles(tensor, k, k + 1, stored.data()); !s.ok()) return s;
        auto& tile = tiles[static_cast<size_t>(i)];
        tile.resize(static_cast<size_t>(rows * cols));
        for (int64_t r = 0; r < rows; ++r) {
            tensor.format->decode_row(*tensor.format, stored.data(), r, cols, &tile[r * cols]);
        }
        if (std::all_of(tile.begin(), tile.end(), [](float v) { return std::isfinite(v); }))
            continue;
        return {Code::kBadFile, in_.path() + ": tensor '" + tensor.name +
                                    "' has values that are not finite, no format can be chosen "
                                    "for it; name one with --tensor"};
    }
    return measure_tiles(c, statistics, true, std::move(tiles));
}

Result<std::unique_ptr<BlockRunner>> Allocation::make_runner(QuantizeReport* report) const {
    auto samples = make_samples(in_, options_.calibration, report);
    if (!samples.ok()) return samples.status();
    RunnerOptions options;
    options.threads = options_.threads;
    options.max_memory = options_.calibration.max_memory;
    options.folder = folder_of(out_);
    options.equal_tokens = true;  // as noise_weight() was measured
    options.allow_nonfinite = options_.allow_nonfinite;
    options.cancel = options_.cancel;
    return BlockRunner::create(in_, std::move(*samples), std::move(options));
}

Status Allocation::measure(std::unique_ptr<PartialFile>* partial, QuantizeReport* report) {
    auto runner = make_runner(report);
    if (!runner.ok()) return runner.status();
    const int64_t layers = (*runner)->architecture().shape().n_layers;
    if (by_layer_) {
        auto opened = open_partial(in_, options_, (*runner)->samples(), out_, report);
        if (!opened.ok()) return opened.status();
        *partial = std::move(*opened);
        partial_ = partial->get();
        if (Status s = restore(layers + 1); !s.ok()) return s;
    }
    if (restored_ <= layers) {
        if (Status s = measure_model(runner->get(), layers); !s.ok()) return s;
    }
    const bool complete = std::all_of(candidates_.begin(), candidates_.end(),
                                      [](const Candidate& c) { return c.measured; });
    return complete ? Status() : damaged();
}

/// Layers that are known only take the samples on.
Status Allocation::measure_model(BlockRunner* runner, int64_t layers) {
    if (Status s = runner->embed(); !s.ok()) return s;
    for (int64_t i = 0; i < layers; ++i) {
        const bool known = i < restored_;
        show("layer " + std::to_string(i + 1) + " of " + std::to_string(layers) +
                 (known ? ": resuming" : ": trying formats"),
             i, layers + 1);
        if (Status s = runner->load(i); !s.ok()) return s;
        if (cancelled()) return {Code::kInterrupted, "interrupted"};
        Status s = known ? Status() : measure_layer(runner);
        if (s.ok()) s = runner->advance();
        if (!s.ok()) return s;
    }
    show("head: trying formats", layers, layers + 1);
    auto statistics = runner->collect_head();
    if (!statistics.ok()) return statistics.status();
    const FileTensor* embedding = in_.find(runner->architecture().embedding()->name);
    const FileTensor* head = in_.find(runner->architecture().head()->name);
    Status s = measure_outside(*head, &*statistics);
    if (s.ok() && head != embedding) s = measure_outside(*embedding, nullptr);
    return s.ok() ? keep() : s;
}

Recipe Allocation::choose(QuantizeReport* report) const {
    const std::vector<size_t> chosen = allocate(choices(), target() - overhead() - fixed_bytes_);
    Recipe recipe = options_.recipe;
    double total = 0;
    for (size_t i = 0; i < chosen.size(); ++i) total += candidates_[i].choices[chosen[i]].cost;
    for (size_t i = 0; i < chosen.size(); ++i) {
        const Candidate& c = candidates_[i];
        const double loss = c.choices[chosen[i]].cost;
        recipe.rules.push_back(default_rule(exact_pattern(c.tensor->name), *c.formats[chosen[i]]));
        report->loss_shares[c.tensor->name] = total > 0 ? loss / total : 0;
    }
    report->predicted_loss = total;
    return recipe;
}

Result<Recipe> Allocation::run(std::unique_ptr<PartialFile>* partial, QuantizeReport* report) {
    list_candidates();
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
