// The walk over a text that every measure on text shares: which windows it is cut into, which
// predictions count, and the logits of several models at the same positions. A number depends on
// how the text is cut and on which tokens count, hence the protocols:
//
//   llama.cpp  windows of 512, each from an empty cache, token 0 replaced by BOS if the model wants
//              one; positions 256..510 predict tokens 257..511, the rest does not count
//   gptq       windows of 2048, each from an empty cache; positions 0..2046 predict tokens 1..2047;
//              BOS only where the text begins
//
// An incomplete last window is left out.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "models/session.h"
#include "tensor/status.h"

namespace quern {

struct PerplexityProtocol {
    std::string_view name;
    int64_t context;          ///< tokens per window
    bool second_half_only;    ///< skip the predictions of the first half
    bool bos_in_each_window;  ///< replaces the window's first token
};
inline constexpr size_t kPerplexityProtocols = 2;
std::span<const PerplexityProtocol> perplexity_protocols();
const PerplexityProtocol* find_perplexity_protocol(std::string_view name);

struct WalkOptions {
    PerplexityProtocol protocol;
    int64_t max_windows = 0;  ///< 0: all
    int32_t bos = -1;         ///< -1: the model wants none
    /// After each piece of a window, counting the tokens of one model.
    std::function<void(int64_t tokens_done, int64_t tokens_total)> progress;
    const std::atomic<bool>* cancel = nullptr;
};

/// Consecutive predictions. logits[s] [targets.size(), vocab_size] of session s.
struct ScoredRows {
    std::span<const std::span<const float>> logits;
    std::span<const int32_t> targets;
};

/// How far a walk came.
struct Walked {
    int64_t windows = 0;    ///< whole ones
    int64_t evaluated = 0;  ///< tokens that went through each model
};

/// Calls `score` with all predictions of `text` that count, in order. `text` holds the tokens of a
/// whole text, begun with BOS if the model wants one. Empties the sessions' caches. Fails if the
/// text is shorter than one window; kInterrupted if cancelled, with *walked so far.
Status walk_windows(std::span<Session* const> sessions, std::span<const int32_t> text,
                    const WalkOptions& options, const std::function<void(const ScoredRows&)>& score,
                    Walked* walked);

}  // namespace quern
