// The conversion of a file: a sequence of slices, each encoded by all workers tile by tile while
// one of them first writes the slice before. What calibration made (block_pass.h) is copied from
// its file. Memory is two slices of output plus one tile per worker. Sums are kept per tile and
// added in the order of tiles, so nothing depends on who did what.
#include "quantize/quantize.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <memory>
#include <new>

#include "allocation.h"
#include "block_pass.h"
#include "methods/methods.h"
#include "output.h"
#include "parallel.h"
#include "plan.h"
#include "resume.h"
#include "side_tensors.h"
#include "tensor/system.h"
#include "tile_encoder.h"
#include "verify_input.h"

namespace quern {
namespace {

/// Enough work per slice that starting threads for it costs nothing.
constexpr int64_t kSliceWeightsPerThread = int64_t{1} << 20;

/// The part of the time that the choice of formats takes, where the model runs once more to round
/// layer by layer, and where only the choice runs it.
constexpr double kChoiceByLayer = 0.4, kChoiceAlone = 0.95;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

Status check_not_same(const std::string& in, const std::string& out) {
    struct stat a {
    }, b{};
    const bool both = ::stat(in.c_str(), &a) == 0 && ::stat(out.c_str(), &b) == 0;
    if (!both || a.st_dev != b.st_dev || a.st_ino != b.st_ino) return {};
    return {Code::kWrongUse, out + ": is the input file itself; give the output another name"};
}

/// The choice of formats and the work after it, told on one scale on which nothing falls: the
/// choice goes up to `end`, its part of the time, the work from where that ended (resumed, it may
/// not have begun) to 1.
struct Phases {
    double end;
    int64_t begin = 0, told = 0;
};

void tell_on_one_scale(Phases* phases, QuantizeOptions* options) {
    if (!options->progress) return;
    options->progress = [phases, tell = std::move(options->progress)](const std::string& what,
                                                                      int64_t done, int64_t total) {
        const auto all = static_cast<double>(total), part = static_cast<double>(done) / all;
        const double span = phases->end * all - static_cast<double>(phases->begin);
        phases->told = phases->begin + static_cast<int64_t>(span * part);
        tell(what, phases->told, total);
    };
}

/// Consecutive units of one tensor and their bytes in the output.
struct Slice {
    size_t tensor = 0;
    int64_t begin = 0, end = 0;
    std::vector<uint8_t> bytes;
    bool empty() const { return begin == end; }
};

class Conversion {
  public:
    /// `finished` (may be nullptr): tensors that need no more work.
    Conversion(const ModelFile& in, const Plan& plan, const QuantizeOptions& options,
               const std::string& out, const PartialFile* finished)
        : in_(in), plan_(plan), options_(options), out_(out), finished_(finished) {
        encoders_.assign(static_cast<size_t>(options.threads),
                         TileEncoder(in, options.allow_nonfinite));
    }

    Status run(QuantizeReport* report);

  private:
    void make_roundings();
    bool advance(Slice* slice) const;
    Status encode(Slice* slice);
    Status write(const Slice& slice);
    const FinishedTensor* finished(size_t tensor) const {
        return finished_ ? finished_->find(plan_.tensors[tensor].tensor->name) : nullptr;
    }
    bool cancelled() const { return options_.cancel && options_.cancel->load(); }
    void start_report(QuantizeReport* report);

    const ModelFile& in_;
    const Plan& plan_;
    const QuantizeOptions& options_;
    const std::string& out_;
    const PartialFile* finished_;
    std::vector<std::unique_ptr<const Rounding>> roundings_;  // of the plan's tensors
    std::vector<TileEncoder> encoders_;
    std::unique_ptr<ModelWriter> writer_;
    QuantizeReport* report_ = nullptr;
    int64_t done_ = 0;  // weights
    Slice current_, previous_;
    std::vector<ErrorSums> sums_;  // of the current slice's units
};

/// Moves to the slice that follows; false behind the last.
bool Conversion::advance(Slice* slice) const {
    const auto& tensors = plan_.tensors;
    size_t tensor = slice->tensor;
    int64_t begin = slice->end;
    if (tensor < tensors.size() && begin == tensors[tensor].units()) {
        ++tensor;
        begin = 0;
    }
    if (tensor >= tensors.size()) return false;
    const PlannedTensor& p = tensors[tensor];
    const int64_t weights_per_unit = std::max<int64_t>(1, p.tensor->elements() / p.units());
    const int64_t units =
        std::max<int64_t>(1, options_.threads * kSliceWeightsPerThread / weights_per_unit);
    slice->tensor = tensor;
    slice->begin = begin;
    slice->end = std::min(begin + units, p.units());
    slice->bytes.resize(static_cast<size_t>(slice->end - begin) * p.unit_bytes());
    return true;
}

Status Conversion::write(const Slice& slice) {
    const PlannedTensor& p = plan_.tensors[slice.tensor];
    const FileTensor& t = *p.tensor;
    if (slice.begin == 0) {
        if (Status s = writer_->begin_tensor(t.name, t.rank, t.shape, *p.format); !s.ok()) return s;
    }
    if (Status s = writer_->append(slice.bytes.data(), slice.bytes.size()); !s.ok()) return s;
    if (slice.end < p.units()) return {};
    const TensorReport& r = report_->tensors[slice.tensor];
    const double error = relative_error(r.squared_error, r.squared_weight);
    return writer_->end_tensor(
        make_provenance(in_, p, *report_, r, std::isfinite(error) ? error : -1));
}

/// Encodes the slice while item 0 writes the one before.
Status Conversion::encode(Slice* slice) {
    const PlannedTensor& p = plan_.tensors[slice->tensor];
    const int64_t n = slice->end - slice->begin;
    if (const FinishedTensor* f = finished(slice->tensor)) {
        sums_.assign(slice->begin == 0 ? 1 : 0, {f->squared_error, f->squared_weight});
        const uint64_t begin = static_cast<uint64_t>(slice->begin) * p.unit_bytes();
        return parallel_for(options_.threads, 2, options_.cancel, [&](int, int64_t i) {
            if (i == 0) return previous_.empty() ? Status() : write(previous_);
            return finished_->read(*f, begin, slice->bytes.size(), slice->bytes.data());
        });
    }
    sums_.assign(static_cast<size_t>(n), {});
    return parallel_for(options_.threads, n + 1, options_.cancel, [&](int worker, int64_t i) {
        if (i == 0) return previous_.empty() ? Status() : write(previous_);
        const auto k = static_cast<size_t>(i - 1);
        return encoders_[static_cast<size_t>(worker)].encode(
            p, roundings_[slice->tensor].get(), slice->begin + i - 1,
            slice->bytes.data() + k * p.unit_bytes(), &sums_[k]);
    });
}

void Conversion::make_roundings() {
    roundings_.resize(plan_.tensors.size());
    for (size_t i = 0; i < roundings_.size(); ++i) {
        const PlannedTensor& p = plan_.tensors[i];
        if (p.copied || p.tensor->rank == 1 || finished(i)) continue;
        roundings_[i] = nearest_rounding(*p.format, nullptr, options_.rounding.grid);
    }
}

void Conversion::start_report(QuantizeReport* report) {
    report_ = report;
    report->input_bytes = in_.file_bytes();
    for (const PlannedTensor& p : plan_.tensors) {
        TensorReport r;
        r.name = p.tensor->name;
        r.tensor_class = p.tensor_class;
        r.source = p.tensor->stored_as;
        r.format = p.stored_as;
        r.elements = p.tensor->elements();
        r.bytes = p.stored_bytes;
        r.copied = p.copied;
        if (const FinishedTensor* f = finished(report->tensors.size())) {
            r.copied = false;
            r.method = f->method;
            r.settings = f->settings;
            r.loss = f->loss;
            r.rtn_loss = f->rtn_loss;
            r.seconds = f->seconds;
            done_ += r.elements;
        }
        report->tensors.push_back(std::move(r));
    }
}

Status Conversion::run(QuantizeReport* report) {
    start_report(report);
    make_roundings();
    auto writer = create_output(out_, plan_);
    if (!writer.ok()) return writer.status();
    writer_ = std::move(*writer);
    while (!cancelled() && advance(&current_)) {
        const Clock::time_point slice_start = Clock::now();
        TensorReport& r = report->tensors[current_.tensor];
        const FileTensor& t = *plan_.tensors[current_.tensor].tensor;
        const bool is_finished = finished(current_.tensor) != nullptr;
        if (current_.begin == 0 && !is_finished) {
            if (Status s = verify_input(in_, t); !s.ok()) return s;
        }
        if (Status s = encode(&current_); !s.ok()) return s;
        for (const ErrorSums& sums : sums_) {
            r.squared_error += sums.error;
            r.squared_weight += sums.weight;
        }
        r.seconds += seconds_since(slice_start);
        const int64_t units = plan_.tensors[current_.tensor].units();
        if (!is_finished) {
            done_ += t.elements() * current_.end / units - t.elements() * current_.begin / units;
        }
        if (options_.progress) options_.progress(t.name, done_, plan_.weights);
        std::swap(current_.bytes, previous_.bytes);
        previous_.tensor = current_.tensor;
        previous_.begin = current_.begin;
        previous_.end = current_.end;
    }
    if (cancelled()) return {Code::kInterrupted, "interrupted"};
    if (!previous_.empty()) {
        if (Status s = write(previous_); !s.ok()) return s;
    }
    if (Status s = writer_->finish(); !s.ok()) return s;
    report->output_bytes = writer_->file_bytes();
    return {};
}

void warn_of_fallbacks(const PartialFile& finished, const QuantizeOptions& options,
                       QuantizeReport* report) {
    std::map<std::string, int64_t> counts;
    for (const FinishedTensor& t : finished.finished()) {
        if (!t.fallback.empty()) ++counts[t.fallback];
    }
    for (const auto& [reason, n] : counts) {
        warn(options, report,
             options.method + ": " + std::to_string(n) +
                 (n == 1 ? " tensor was" : " tensors were") + " rounded to nearest: " + reason);
    }
}

}  // namespace

bool uses_calibration(const QuantizeOptions& options) {
    return wants_allocation(options) || rounds_by_layer(options);
}

bool rounds_by_layer(const QuantizeOptions& options) {
    const auto spec = parse_method(options.method);
    return !spec.ok() || needs_calibration(spec.value(), options);
}

double relative_error(double squared_error, double squared_weight) {
    return squared_error == 0 ? 0 : std::sqrt(squared_error / squared_weight);
}

Result<QuantizeReport> quantize_file(const std::string& in, const std::string& out,
                                     const QuantizeOptions& caller_options) {
    const Clock::time_point start = Clock::now();
    QuantizeOptions options = caller_options;
    const Result<int> threads = check_threads(options.threads);
    if (!threads.ok()) return threads.status();
    options.threads = threads.value();
    auto spec = parse_method(options.method);
    if (!spec.ok()) return spec.status();
    if (Status s = check_method_options(*spec, options); !s.ok()) return s;
    if (wants_allocation(options) && is_gguf_name(out)) {
        return Status(Code::kWrongUse,
                      out +
                          ": --fit and --target-bpw choose among formats that GGUF has no types "
                          "for; write a .quern file, or name a --format");
    }
    ModelFile::Options open_options;
    open_options.allow_nonfinite = options.allow_nonfinite;
    auto file = ModelFile::open(in, open_options);
    if (!file.ok()) return file.status();
    if (Status s = check_not_same(in, out); !s.ok()) return s;
    if (Status s = check_side_tensors(**file, *spec, options, out); !s.ok()) return s;
    if (Status s = check_writable(out); !s.ok()) return s;
    QuantizeReport report;
    std::unique_ptr<PartialFile> finished;
    Phases phases{needs_calibration(*spec, options) ? kChoiceByLayer : kChoiceAlone};
    auto plan = make_plan(**file, *spec, options);
    if (plan.ok() && wants_allocation(options)) {
        tell_on_one_scale(&phases, &options);
        auto recipe = allocate_formats(**file, *spec, options, out, &finished, &report);
        if (!recipe.ok()) return explain_failure(recipe.status(), out, finished.get());
        options.recipe = std::move(*recipe);
        phases = {1, phases.told};
        plan = make_plan(**file, *spec, options);
    }
    if (!plan.ok()) return plan.status();
    if (Status s = plan_output(out, &*plan); !s.ok()) return s;
    if (Status s = check_space(out, plan->bytes, 0); !s.ok()) {
        return explain_failure(s, out, finished.get());
    }
    for (const std::string& text : plan->warnings) warn(options, &report, text);
    if (needs_calibration(*spec, options)) {
        auto pass =
            run_block_pass(**file, *plan, *spec, options, out, std::move(finished), &report);
        if (!pass.ok()) return pass.status();
        finished = std::move(*pass);
        warn_of_fallbacks(*finished, options, &report);
        add_side_tensors(*finished, &*plan);
    }
    Conversion conversion(**file, *plan, options, out, finished.get());
    Status s;
    try {
        s = conversion.run(&report);
    } catch (const std::bad_alloc&) {
        s = out_of_memory();
    }
    if (!s.ok()) return explain_failure(s, out, finished.get());
    if (finished) finished->remove();
    report.seconds = seconds_since(start);
    return report;
}

}  // namespace quern
