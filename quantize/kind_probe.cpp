// One run of the samples as the reference, one for every kind.
#include "kind_probe.h"

#include <algorithm>
#include <new>

#include "methods/methods.h"
#include "parallel.h"
#include "tile_encoder.h"

namespace quern {
namespace {

/// 2048 tokens of 512 each tell the divergence of a kind to a few percent.
constexpr int64_t kProbeSamples = 4;

std::unique_ptr<const Rounding> probe_rounding() {
    return nearest_rounding(probe_format(), nullptr, GridChoice::kRange);
}

}  // namespace

std::string_view kind_of(std::string_view name) {
    constexpr std::string_view kLayer = "blk.";
    if (name.substr(0, kLayer.size()) != kLayer) return name;
    const size_t end = name.find('.', kLayer.size());
    return end == std::string_view::npos ? name : name.substr(end + 1);
}

const Format& probe_format() { return *find_format("q4m_g64d"); }

Result<std::unique_ptr<KindProbe>> KindProbe::create(const ModelFile& in, const Samples& samples,
                                                     const QuantizeOptions& options,
                                                     const std::string& folder) {
    Samples few = samples;
    few.count = std::min(kProbeSamples, samples.count);
    few.ids.resize(static_cast<size_t>(few.count * few.tokens));
    RunnerOptions runner;
    runner.threads = options.threads;
    runner.max_memory = options.calibration.max_memory;
    runner.folder = folder;
    runner.needs.shifts = true;  // the predictions as they were are a second stream
    runner.allow_nonfinite = options.allow_nonfinite;
    runner.cancel = options.cancel;
    std::unique_ptr<KindProbe> probe(new KindProbe(in, options));
    auto made = BlockRunner::create(in, std::move(few), std::move(runner));
    if (!made.ok()) return made.status();
    probe->runner_ = std::move(*made);
    if (Status s = probe->run_reference(); !s.ok()) return s;
    return probe;
}

Status KindProbe::run_reference() {
    if (Status s = runner_->embed_reference(); !s.ok()) return s;
    for (int64_t i = 0; i < n_layers(); ++i) {
        if (Status s = runner_->load(i); !s.ok()) return s;
        if (Status s = runner_->advance_reference(); !s.ok()) return s;
    }
    return {};
}

/// The embedding or the head.
Result<AlignedMemory> KindProbe::round_table(const FileTensor& tensor) const {
    const PlannedTensor planned{&tensor, TensorClass{}, &probe_format(), false};
    AlignedMemory table = allocate_aligned(planned.bytes());
    if (!table) throw std::bad_alloc();
    ErrorSums ignored;
    Status s = encode_tensor(in_, planned, probe_rounding().get(), options_,
                             reinterpret_cast<uint8_t*>(table.get()), &ignored);
    if (!s.ok()) return s;
    return table;
}

Status KindProbe::round_values(LayerTensor* tensor) const {
    const Format& format = probe_format();
    const auto rounding = probe_rounding();
    const int64_t cols = tensor->cols();
    return parallel_for(options_.threads, tensor->tiles(), options_.cancel, [&](int, int64_t i) {
        const int64_t rows = tensor->tile_rows(i);
        std::vector<float> values(static_cast<size_t>(rows * cols));
        std::vector<uint8_t> stored(format.tile_bytes(format, cols));
        unpack_tile(tensor->tile(i), rows, cols, values.data());
        rounding->encode_tile(values.data(), rows, cols, stored.data());
        for (int64_t r = 0; r < rows; ++r) {
            format.decode_row(format, stored.data(), r, cols, &values[r * cols]);
        }
        pack_tile(values.data(), rows, cols, tensor->tile(i));
        return Status();
    });
}

Result<double> KindProbe::divergence(const std::set<std::string>& tensors) {
    const std::string& embedding = runner_->architecture().embedding()->name;
    const std::string& head = runner_->architecture().head()->name;
    AlignedMemory table;
    if (tensors.count(embedding) + tensors.count(head) > 0) {
        const bool is_head = tensors.count(head) > 0;
        auto rounded = round_table(*in_.find(is_head ? head : embedding));
        if (!rounded.ok()) return rounded.status();
        table = std::move(*rounded);
    }
    Status s = tensors.count(embedding) > 0 ? runner_->embed(probe_format(), table.get())
                                            : runner_->embed();
    for (int64_t i = 0; s.ok() && i < n_layers(); ++i) {
        s = runner_->load(i);
        for (LayerTensor& t : runner_->tensors().all()) {
            if (s.ok() && tensors.count(t.source->name) > 0) s = round_values(&t);
        }
        if (s.ok()) s = runner_->advance();
    }
    if (!s.ok()) return s;
    return tensors.count(head) > 0 ? runner_->divergence(probe_format(), table.get())
                                   : runner_->divergence(*in_.find(head)->format, nullptr);
}

}  // namespace quern
