// Evaluation of a model: KV cache, scratch memory, workers. A session holds one sequence of tokens,
// or several, which eval_batch() extends together: weights are read once for all. Not thread-safe;
// sessions of one model are independent of each other. A sequence's results do not depend on the
// number of threads, on how its tokens are split between calls, nor on other sequences.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "models/model.h"
#include "tensor/profile.h"
#include "tensor/status.h"

namespace quern {

struct SessionOptions {
    int64_t context = 0;  ///< tokens of a sequence that the KV cache holds; 0: min(the model's
                          ///< context length, 4096)
    int threads = 0;      ///< 0: default_threads()
    int64_t chunk = 256;  ///< prompt tokens evaluated at once: more is faster, takes more scratch
    std::string cache_keys{};    ///< format of cached keys: any; empty: choose_cache_formats()
    std::string cache_values{};  ///< f32, f16, bf16 or symmetric: q8, q4 ...; or empty
    int64_t sequences = 1;
};

/// Fills in formats that are empty: bf16 where has_bf16_products() and all products of layers round
/// their inputs anyway, which makes long prompts faster; else f16, which has more bits.
void choose_cache_formats(const Model& model, SessionOptions* options);

/// The format of cached values with that name. Their scales lie beside their tiles
/// (tensor/kv_cache.h): of a symmetric format only the bits matter, and it is held in that with one
/// scale per row. Null: there is none that holds values.
const Format* find_value_format(std::string_view name);

/// A token for one of a session's sequences.
struct SequenceToken {
    int32_t sequence;
    int32_t token;
};

class Session {
  public:
    static Result<std::unique_ptr<Session>> create(std::shared_ptr<const Model> model,
                                                   const SessionOptions& options);
    virtual ~Session() = default;

    /// eval(), position() and truncate() are about this sequence from now on; at first it is 0.
    virtual void select(int64_t sequence) = 0;
    virtual int64_t selected() const = 0;

    /// Appends tokens to the sequence and computes the logits of the last `n_logits` of them
    /// (0 <= n_logits <= min(tokens.size(), options.chunk)). Fails, with position() unchanged, if a
    /// token is out of range or the context is too small.
    /// If *cancel becomes true, which another thread or a signal handler may do at any time, it
    /// stops with kInterrupted within milliseconds, without logits. position() says how many tokens
    /// are in the cache: those of the chunks that were finished, none of the one that was not. The
    /// session can go on from there.
    virtual Status eval(std::span<const int32_t> tokens, int64_t n_logits = 1,
                        const std::atomic<bool>* cancel = nullptr) = 0;
    /// Appends a token each to different sequences. Logits are in the order of `tokens`. Fails or
    /// is cancelled as eval() is, as a whole: all tokens are in the cache, or none.
    virtual Status eval_batch(std::span<const SequenceToken> tokens,
                              const std::atomic<bool>* cancel = nullptr) = 0;
    /// Logits of the last evaluation, [n_logits, vocab_size]; valid until the next.
    virtual std::span<const float> logits() const = 0;
    /// The last row of logits().
    std::span<const float> last_logits() const;

    virtual int64_t sequences() const = 0;
    virtual int64_t position() const = 0;  ///< tokens in the cache
    virtual int64_t context() const = 0;   ///< its size
    /// Forgets all tokens from `position` on.
    virtual void truncate(int64_t position) = 0;

    virtual const Model& model() const = 0;
    virtual int threads() const = 0;
    /// Plans the evaluation of so many tokens ahead of it, so that memory() counts what it takes.
    /// Fails if eval() could not give so many logits; ends the validity of logits().
    virtual Status prepare(int64_t n_tokens, int64_t n_logits = 1) = 0;
    struct Memory {
        uint64_t weights, cache;  ///< bytes
        uint64_t scratch;         ///< the most that evaluations took, or will if prepared
    };
    virtual Memory memory() const = 0;
    /// From now on every evaluation adds to *profile (which the caller keeps alive); nullptr ends
    /// it.
    virtual void set_profile(Profile* profile) = 0;
};

}  // namespace quern
