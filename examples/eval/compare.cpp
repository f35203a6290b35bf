// The rows of a comparison, one after the other.
#include "eval/compare.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <sstream>
#include <system_error>

#include "eval/child_process.h"
#include "eval/row_measure.h"
#include "eval/row_record.h"
#include "eval/speed.h"
#include "eval/work_folder.h"
#include "tensor/hash.h"

namespace quern {
namespace {

// Times, in that of a token which base and row evaluate to be compared. Only the progress bar
// depends on them.
constexpr int64_t kCalibrationCost = 3;  // of a token
constexpr int64_t kSpeedCost = (kSpeedRounds + 1) * kSpeedPrompt;

int64_t cost_of_quantizing(const QuantizeOptions& options) {
    if (!uses_calibration(options)) return 0;
    const int64_t samples = options.calibration.samples;
    return kCalibrationCost * options.calibration.sample_tokens *
           (samples > 0 ? samples : CalibrationOptions::kDefaultSamples);
}

/// Of a row.
struct Costs {
    int64_t making = 0, measuring = 0;
};

class Comparison {
  public:
    Comparison(const CompareOptions& options, std::vector<CompareRow>* rows)
        : options_(options), rows_(rows) {}

    Status run() {
        if (Status s = prepare(); !s.ok()) return s;
        if (Status s = add_base(); !s.ok()) return explained(s);
        for (size_t i = 0; i < options_.sources.size(); ++i) {
            const Status s = add_row(options_.sources[i], costs_[i]);
            if (s.code() == Code::kInterrupted) return explained(s);
            done_ += costs_[i].making + costs_[i].measuring;
            if (!s.ok()) leave_out(s);
        }
        if (failed_ == 0) return Status();
        return {Code::kFailed, std::to_string(failed_) + " of " +
                                   std::to_string(options_.sources.size()) +
                                   " rows failed; the messages above tell why"};
    }

  private:
    Status prepare();
    Status check_models() const;
    Status about_base(const Status& status) const {
        return {status.code(), options_.base + ": " + status.message()};
    }
    Status read_text();
    Status estimate_costs();
    Status add_base();
    Result<RowRecord> record_of(const CompareSource& source) const;
    Status add_row(const CompareSource& source, const Costs& costs);
    Status measure_quality(const std::string& path, int64_t before, RowFigures* figures);
    Status remember(const std::string& path, const RowFigures& figures) const;
    Status make(const CompareSource& source, const std::string& out, int64_t cost,
                RowFigures* figures);
    Status quantize(const CompareSource& source, const std::string& out, bool resume, int64_t cost,
                    RowFigures* figures);
    Status measure_speed(const std::string& path, int64_t before, RowFigures* figures);
    void finish(const CompareSource& source, const RowFigures& figures);
    void leave_out(const Status& status);
    Status explained(const Status& status) const;

    /// Progress of a child that does `cost` of the work, after `before` of this row.
    ChildCalls calls(const std::string& step, int64_t before, int64_t cost) const {
        const auto report = [this, step, before, cost](int64_t done, int64_t total) {
            if (!options_.progress) return;
            const double part =
                total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 0;
            const auto now = static_cast<int64_t>(part * static_cast<double>(cost));
            options_.progress(what_ + step, done_ + before + now, total_);
        };
        return {report, options_.cancel};
    }

    const CompareOptions& options_;
    std::vector<CompareRow>* rows_;
    std::unique_ptr<ModelFile> base_;
    std::string base_hash_;  ///< if files are kept
    RowConditions conditions_;
    WorkFolder folder_;
    std::set<std::string> told_;  ///< notes of quantizations
    std::string what_;            ///< the row that is worked on
    std::vector<Costs> costs_;
    int64_t quality_ = 0;  ///< cost of a row's quality; half of it is the base's
    int64_t total_ = 0, done_ = 0;
    int64_t failed_ = 0;
};

Status Comparison::prepare() {
    auto base = ModelFile::open(options_.base, {});
    if (!base.ok()) return base.status();
    base_ = std::move(*base);
    if (Status s = check_models(); !s.ok()) return s;
    if (Status s = read_text(); !s.ok()) return s;
    if (Status s = folder_.open(options_.keep); !s.ok()) return s;
    return estimate_costs();
}

/// Of rows that are files.
Status Comparison::check_models() const {
    for (const CompareSource& source : options_.sources) {
        if (source.path.empty()) continue;
        auto file = ModelFile::open(source.path, {});
        if (!file.ok()) return file.status();
        if (Status s = check_same_vocabulary(*base_, **file); !s.ok()) return s;
    }
    return Status();
}

Status Comparison::read_text() {
    const EvaluationSettings& e = options_.evaluation;
    auto vocabulary = base_->metadata().get_strings("tokenizer.ggml.tokens");
    if (!vocabulary.ok()) return about_base(vocabulary.status());
    auto tokenizer =
        Tokenizer::create(base_->metadata(), static_cast<int64_t>((*vocabulary)->size()));
    if (!tokenizer.ok()) return about_base(tokenizer.status());
    auto tokens = read_tokens(e.text, **tokenizer);
    if (!tokens.ok()) return tokens.status();
    conditions_ = {
        options_.base, e, options_.common, std::move(*tokens), (*tokenizer)->text_bos(), {}};
    const size_t n = conditions_.tokens.size();
    conditions_.windows = windows_of_protocols(n, e.chunks);
    for (size_t p = 0; p < kPerplexityProtocols; ++p) {
        if (conditions_.windows[p] > 0) continue;
        const PerplexityProtocol& protocol = perplexity_protocols()[p];
        const std::string text =
            e.text + " has " + std::to_string(n) + " tokens, but one window of protocol " +
            std::string(protocol.name) + " needs " + std::to_string(protocol.context);
        if (p == 0) return {Code::kWrongUse, text + "; use a longer text"};
        options_.message(text + "; its figures are left out");
    }
    return Status();
}

/// What is made or measured already costs nothing but measuring the speed.
Status Comparison::estimate_costs() {
    if (folder_.is_kept()) {
        const Result<uint64_t> hash = hash_file(options_.base);
        if (!hash.ok()) return hash.status();
        base_hash_ = hash_text(hash.value());
    }
    quality_ = conditions_.tokens_to_evaluate();
    total_ = kSpeedCost + quality_ / 2;  // the base
    for (const CompareSource& source : options_.sources) {
        Costs costs{cost_of_quantizing(source.quantization.options), kSpeedCost + quality_};
        auto record = record_of(source);
        if (!record.ok()) return record.status();
        if (!source.path.empty() || record->file_bytes > 0) costs.making = 0;
        if (!record->conditions.empty()) costs.measuring = kSpeedCost;
        total_ += costs.making + costs.measuring;
        costs_.push_back(costs);
    }
    return Status();
}

/// What an earlier comparison left that can be taken as it is; otherwise empty.
Result<RowRecord> Comparison::record_of(const CompareSource& source) const {
    if (!source.path.empty() || !folder_.is_kept()) return RowRecord();
    auto settings = row_settings(source, base_hash_);
    if (!settings.ok()) return settings.status();
    const std::string file = folder_.file(row_file_name(source)).path();
    RowRecord record = read_record(file);
    if (!is_complete(record, file, *settings)) return RowRecord();
    auto conditions = quality_conditions(conditions_, file);
    if (!conditions.ok()) return conditions.status();
    if (record.conditions != *conditions) record.conditions.clear();
    return record;
}

Status Comparison::add_base() {
    CompareSource source;
    source.method = what_ = "base";
    source.path = options_.base;
    RowFigures figures;
    add_sizes(*base_, *base_, &figures);
    if (Status s = measure_speed(options_.base, 0, &figures); !s.ok()) return s;
    const auto work = [&](ChildLink* link, RowFigures* shared) {
        return add_base_perplexity(conditions_, link, shared);
    };
    const ChildOutcome outcome =
        run_in_child<RowFigures>(calls("", kSpeedCost, quality_ / 2), &figures, work);
    if (!outcome.status.ok()) return outcome.status;
    done_ += kSpeedCost + quality_ / 2;
    finish(source, figures);
    return Status();
}

Status Comparison::add_row(const CompareSource& source, const Costs& costs) {
    RowFigures figures;
    what_ = row_title(source);
    const WorkFile made = folder_.file(row_file_name(source));
    const std::string path = source.path.empty() ? made.path() : source.path;
    auto record = record_of(source);
    if (!record.ok()) return record.status();
    const bool measured = !record->conditions.empty();
    if (record->file_bytes > 0) {
        options_.message(what_ + ": " + path + " was made " + (measured ? "and measured " : "") +
                         "with these settings before and is reused");
        figures = record->figures;
        figures.quantize_seconds = record->seconds;
        figures.quantize_memory = record->peak_memory;
    } else if (source.path.empty()) {
        if (Status s = make(source, path, costs.making, &figures); !s.ok()) return s;
    }
    auto file = ModelFile::open(path, {});
    if (!file.ok()) return file.status();
    add_sizes(*base_, **file, &figures);
    if (Status s = measure_speed(path, costs.making, &figures); !s.ok()) return s;
    if (!measured) {
        const int64_t before = costs.making + kSpeedCost;
        if (Status s = measure_quality(path, before, &figures); !s.ok()) return s;
    }
    finish(source, figures);
    if (measured || !source.path.empty() || !folder_.is_kept()) return Status();
    if (const Status s = remember(path, figures); !s.ok()) options_.message(s.message());
    return Status();
}

/// `before`: cost of what was done of the row.
Status Comparison::measure_quality(const std::string& path, int64_t before, RowFigures* figures) {
    const auto work = [&](ChildLink* link, RowFigures* shared) {
        return add_divergence(conditions_, path, link, shared);
    };
    return run_in_child<RowFigures>(calls("", before, quality_), figures, work).status;
}

/// For the next comparison.
Status Comparison::remember(const std::string& path, const RowFigures& figures) const {
    auto conditions = quality_conditions(conditions_, path);
    if (!conditions.ok()) return conditions.status();
    RowRecord record = read_record(path);
    record.conditions = std::move(*conditions);
    record.figures = figures;
    return write_record(path, record);
}

/// Quantizes, or goes on with what an earlier comparison left.
Status Comparison::make(const CompareSource& source, const std::string& out, int64_t cost,
                        RowFigures* figures) {
    if (!folder_.is_kept()) return quantize(source, out, false, cost, figures);
    auto settings = row_settings(source, base_hash_);
    if (!settings.ok()) return settings.status();
    const RowRecord old = read_record(out);
    std::error_code ignored;
    const std::string partial = out + ".partial";
    const bool is_other = !old.settings.empty() && old.settings != *settings;
    if (is_other) std::filesystem::remove(partial, ignored);
    bool resume = std::filesystem::exists(partial, ignored);
    // Written at once, so that a comparison that is killed can be gone on with as well.
    RowRecord record;
    record.settings = *settings;
    if (Status s = write_record(out, record); !s.ok()) return s;
    Status status = quantize(source, out, resume, cost, figures);
    // Without a record it may be what other settings left, or nothing to go on with.
    const bool is_refused = status.code() == Code::kWrongUse || status.code() == Code::kBadFile;
    if (resume && old.settings.empty() && is_refused) {
        std::filesystem::remove(partial, ignored);
        resume = false;
        status = quantize(source, out, resume, cost, figures);
    }
    if (resume) {
        const bool known = old.seconds >= 0 && figures->quantize_seconds >= 0;
        figures->quantize_seconds = known ? old.seconds + figures->quantize_seconds : -1;
        figures->quantize_memory = std::max(old.peak_memory, figures->quantize_memory);
    }
    record.seconds = figures->quantize_seconds;
    record.peak_memory = figures->quantize_memory;
    if (status.ok()) record.file_bytes = std::filesystem::file_size(out, ignored);
    const Status written = write_record(out, record);
    return status.ok() ? written : status;
}

Status Comparison::quantize(const CompareSource& source, const std::string& out, bool resume,
                            int64_t cost, RowFigures* figures) {
    const auto work = [&](ChildLink* link, RowFigures* shared) {
        using Clock = std::chrono::steady_clock;
        const Clock::time_point start = Clock::now();
        auto options = cli::quantize_options(source.quantization);
        if (!options.ok()) return options.status();
        options->resume = resume;
        options->threads = options_.common.threads;
        options->cancel = link->cancel();
        options->progress = [&](const std::string&, int64_t done, int64_t total) {
            link->progress(done, total);
        };
        options->warning = [&](const std::string& text) { link->note(text); };
        const Status status = quantize_file(options_.base, out, *options).status();
        shared->quantize_seconds = std::chrono::duration<double>(Clock::now() - start).count();
        return status;
    };
    const ChildOutcome outcome =
        run_in_child<RowFigures>(calls(": quantizing", 0, cost), figures, work);
    figures->quantize_memory = outcome.peak_memory;
    std::istringstream notes(outcome.notes);
    for (std::string note; std::getline(notes, note);) {
        if (told_.insert(note).second) options_.message(note);
    }
    return outcome.status;
}

/// As the model is used: int8 activations.
Status Comparison::measure_speed(const std::string& path, int64_t before, RowFigures* figures) {
    const auto work = [&](ChildLink* link, RowFigures* shared) {
        return add_speed(conditions_, path, link, shared);
    };
    const ChildOutcome outcome =
        run_in_child<RowFigures>(calls(": speed", before, 0), figures, work);
    figures->memory = outcome.peak_memory;
    return outcome.status;
}

void Comparison::finish(const CompareSource& source, const RowFigures& figures) {
    rows_->push_back({source, figures});
    if (options_.finished) options_.finished(rows_->back());
}

void Comparison::leave_out(const Status& status) {
    options_.message(what_ + " is left out: " + status.message());
    ++failed_;
}

Status Comparison::explained(const Status& status) const {
    if (status.code() != Code::kInterrupted) return status;
    if (!folder_.is_kept()) {
        return {status.code(), "interrupted; quantized models were not kept (--keep DIR does)"};
    }
    return {status.code(), "interrupted; what is quantized and measured stays in " + options_.keep +
                               ", from where the same command goes on"};
}

}  // namespace

Status compare_models(const CompareOptions& options, std::vector<CompareRow>* rows) {
    return Comparison(options, rows).run();
}

}  // namespace quern
