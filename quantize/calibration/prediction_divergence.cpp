// Two heads on two streams, some tokens at a time.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>

#include "calibration/block_runner.h"
#include "models/row_divergence.h"
#include "tensor/ops.h"
#include "tensor/system.h"

namespace quern {
namespace {

/// A head's logits of some tokens of a stream.
struct Predictions {
    explicit Predictions(int threads) : graph(threads) {}

    Graph graph;
    Tensor* x = nullptr;
    const Tensor* logits = nullptr;
    std::vector<float> sample;  ///< [tokens, n_embd]
};

std::span<const float> row_of(const Tensor& t, int64_t i) {
    return {t.row<float>(i), static_cast<size_t>(t.cols())};
}

}  // namespace

Result<double> BlockRunner::divergence(const Format& format, std::byte* table) {
    const FileTensor& head = *file_.find(architecture_->head()->name);
    Result<AlignedMemory> original = read_tiles(head);
    if (!original.ok()) return original.status();
    struct Side {
        const Format* format;
        std::byte* table;
        const ActivationStore* store;
        Predictions predictions;
    };
    Side sides[] = {
        {head.format, original->get(), reference_.get(), Predictions(pool_.size())},
        {&format, table ? table : original->get(), store_.get(), Predictions(pool_.size())}};
    const int64_t width = architecture_->shape().n_embd;
    const int64_t together = std::min(kPredictedTogether, samples_.tokens);
    for (Side& side : sides) {
        weights_.place(head.name, *side.format, side.table);
        Predictions& p = side.predictions;
        p.x = p.graph.input(Storage::kF32, together, width);
        const Tensor* read = architecture_->record_output_norm(p.graph, p.x);
        p.logits = matmul(p.graph, architecture_->head(), read);
        p.graph.keep(p.logits);
        if (Status s = p.graph.plan(); !s.ok()) return s;
        p.sample.resize(static_cast<size_t>(samples_.tokens * width));
    }
    double sum = 0;
    std::vector<double> kl(static_cast<size_t>(together));
    for (int64_t i = 0; i < samples_.count; ++i) {
        for (Side& side : sides) {
            if (Status s = side.store->read(i, side.predictions.sample.data()); !s.ok()) return s;
        }
        for (int64_t done = 0; done < samples_.tokens; done += together) {
            // The last tokens overlap those before, which do not count again.
            const int64_t first = std::min(done, samples_.tokens - together);
            for (Side& side : sides) {
                weights_.place(head.name, *side.format, side.table);
                Predictions& p = side.predictions;
                std::memcpy(p.x->row<float>(0), &p.sample[static_cast<size_t>(first * width)],
                            static_cast<size_t>(together * width) * sizeof(float));
                if (!p.graph.run(pool_, active_kernels(), nullptr, options_.cancel)) {
                    return Status(Code::kInterrupted, "interrupted");
                }
            }
            std::atomic<int64_t> next{done - first};
            pool_.run([&](int) {
                for (int64_t t = next++; t < together; t = next++) {
                    kl[static_cast<size_t>(t)] = row_kl(row_of(*sides[0].predictions.logits, t),
                                                        row_of(*sides[1].predictions.logits, t));
                }
            });
            for (int64_t t = done - first; t < together; ++t) sum += kl[static_cast<size_t>(t)];
        }
    }
    weights_.place(head.name, *head.format, nullptr);  // the tables may go now
    if (!std::isfinite(sum)) {
        return Status(Code::kBadFile, file_.path() +
                                          ": predictions are not finite on the calibration text; "
                                          "the model is damaged");
    }
    return sum / static_cast<double>(samples_.count * samples_.tokens);
}

}  // namespace quern
