// A session: the KV cache, three cached graphs and the workers.
#include "models/session.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>
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
    SessionImpl(std::shared_ptr<const Model> model, int64_t context, int threads,
                const SessionOptions& options)
        : model_(std::move(model)),
          context_(context),
          chunk_(options.chunk),
          pool_(threads),
          positions_(static_cast<size_t>(options.sequences)) {}

    /// Reserves the cache; calloc gives zeroed pages that are only taken as positions fill.
    Status allocate_cache(const Format& keys, const Format& values) {
        const ModelShape& s = model_->info();
        KvCache layer;
        layer.key_format = &keys;
        layer.value_format = &values;
        layer.n_kv_heads = s.n_kv_heads;
        layer.head_dim = s.head_dim;
        layer.context = context_;
        layer.n_sequences = sequences();
        auto rotation = Rotation::create(s.head_dim, 1);
        if (rotation.ok()) {  // else the heads' size has none
            rotation_ = std::move(*rotation);
            // Some channels of keys are many times as large as the others. Values are more even:
            // 8 bits hold them as well as they are.
            if (keys.is_block()) layer.key_rotation = &*rotation_;
            if (values.is_block() && values.bits < 8) layer.value_rotation = &*rotation_;
        }
        cache_bytes_ = layer.bytes() * static_cast<uint64_t>(s.n_layers);
        cache_memory_.reset(static_cast<std::byte*>(std::calloc(cache_bytes_ + 64, 1)));
        if (!cache_memory_) {
            return Status(Code::kOutOfSpace, "not enough memory for a context of " +
                                                 std::to_string(context_ * sequences()) +
                                                 " tokens (" + std::to_string(cache_bytes_ >> 20) +
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
            const int64_t n = next_chunk(total - done, n_logits);
            const bool last = done + n == total;
            input_.clear();
            for (int64_t i = done; i < done + n; ++i) input_.push_back({selected_, tokens[i]});
            if (Status s = run(input_, last ? n_logits : 0, cancel); !s.ok()) return s;
            done += n;
        }
        return Status();
    }

    Status prepare(int64_t n_tokens, int64_t n_logits) override {
        if (Status s = check_sizes(n_tokens, n_logits); !s.ok()) return s;
        logits_ = {};
        for (int64_t left = n_tokens, n; left > 0; left -= n) {
            n = next_chunk(left, n_logits);
            if (auto pass = pass_for(n, n == left ? n_logits : 0); !pass.ok()) return pass.status();
        }
        return Status();
    }

    Status eval_batch(std::span<const SequenceToken> tokens,
                      const std::atomic<bool>* cancel) override {
        if (Status s = check_batch(tokens); !s.ok()) return s;
        if (Status s = model_->file().check_unchanged(); !s.ok()) return s;
        logits_ = {};
        return run(tokens, static_cast<int64_t>(tokens.size()), cancel);
    }

    std::span<const float> logits() const override { return logits_; }
    void select(int64_t sequence) override {
        selected_ = static_cast<int32_t>(std::clamp<int64_t>(sequence, 0, sequences() - 1));
    }
    int64_t selected() const override { return selected_; }
    int64_t sequences() const override { return static_cast<int64_t>(positions_.size()); }
    int64_t position() const override { return positions_[static_cast<size_t>(selected_)]; }
    int64_t context() const override { return context_; }
    void truncate(int64_t position) override {
        int64_t& end = positions_[static_cast<size_t>(selected_)];
        end = std::clamp<int64_t>(position, 0, end);
    }
    const Model& model() const override { return *model_; }
    int threads() const override { return pool_.size(); }
    void set_profile(Profile* profile) override { profile_ = profile; }
    Memory memory() const override {
        return {model_->info().weight_bytes, cache_bytes_, most_scratch_};
    }

  private:
    /// Tokens to evaluate next of those that are left: all logits come from the last chunk.
    int64_t next_chunk(int64_t left, int64_t n_logits) const {
        return left <= chunk_ ? left : std::min(chunk_, left - n_logits);
    }

    Status check_sizes(int64_t n_tokens, int64_t n_logits) const {
        const int64_t most = std::min(n_tokens, chunk_);
        if (n_logits >= 0 && n_logits <= most) return Status();
        return Status(Code::kWrongUse, "logits of " + std::to_string(n_logits) +
                                           " tokens were asked for, expected 0 to " +
                                           std::to_string(most));
    }

    Status check(std::span<const int32_t> tokens, int64_t n_logits) const {
        const auto total = static_cast<int64_t>(tokens.size());
        if (Status s = check_sizes(total, n_logits); !s.ok()) return s;
        if (Status s = check_room(position(), total); !s.ok()) return s;
        for (int32_t id : tokens) {
            if (Status s = check_id(id); !s.ok()) return s;
        }
        return Status();
    }

    Status check_batch(std::span<const SequenceToken> tokens) const {
        std::vector<bool> used(positions_.size());
        if (tokens.empty()) return Status(Code::kWrongUse, "a batch of no tokens was given");
        for (const SequenceToken& t : tokens) {
            if (t.sequence < 0 || t.sequence >= sequences() || used[t.sequence]) {
                return Status(Code::kWrongUse, "sequence " + std::to_string(t.sequence) +
                                                   " in a batch, expected different ones of 0 to " +
                                                   std::to_string(sequences() - 1));
            }
            used[t.sequence] = true;
            if (Status s = check_room(positions_[t.sequence], 1); !s.ok()) return s;
            if (Status s = check_id(t.token); !s.ok()) return s;
        }
        return Status();
    }

    Status check_room(int64_t position, int64_t n) const {
        if (n <= context_ - position) return Status();
        return Status(Code::kWrongUse,
                      std::to_string(n) + " tokens do not fit: " + std::to_string(position) +
                          " of " + std::to_string(context_) + " places of the context are taken");
    }

    Status check_id(int32_t id) const {
        const int64_t vocab = model_->info().vocab_size;
        if (id >= 0 && id < vocab) return Status();
        return Status(Code::kWrongUse, "token id " + std::to_string(id) +
                                           " is out of range, expected 0 to " +
                                           std::to_string(vocab - 1));
    }

    /// Evaluates one chunk, or one token of several sequences. What a cancelled run has written
    /// into the cache lies behind the sequences' ends, where every position is written before it is
    /// read.
    Status run(std::span<const SequenceToken> tokens, int64_t n_logits,
               const std::atomic<bool>* cancel) {
        Result<Pass*> pass = pass_for(static_cast<int64_t>(tokens.size()), n_logits);
        if (!pass.ok()) return pass.status();
        Pass& p = **pass;
        next_ = positions_;
        for (size_t i = 0; i < tokens.size(); ++i) {
            const auto [sequence, token] = tokens[i];
            const auto row = static_cast<int64_t>(i);
            *p.ids->row<int32_t>(row) = token;
            p.positions->row<int32_t>(row)[0] = static_cast<int32_t>(next_[sequence]++);
            p.positions->row<int32_t>(row)[1] = sequence;
        }
        if (!p.graph.run(pool_, active_kernels(), profile_, cancel)) {
            return Status(Code::kInterrupted, "interrupted");
        }
        positions_ = next_;
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
        fresh->positions = fresh->graph.input(Storage::kI32, n_tokens, 2);
        fresh->logits = model_->architecture().forward(
            fresh->graph, {fresh->ids, fresh->positions, cache_, n_logits});
        if (fresh->logits != nullptr) fresh->graph.keep(fresh->logits);
        if (Status s = fresh->graph.plan(); !s.ok()) return s;
        pass = std::move(fresh);
        uint64_t scratch = 0;
        for (const auto& p : passes_) scratch += p ? p->graph.memory_bytes() : 0;
        most_scratch_ = std::max(most_scratch_, scratch);
        return pass.get();
    }

    std::shared_ptr<const Model> model_;
    int64_t context_;
    int64_t chunk_;
    ThreadPool pool_;
    std::unique_ptr<std::byte[], Free> cache_memory_;
    uint64_t cache_bytes_ = 0;
    std::optional<Rotation> rotation_;
    std::vector<KvCache> cache_;  // one per layer
    std::unique_ptr<Pass> passes_[3];
    uint64_t most_scratch_ = 0;
    Profile* profile_ = nullptr;
    std::vector<int64_t> positions_;  ///< where every sequence ends
    std::vector<int64_t> next_;       ///< where it will end when the run is over
    int32_t selected_ = 0;
    std::vector<SequenceToken> input_;  ///< of eval()
    std::span<const float> logits_;
};

bool takes_exact_inputs(const Tensor* weight) {
    return weight->storage == Storage::kTiles && weight->format->inputs == InputKind::kF32;
}

const char* default_cache_format(const Model& model) {
    if (!has_bf16_products()) return "f16";
    for (int64_t i = 0; i < model.info().n_layers; ++i) {
        const std::vector<const Tensor*> layer = model.architecture().layer_tensors(i);
        if (std::any_of(layer.begin(), layer.end(), takes_exact_inputs)) return "f16";
    }
    return "bf16";
}

Status check_cache_formats(const SessionOptions& options) {
    const Format* keys = find_format(options.cache_keys);
    if (keys == nullptr) {
        return Status(Code::kWrongUse, "cache format " + options.cache_keys +
                                           " for keys is unknown; try f16, q8 or q4");
    }
    if (find_value_format(options.cache_values) == nullptr) {
        return Status(
            Code::kWrongUse,
            "cache format " + options.cache_values +
                " cannot hold values; expected f32, f16, bf16 or a symmetric block format, "
                "such as q8 or q4");
    }
    return Status();
}

}  // namespace

void choose_cache_formats(const Model& model, SessionOptions* options) {
    for (std::string* format : {&options->cache_keys, &options->cache_values}) {
        if (format->empty()) *format = default_cache_format(model);
    }
}

const Format* find_value_format(std::string_view name) {
    const Format* f = find_format(name);
    if (f == nullptr || !KvCache::can_hold_values(*f)) return nullptr;
    return f->is_block() ? find_format("q" + std::to_string(f->bits) + "_row") : f;
}

std::span<const float> Session::last_logits() const {
    const auto vocab = static_cast<size_t>(model().info().vocab_size);
    return logits().size() < vocab ? logits() : logits().last(vocab);
}

Result<std::unique_ptr<Session>> Session::create(std::shared_ptr<const Model> model,
                                                 const SessionOptions& wanted) {
    SessionOptions options = wanted;
    choose_cache_formats(*model, &options);
    constexpr int64_t kMaxContext = 1 << 24;
    constexpr int64_t kMaxChunk = 1 << 16;
    constexpr int64_t kMaxSequences = 1 << 10;
    if (options.context < 0 || options.context > kMaxContext || options.chunk < 1 ||
        options.chunk > kMaxChunk || options.sequences < 1 || options.sequences > kMaxSequences) {
        return Status(Code::kWrongUse, "session options out of range: context " +
                                           std::to_string(options.context) + ", chunk " +
                                           std::to_string(options.chunk) + ", sequences " +
                                           std::to_string(options.sequences));
    }
    const Result<int> threads = check_threads(options.threads);
    if (!threads.ok()) return threads.status();
    if (Status s = check_cache_formats(options); !s.ok()) return s;
    const int64_t context = options.context > 0
                                ? options.context
                                : std::min(model->info().context_length, kDefaultContext);
    auto session =
        std::make_unique<SessionImpl>(std::move(model), context, threads.value(), options);
    const Format& keys = *find_format(options.cache_keys);
    const Format& values = *find_value_format(options.cache_values);
    if (Status s = session->allocate_cache(keys, values); !s.ok()) return s;
    return std::unique_ptr<Session>(std::move(session));
}

}  // namespace quern
