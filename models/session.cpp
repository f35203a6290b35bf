// A session: the KV cache, three cached graphs and the workers.
#include "models/session.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "arch/architecture.h"
#include "tensor/graph.h"
#include "tensor/system.h"
#include "tensor/thread_pool.h"

namespace quern {
namespace {

constexpr int64_t kDefaultContext = 4096;

/// A recorded forward pass for one shape of input.
struct Pass {
    explicit Pass(int workers) : graph(workers) {}
    int64_t n_tokens = 0;
    int64_t n_logits = 0;
    Graph graph;
    Tensor* ids = nullptr;
    Tensor* positions = nullptr;
    Tensor* logits = nullptr;
};

struct Free {
    void operator()(std::byte* p) const { std::free(p); }
};

class SessionImpl : public Session {
  public:
    SessionImpl(std::shared_ptr<const Model> model, int64_t context, int threads, int64_t chunk)
        : model_(std::move(model)), context_(context), chunk_(chunk), pool_(threads) {}

    /// Reserves the cache; calloc gives zeroed pages that are only taken as positions fill.
    Status allocate_cache(const Format& keys, const Format& values) {
        const ModelShape& s = model_->info();
        KvCache layer;
        layer.key_format = &keys;
        layer.value_format = &values;
        layer.n_kv_heads = s.n_kv_heads;
        layer.head_dim = s.head_dim;
        layer.context = context_;
        cache_bytes_ = layer.bytes() * static_cast<uint64_t>(s.n_layers);
        cache_memory_.reset(static_cast<std::byte*>(std::calloc(cache_bytes_ + 64, 1)));
        if (!cache_memory_) {
            return Status(Code::kOutOfSpace, "not enough memory for a context of " +
                                                 std::to_string(context_) + " tokens (" +
                                                 std::to_string(cache_bytes_ >> 20) +
                                                 " MiB of cache); use a smaller context");
        }
        std::byte* next = cache_memory_.get();
        next += (64 - reinterpret_cast<uintptr_t>(next) % 64) % 64;
        for (int64_t i = 0; i < s.n_layers; ++i) {
            layer.data = next;
            next += layer.bytes();
            cache_.push_back(layer);
        }
        return Status();
    }

    Status eval(std::span<const int32_t> tokens, int64_t n_logits,
                const std::atomic<bool>* cancel) override {
        if (Status s = check(tokens, n_logits); !s.ok()) return s;
        if (Status s = model_->file().check_unchanged(); !s.ok()) return s;
        logits_ = {};  // they lie in a graph that may be replaced
        const auto total = static_cast<int64_t>(tokens.size());
        for (int64_t done = 0; done < total;) {
            if (cancel != nullptr && cancel->load()) {
                return Status(Code::kInterrupted, "interrupted");
            }
            // All logits come from the last chunk, so that chunk must hold at least n_logits
            // tokens.
            int64_t n = std::min(chunk_, total - done);
            if (done + n < total) n = std::min(n, total - done - n_logits);
            const bool last = done + n == total;
            if (Status s = run(tokens.subspan(static_cast<size_t>(done), static_cast<size_t>(n)),
                               last ? n_logits : 0);
                !s.ok()) {
                return s;
            }
            done += n;
        }
        return Status();
    }

    std::span<const float> logits() const override { return logits_; }
    int64_t position() const override { return position_; }
    int64_t context() const override { return context_; }
    void truncate(int64_t position) override {
        position_ = std::clamp<int64_t>(position, 0, position_);
    }
    const Model& model() const override { return *model_; }
    int threads() const override { return pool_.size(); }
    void set_profile(Profile* profile) override { profile_ = profile; }
    Memory memory() const override {
        uint64_t scratch = 0;
        for (const auto& pass : passes_) scratch += pass ? pass->graph.memory_bytes() : 0;
        return {model_->info().weight_bytes, cache_bytes_, scratch};
    }

  private:
    Status check(std::span<const int32_t> tokens, int64_t n_logits) const {
        const auto total = static_cast<int64_t>(tokens.size());
        if (n_logits < 0 || n_logits > std::min(total, chunk_)) {
            return Status(Code::kWrongUse, "logits of " + std::to_string(n_logits) +
                                               " tokens were asked for, expected 0 to " +
                                               std::to_string(std::min(total, chunk_)));
        }
        if (total > context_ - position_) {
            return Status(Code::kWrongUse, std::to_string(total) +
                                               " tokens do not fit: " + std::to_string(position_) +
                                               " of " + std::to_string(context_) +
                                               " places of the context are taken");
        }
        for (int32_t id : tokens) {
            if (id < 0 || id >= model_->info().vocab_size) {
                return Status(Code::kWrongUse, "token id " + std::to_string(id) +
                                                   " is out of range, expected 0 to " +
                                                   std::to_string(model_->info().vocab_size - 1));
            }
        }
        return Status();
    }

    /// Evaluates one chunk.
    Status run(std::span<const int32_t> tokens, int64_t n_logits) {
        Result<Pass*> pass = pass_for(static_cast<int64_t>(tokens.size()), n_logits);
        if (!pass.ok()) return pass.status();
        Pass& p = **pass;
        std::memcpy(p.ids->data, tokens.data(), tokens.size_bytes());
        for (size_t i = 0; i < tokens.size(); ++i) {
            *p.positions->row<int32_t>(static_cast<int64_t>(i)) =
                static_cast<int32_t>(position_ + static_cast<int64_t>(i));
        }
        p.graph.run(pool_, active_kernels(), profile_);
        position_ += static_cast<int64_t>(tokens.size());
        if (p.logits != nullptr) {
            const auto n = static_cast<size_t>(n_logits * model_->info().vocab_size);
            logits_ = {p.logits->row<float>(0), n};
        }
        return Status();
    }

    /// Kept: the graph for single tokens, and the latest for chunks without and with logits.
    Result<Pass*> pass_for(int64_t n_tokens, int64_t n_logits) {
        std::unique_ptr<Pass>& pass = passes_[n_tokens == 1 ? 0 : n_logits == 0 ? 1 : 2];
        if (pass && pass->n_tokens == n_tokens && pass->n_logits == n_logits) return pass.get();
        pass.reset();
        auto fresh = std::make_unique<Pass>(pool_.size());
        fresh->n_tokens = n_tokens;
        fresh->n_logits = n_logits;
        fresh->ids = fresh->graph.input(Storage::kI32, n_tokens, 1);
        fresh->positions = fresh->graph.input(Storage::kI32, n_tokens, 1);
        fresh->logits = model_->architecture().forward(
            fresh->graph, {fresh->ids, fresh->positions, cache_, n_logits});
        if (fresh->logits != nullptr) fresh->graph.keep(fresh->logits);
        if (Status s = fresh->graph.plan(); !s.ok()) return s;
        pass = std::move(fresh);
        return pass.get();
    }

    std::shared_ptr<const Model> model_;
    int64_t context_;
    int64_t chunk_;
    ThreadPool pool_;
    std::unique_ptr<std::byte[], Free> cache_memory_;
    uint64_t cache_bytes_ = 0;
    std::vector<KvCache> cache_;  // one per layer
    std::unique_ptr<Pass> passes_[3];
    Profile* profile_ = nullptr;
    int64_t position_ = 0;
    std::span<const float> logits_;
};

Status check_cache_formats(const SessionOptions& options) {
    const Format* keys = find_format(options.cache_keys);
    const Format* values = find_format(options.cache_values);
    if (keys == nullptr) {
        return Status(Code::kWrongUse, "cache format " + options.cache_keys +
                                           " for keys is unknown; try f16, q8 or q4");
    }
    if (values == nullptr || !KvCache::can_hold_values(*values)) {
        return Status(
            Code::kWrongUse,
            "cache format " + options.cache_values +
                " cannot hold values; expected f32, f16, bf16 or a symmetric block format "
                "in groups of 32 such as q8 or q4");
    }
    return Status();
}

}  // namespace

std::span<const float> Session::last_logits() const {
    const auto vocab = static_cast<size_t>(model().info().vocab_size);
    return logits().size() < vocab ? logits() : logits().last(vocab);
}

Result<std::unique_ptr<Session>> Session::create(std::shared_ptr<const Model> model,
                                                 const SessionOptions& options) {
    constexpr int64_t kMaxContext = 1 << 24;
    constexpr int64_t kMaxChunk = 1 << 16;
    if (options.context < 0 || options.context > kMaxContext || options.chunk < 1 ||
        options.chunk > kMaxChunk) {
        return Status(Code::kWrongUse, "session options out of range: context " +
                                           std::to_string(options.context) + ", chunk " +
                                           std::to_string(options.chunk));
    }
    const Result<int> threads = check_threads(options.threads);
    if (!threads.ok()) return threads.status();
    if (Status s = check_cache_formats(options); !s.ok()) return s;
    const int64_t context = options.context > 0
                                ? options.context
                                : std::min(model->info().context_length, kDefaultContext);
    auto session =
        std::make_unique<SessionImpl>(std::move(model), context, threads.value(), options.chunk);
    const Format& keys = *find_format(options.cache_keys);
    const Format& values = *find_format(options.cache_values);
    if (Status s = session->allocate_cache(keys, values); !s.ok()) return s;
    return std::unique_ptr<Session>(std::move(session));
}

}  // namespace quern
