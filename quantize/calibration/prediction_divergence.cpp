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

std::span<const float> row_of(const Tensor& t, int64_t i) {
    return {t.row<float>(i), static_cast<size_t>(t.cols())};
}

/// Sum over the rows from `first` on.
double sum_rows_divergence(ThreadPool& pool, const Tensor& base, const Tensor& changed,
                           int64_t first) {
    std::vector<double> kl(static_cast<size_t>(base.rows()));
    std::atomic<int64_t> next{first};
    pool.run([&](int) {
        for (int64_t t = next++; t < base.rows(); t = next++) {
            kl[static_cast<size_t>(t)] = compare_rows(row_of(base, t), row_of(changed, t), 0).kl;
        }
    });
    double sum = 0;
    for (const double value : kl) sum += value;
    return sum;
}

}  // namespace

/// What a head makes of some tokens of a stream.
struct BlockRunner::Predictions {
    const Format& format;  ///< of the head
    std::byte* table;
    const ActivationStore& store;
    Graph graph;
    Tensor* x = nullptr;
    const Tensor* logits = nullptr;
    std::vector<float> sample{};  ///< [tokens, n_embd]
};

Result<double> BlockRunner::divergence(const Format* format, std::byte* table) {
    const FileTensor& head = *file_.find(architecture_->head()->name);
    Result<AlignedMemory> original = read_tiles(head);
    if (!original.ok()) return original.status();
    Predictions base{*head.format, original->get(), *reference_, Graph(pool_.size())};
    Predictions changed{table ? *format : *head.format, table ? table : original->get(), *store_,
                        Graph(pool_.size())};
    const Result<double> sum = sum_divergences(&base, &changed);
    weights_.place(head.name, *head.format, nullptr);  // the tables may go now
    if (!sum.ok()) return sum.status();
    if (!std::isfinite(sum.value())) {
        return Status(Code::kBadFile, file_.path() +
                                          ": predictions are not finite on the calibration text; "
                                          "the model is damaged");
    }
    return sum.value() / static_cast<double>(samples_.count * samples_.tokens);
}

Result<double> BlockRunner::sum_divergences(Predictions* base, Predictions* changed) {
    const int64_t width = architecture_->shape().n_embd;
    const int64_t together = std::min(kPredictedTogether, samples_.tokens);
    const std::string& head = architecture_->head()->name;
    for (Predictions* p : {base, changed}) {
        weights_.place(head, p->format, p->table);
        p->x = p->graph.input(Storage::kF32, together, width);
        p->logits = matmul(p->graph, architecture_->head(),
                           architecture_->record_output_norm(p->graph, p->x));
        p->graph.keep(p->logits);
        if (Status s = p->graph.plan(); !s.ok()) return s;
        p->sample.resize(static_cast<size_t>(samples_.tokens * width));
    }
    double sum = 0;
    for (int64_t i = 0; i < samples_.count; ++i) {
        for (Predictions* p : {base, changed}) {
            if (Status s = p->store.read(i, p->sample.data()); !s.ok()) return s;
        }
        for (int64_t done = 0; done < samples_.tokens; done += together) {
            // The last tokens overlap those before, which do not count again.
            const int64_t first = std::min(done, samples_.tokens - together);
            for (Predictions* p : {base, changed}) {
                weights_.place(head, p->format, p->table);
                std::memcpy(p->x->row<float>(0), &p->sample[static_cast<size_t>(first * width)],
                            static_cast<size_t>(together * width) * sizeof(float));
                if (!p->graph.run(pool_, active_kernels(), nullptr, options_.cancel)) {
                    return Status(Code::kInterrupted, "interrupted");
                }
            }
            sum += sum_rows_divergence(pool_, *base->logits, *changed->logits, done - first);
        }
        if (options_.progress) options_.progress(1);
    }
    return sum;
}

}  // namespace quern
