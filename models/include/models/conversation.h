// A conversation: messages -> prompt tokens -> answer, with the KV cache reused between turns.
//
// Cache: the token ids in the cache are remembered; a new prompt is evaluated only from where it
// differs from them.
// Full context: when the prompt and room for an answer (a quarter of the context, or the answer's
// limit if that is less) do not fit, the oldest turns are dropped, never the system message, and a
// notice says so. An answer that reaches the end of the context drops older turns too and goes on;
// if there are none it stops.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/chat_template.h"
#include "models/sampler.h"
#include "models/session.h"
#include "models/tokenizer.h"
#include "tensor/status.h"

namespace quern {

enum class Finish {
    kEnd,          ///< the model ended its answer
    kLength,       ///< the limit on tokens
    kContext,      ///< the context is full and nothing older can be dropped
    kInterrupted,  ///< the cancel flag
};
std::string_view finish_name(Finish finish);

struct Answer {
    std::string text;
    Finish finish = Finish::kEnd;
    int64_t prompt_tokens = 0;     ///< of the whole prompt
    int64_t prompt_evaluated = 0;  ///< of them, not found in the cache
    int64_t answer_tokens = 0;
    double prompt_seconds = 0;
    double answer_seconds = 0;
};

/// Called while an answer is made; empty functions are skipped.
struct AnswerEvents {
    /// Whole UTF-8 characters of the answer. A failure stops the answer and is returned by ask().
    std::function<Status(std::string_view)> text;
    /// One sentence about what happened to the conversation.
    std::function<void(const std::string&)> notice;
    /// The prompt as it goes to the model.
    std::function<void(const std::string& text, const std::vector<int32_t>& tokens)> prompt;
    /// After each piece of a long prompt.
    std::function<void(int64_t done, int64_t total)> progress;
    const std::atomic<bool>* cancel = nullptr;
};

class Conversation {
  public:
    /// The pointers must outlive the conversation. Without a template every prompt stands alone and
    /// is continued as plain text.
    Conversation(Session* session, const Tokenizer* tokenizer, const ChatTemplate* chat_template,
                 const SamplerOptions& sampler, int64_t max_tokens);

    /// Asks and answers. If it fails or is interrupted before the first piece of an answer, the
    /// conversation is as before (older turns may have been dropped). A message that does not fit
    /// the context by itself, or is not UTF-8, is kWrongUse.
    Result<Answer> ask(const std::string& text, const AnswerEvents& events);

    /// Forgets everything but the system message, and restarts the sampler.
    void reset();
    /// Takes effect with the next prompt; nothing is forgotten.
    void set_system(const std::string& text);
    /// nullptr: none was set.
    const std::string* system() const;
    const std::vector<Message>& messages() const { return messages_; }
    void set_messages(std::vector<Message> messages) { messages_ = std::move(messages); }

    /// Hold from the next answer on.
    void set_sampler(const SamplerOptions& options) { sampler_ = Sampler(options); }
    void set_max_tokens(int64_t max_tokens) { max_tokens_ = max_tokens; }
    /// To be called when somebody else changed the session's cache.
    void forget_cache() { cached_.clear(); }

    const Session& session() const { return *session_; }

  private:
    struct Prompt {
        std::string text;
        std::vector<int32_t> tokens;
    };
    Result<Prompt> render() const;
    bool has_system() const { return !messages_.empty() && messages_[0].role == "system"; }
    bool drop_oldest_turn();
    /// Renders, dropping old turns until `answer` and `room` more tokens fit, or at least one if
    /// nothing is left to drop.
    Result<Prompt> fit(size_t answer, int64_t room, const AnswerEvents& events);
    /// Brings the cache to hold exactly `tokens`, with the logits of the last.
    Status evaluate(const std::vector<int32_t>& tokens, const AnswerEvents& events,
                    int64_t* evaluated);
    Status generate(const AnswerEvents& events, Answer* answer);
    /// Evaluates the answer's newest token; makes room if the context is full.
    Status advance(const std::vector<int32_t>& answer, const AnswerEvents& events, Finish* finish,
                   bool* stop);
    int64_t answer_room() const;

    Session* session_;
    const Tokenizer* tokenizer_;
    const ChatTemplate* template_;
    Sampler sampler_;
    int64_t max_tokens_;  // 0: no limit
    std::vector<Message> messages_;
    std::vector<int32_t> cached_;  // what the session's cache holds
};

}  // namespace quern
