// One run of the samples as the reference, one for every kind.
#include "allocation/kind_probe.h"

#include <algorithm>
#include <new>

#include "methods/methods.h"
#include "parallel.h"
#include "spread_evenly.h"
#include "tile_encoder.h"

namespace quern {
namespace {

/// Four samples of 512 tokens tell the divergence of a kind to about a tenth.
constexpr int64_t kProbeSamples = 4;

std::unique_ptr<const Rounding> probe_rounding() {
    return nearest_rounding(probe_format(), nullptr, GridChoice::kRange);
}

}  // namespace

const Format& probe_format() { return *find_format("q4m_g64d"); }

int64_t KindProbe::samples_of(const Samples& samples) {
    return std::min(kProbeSamples, samples.count);
}

Result<std::unique_ptr<KindProbe>> KindProbe::create(const ModelFile& in, const Samples& samples,
                                                     const QuantizeOptions& options,
                                                     const std::string& folder,
                                                     std::function<void(int64_t)> progress) {
    Samples few = samples;
    few.count = samples_of(samples);
    few.ids.clear();
    for (int64_t i = 0; i < few.count; ++i) {
        const auto sample = samples.sample(spread_evenly(i, few.count, samples.count));
        few.ids.insert(few.ids.end(), sample.begin(), sample.end());
    }
    RunnerOptions runner;
    runner.threads = options.threads;
    runner.max_memory = options.calibration.max_memory;
    runner.folder = folder;
    runner.needs.predictions = true;
    runner.allow_nonfinite = options.allow_nonfinite;
    runner.cancel = options.cancel;
    runner.progress = std::move(progress);
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
        format.decode_tile(stored.data(), rows, cols, values.data());
        pack_tile(values.data(), rows, cols, tensor->tile(i));
        return Status();
    });
}

Result<double> KindProbe::divergence(const std::set<std::string>& tensors) {
    const FileTensor& embedding = *in_.find(runner_->architecture().embedding()->name);
    const FileTensor& head = *in_.find(runner_->architecture().head()->name);
    Status s;
    if (tensors.count(embedding.name) > 0) {
        const auto table = round_table(embedding);
        s = table.ok() ? runner_->embed(probe_format(), table.value().get()) : table.status();
    } else {
        s = runner_->embed();
    }
    for (int64_t i = 0; s.ok() && i < n_layers(); ++i) {
        s = runner_->load(i);
        for (LayerTensor& t : runner_->tensors().all()) {
            if (s.ok() && tensors.count(t.source->name) > 0) s = round_values(&t);
        }
        if (s.ok()) s = runner_->advance();
    }
    if (!s.ok()) return s;
    if (tensors.count(head.name) == 0) return runner_->divergence(nullptr, nullptr);
    const auto table = round_table(head);
    if (!table.ok()) return table.status();
    return runner_->divergence(&probe_format(), table.value().get());
}

}  // namespace quern
