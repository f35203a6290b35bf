// Stand-ins for a model: a session whose next token is scripted, a tokenizer of bytes, a template
// of two control characters. They let the programs' logic be tested in microseconds and with known
// answers.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "models/chat_template.h"
#include "models/session.h"
#include "models/tokenizer.h"

namespace quern::test {

/// Bytes 0..255 are themselves. Of trusted text, byte 1 is the control token kOpen and byte 2 kEnd.
class ByteTokenizer : public Tokenizer {
  public:
    static constexpr int32_t kOpen = 256;
    static constexpr int32_t kEnd = 257;
    static constexpr int32_t kBos = 258;

    explicit ByteTokenizer(bool with_bos = false) {
        vocab_size_ = 259;
        bos_ = kBos;
        eos_ = kEnd;
        add_bos_ = with_bos;
        ends_ = {kEnd};
    }
    Result<std::vector<int32_t>> encode(std::string_view text, Special special) const override {
        std::vector<int32_t> ids;
        for (const char c : text) {
            const int32_t byte = static_cast<unsigned char>(c);
            const bool control = special == Special::kParse && (byte == 1 || byte == 2);
            ids.push_back(control ? kOpen + byte - 1 : byte);
        }
        return ids;
    }
    std::string decode(int32_t id, bool) const override {
        return id < 256 ? std::string(1, static_cast<char>(id)) : "";
    }
};

/// "\1s:text\2\1u:text\2\1a:": an opening token, the role's letter, a colon, the text, a closing
/// token.
class TinyTemplate : public ChatTemplate {
  public:
    std::string_view name() const override { return "tiny"; }
    std::string default_system() const override { return ""; }
    std::vector<PromptPiece> render(const std::vector<Message>& messages,
                                    bool open_answer) const override {
        std::vector<PromptPiece> pieces;
        for (const Message& message : messages) {
            pieces.push_back({"\1" + message.role.substr(0, 1) + ":", true});
            pieces.push_back({message.content, false});
            pieces.push_back({"\2", true});
        }
        if (open_answer) pieces.push_back({"\1a:", true});
        return pieces;
    }
};

/// n tokens: 0 to 6 in turn.
inline std::vector<int32_t> counting(size_t n) {
    std::vector<int32_t> tokens;
    for (size_t i = 0; i < n; ++i) tokens.push_back(static_cast<int32_t>(i % 7));
    return tokens;
}

class FakeSession : public Session {
  public:
    /// The logits after a cache content, [vocab].
    using Logits = std::function<std::vector<float>(const std::vector<int32_t>& cache)>;

    FakeSession(int64_t context, Logits logits)
        : context_(context), make_logits_(std::move(logits)) {}
    /// Always continues with the token that `next` chooses.
    static Logits scripted(std::function<int32_t(const std::vector<int32_t>& cache)> next) {
        return [next](const std::vector<int32_t>& tokens) {
            std::vector<float> logits(259, 0.0f);
            logits[static_cast<size_t>(next(tokens))] = 1.0f;
            return logits;
        };
    }

    Status eval(std::span<const int32_t> tokens, int64_t n_logits,
                const std::atomic<bool>* cancel) override {
        if (position() + static_cast<int64_t>(tokens.size()) > context_) {
            return Status(Code::kWrongUse, "the context is too small");
        }
        evaluated.push_back(static_cast<int64_t>(tokens.size()));
        logits_.clear();
        for (size_t i = 0; i < tokens.size(); ++i) {
            if (cancel && cancel->load()) return Status(Code::kInterrupted, "cancelled");
            cache.push_back(tokens[i]);
            if (static_cast<int64_t>(tokens.size() - i) > n_logits) continue;
            const std::vector<float> row = make_logits_(cache);
            logits_.insert(logits_.end(), row.begin(), row.end());
        }
        return Status();
    }
    void select(int64_t) override {}
    int64_t selected() const override { return 0; }
    Status eval_batch(std::span<const SequenceToken>, const std::atomic<bool>*) override {
        return Status(Code::kWrongUse, "there is one sequence");
    }
    std::span<const float> logits() const override { return logits_; }
    int64_t sequences() const override { return 1; }
    int64_t position() const override { return static_cast<int64_t>(cache.size()); }
    int64_t context() const override { return context_; }
    void truncate(int64_t position) override { cache.resize(static_cast<size_t>(position)); }
    const Model& model() const override { return *no_model_; }  // never asked by what is tested
    int threads() const override { return 1; }
    Status prepare(int64_t, int64_t) override { return Status(); }
    Memory memory() const override { return {}; }
    void set_profile(Profile*) override {}

    std::vector<int32_t> cache;
    std::vector<int64_t> evaluated;  ///< tokens of each call of eval()

  private:
    int64_t context_;
    Logits make_logits_;
    std::vector<float> logits_;
    const Model* no_model_ = nullptr;
};

}  // namespace quern::test
