// A sequence of slices, each encoded by all workers tile by tile while one of them first writes the
// slice before. Memory is two slices of output plus one tile per worker. Sums are kept per tile and
// added in the order of tiles, so nothing depends on who did what.
#include "conversion.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <new>

#include "methods/methods.h"
#include "output.h"
#include "parallel.h"
#include "resume.h"
#include "tile_encoder.h"
#include "verify_input.h"

namespace quern {
namespace {

/// Enough work per slice that starting threads for it costs nothing.
constexpr int64_t kSliceWeightsPerThread = int64_t{1} << 20;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
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
    if (Status s = in_.check_unchanged(); !s.ok()) return s;  // metadata is read where it is mapped
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

}  // namespace

Status convert(const ModelFile& in, const Plan& plan, const QuantizeOptions& options,
               const std::string& out, const PartialFile* finished, QuantizeReport* report) {
    try {
        return Conversion(in, plan, options, out, finished).run(report);
    } catch (const std::bad_alloc&) {
        return out_of_memory();
    }
}

}  // namespace quern
