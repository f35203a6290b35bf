// Protocols, windows, and the pieces of a window in which logits exist.
#include "eval/window_walk.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace quern {
namespace {

constexpr std::array<PerplexityProtocol, kPerplexityProtocols> kProtocols = {{
    {"llama.cpp", 512, true, true},
    {"gptq", 2048, false, false},
}};

/// Logits of this many positions exist at a time: 25 MB per model with a vocabulary of 49152.
constexpr int64_t kLogitRows = 128;

Status too_short(size_t tokens, int64_t context) {
    return Status(Code::kWrongUse, "the text has " + std::to_string(tokens) +
                                       " tokens but one window needs " + std::to_string(context) +
                                       "; use a longer text or a smaller --context");
}

class Walk {
  public:
    Walk(std::span<Session* const> sessions, const WalkOptions& options,
         const std::function<void(const ScoredRows&)>& score, int64_t windows, Walked* walked)
        : sessions_(sessions), options_(options), score_(score), walked_(walked) {
        total_ = windows * (options.protocol.context - 1);
        logits_.resize(sessions.size());
    }

    Status window(std::span<const int32_t> tokens) {
        const int64_t n = static_cast<int64_t>(tokens.size());
        const int64_t first = options_.protocol.second_half_only ? n / 2 : 0;
        for (Session* session : sessions_) session->truncate(0);
        if (first > 0) {
            if (Status s = eval(tokens.first(static_cast<size_t>(first)), 0); !s.ok()) return s;
        }
        // The last token is only a target.
        for (int64_t begin = first; begin < n - 1; begin += kLogitRows) {
            const size_t rows = static_cast<size_t>(std::min(kLogitRows, n - 1 - begin));
            const size_t at = static_cast<size_t>(begin);
            const Status s = eval(tokens.subspan(at, rows), static_cast<int64_t>(rows));
            if (!s.ok()) return s;
            score_({logits_, tokens.subspan(at + 1, rows)});
            advance(rows);
        }
        ++walked_->windows;
        return Status();
    }

  private:
    Status eval(std::span<const int32_t> tokens, int64_t n_logits) {
        for (size_t s = 0; s < sessions_.size(); ++s) {
            const Status status = sessions_[s]->eval(tokens, n_logits, options_.cancel);
            if (!status.ok()) return status;
            logits_[s] = sessions_[s]->logits();
        }
        if (n_logits == 0) advance(tokens.size());
        return Status();
    }

    void advance(size_t tokens) {
        walked_->evaluated += static_cast<int64_t>(tokens);
        if (options_.progress) options_.progress(walked_->evaluated, total_);
    }

    std::span<Session* const> sessions_;
    const WalkOptions& options_;
    const std::function<void(const ScoredRows&)>& score_;
    Walked* walked_;
    int64_t total_;
    std::vector<std::span<const float>> logits_;
};

}  // namespace

std::span<const PerplexityProtocol> perplexity_protocols() { return kProtocols; }

const PerplexityProtocol* find_perplexity_protocol(std::string_view name) {
    for (const PerplexityProtocol& protocol : kProtocols) {
        if (protocol.name == name) return &protocol;
    }
    return nullptr;
}

Status walk_windows(std::span<Session* const> sessions, std::span<const int32_t> text,
                    const WalkOptions& options, const std::function<void(const ScoredRows&)>& score,
                    Walked* walked) {
    const int64_t context = options.protocol.context;
    int64_t windows = static_cast<int64_t>(text.size()) / context;
    if (windows == 0) return too_short(text.size(), context);
    if (options.max_windows > 0) windows = std::min(windows, options.max_windows);
    Walk walk(sessions, options, score, windows, walked);
    for (int64_t w = 0; w < windows; ++w) {
        const auto part =
            text.subspan(static_cast<size_t>(w * context), static_cast<size_t>(context));
        std::vector<int32_t> window(part.begin(), part.end());
        if (options.protocol.bos_in_each_window && options.bos >= 0) window[0] = options.bos;
        if (Status s = walk.window(window); !s.ok()) return s;
    }
    return Status();
}

}  // namespace quern
