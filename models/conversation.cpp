// A conversation: prompts, cache reuse, the full-context rule and the generation loop.
#include "models/conversation.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "models/utf8.h"

namespace quern {
namespace {

/// A prompt's progress is shown between pieces of this size, the session's own.
constexpr size_t kPromptPiece = 256;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string counted(size_t n, const std::string& noun) {
    return std::to_string(n) + " " + noun + (n == 1 ? "" : "s");
}

bool cancelled(const AnswerEvents& events) { return events.cancel && events.cancel->load(); }

/// Takes the newest message back, on every way out, unless it is kept.
class MessageGuard {
  public:
    explicit MessageGuard(std::vector<Message>* messages) : messages_(messages) {}
    ~MessageGuard() {
        if (messages_ != nullptr) messages_->pop_back();
    }
    MessageGuard(const MessageGuard&) = delete;
    MessageGuard& operator=(const MessageGuard&) = delete;
    void keep() { messages_ = nullptr; }

  private:
    std::vector<Message>* messages_;
};

Status does_not_fit(size_t tokens, int64_t context) {
    return Status(Code::kWrongUse, "the message needs a prompt of " + counted(tokens, "token") +
                                       " but the context holds " + std::to_string(context) +
                                       ", the answer included; shorten it or raise --context");
}

}  // namespace

std::string_view finish_name(Finish finish) {
    constexpr std::array<std::string_view, 4> kNames = {"end", "length", "context", "interrupted"};
    return kNames[static_cast<size_t>(finish)];
}

Conversation::Conversation(Session* session, const Tokenizer* tokenizer,
                           const ChatTemplate* chat_template, const SamplerOptions& sampler,
                           int64_t max_tokens)
    : session_(session),
      tokenizer_(tokenizer),
      template_(chat_template),
      sampler_(sampler),
      max_tokens_(max_tokens) {}

void Conversation::reset() {
    const size_t keep = has_system() ? 1 : 0;
    messages_.erase(messages_.begin() + static_cast<std::ptrdiff_t>(keep), messages_.end());
    sampler_.reset();
}

void Conversation::set_system(const std::string& text) {
    if (!has_system()) messages_.insert(messages_.begin(), Message{"system", ""});
    messages_[0].content = text;
}

const std::string* Conversation::system() const {
    return has_system() ? &messages_[0].content : nullptr;
}

int64_t Conversation::answer_room() const {
    const int64_t quarter = std::max<int64_t>(1, session_->context() / 4);
    return max_tokens_ > 0 ? std::min(max_tokens_, quarter) : quarter;
}

Result<Conversation::Prompt> Conversation::render() const {
    Prompt prompt;
    std::vector<PromptPiece> pieces;
    if (template_) {
        pieces = template_->render(messages_, true);
    } else {
        pieces.push_back({messages_.back().content, false});
    }
    for (const PromptPiece& piece : pieces) {
        const auto special = piece.trusted ? Tokenizer::Special::kParse : Tokenizer::Special::kText;
        auto tokens = tokenizer_->encode(piece.text, special);
        if (!tokens.ok()) return tokens.status();
        prompt.text += piece.text;
        prompt.tokens.insert(prompt.tokens.end(), tokens->begin(), tokens->end());
    }
    const int32_t bos = tokenizer_->text_bos();
    if (bos >= 0 && (prompt.tokens.empty() || prompt.tokens[0] != bos)) {
        prompt.tokens.insert(prompt.tokens.begin(), bos);
    }
    return prompt;
}

bool Conversation::drop_oldest_turn() {
    const auto first = messages_.begin() + (has_system() ? 1 : 0);
    if (first == messages_.end()) return false;
    // A turn ends where the next user message begins; the current one has none behind it.
    const auto next =
        std::find_if(first + 1, messages_.end(), [](const Message& m) { return m.role == "user"; });
    if (next == messages_.end()) return false;
    messages_.erase(first, next);
    return true;
}

Result<Conversation::Prompt> Conversation::fit(size_t answer, int64_t room,
                                               const AnswerEvents& events) {
    const int64_t context = session_->context();
    std::vector<Message> all;  // before turns were dropped
    size_t dropped = 0;
    for (;;) {
        auto prompt = render();
        if (!prompt.ok()) return prompt.status();
        const int64_t size = static_cast<int64_t>(prompt->tokens.size() + answer);
        const bool fits = size + room <= context;
        if (!fits) {
            if (dropped == 0) all = messages_;
            if (drop_oldest_turn()) {
                ++dropped;
                continue;
            }
            if (size >= context) {
                messages_ = std::move(all);
                return does_not_fit(prompt->tokens.size(), context);
            }
        }
        if (dropped > 0 && events.notice) {
            events.notice("the context of " + std::to_string(context) + " tokens is full; the " +
                          (dropped == 1 ? "oldest turn was"
                                        : "oldest " + counted(dropped, "turn") + " were") +
                          " dropped");
        }
        return prompt;
    }
}

Status Conversation::evaluate(const std::vector<int32_t>& tokens, const AnswerEvents& events,
                              int64_t* evaluated) {
    // The last token gives the logits. The session may hold less than was remembered.
    const auto limit =
        std::min({tokens.size() - 1, cached_.size(), static_cast<size_t>(session_->position())});
    size_t same = 0;
    while (same < limit && tokens[same] == cached_[same]) ++same;
    session_->truncate(static_cast<int64_t>(same));
    cached_.resize(same);  // holds whatever is thrown below
    Status status;
    for (size_t at = same; at < tokens.size() && status.ok(); at += kPromptPiece) {
        const size_t n = std::min(kPromptPiece, tokens.size() - at);
        const bool more = at + n < tokens.size();
        status = session_->eval(std::span(tokens).subspan(at, n), more ? 0 : 1, events.cancel);
        if (status.ok() && more && events.progress) {
            events.progress(static_cast<int64_t>(at + n - same),
                            static_cast<int64_t>(tokens.size() - same));
        }
    }
    const size_t now = static_cast<size_t>(session_->position());
    cached_.insert(cached_.end(), tokens.begin() + static_cast<std::ptrdiff_t>(same),
                   tokens.begin() + static_cast<std::ptrdiff_t>(now));
    *evaluated = static_cast<int64_t>(now - same);
    return status;
}

Result<Answer> Conversation::ask(const std::string& text, const AnswerEvents& events) {
    if (const size_t bad = find_invalid_utf8(text); bad != std::string::npos) {
        return Status(Code::kWrongUse, "the prompt is not valid UTF-8: byte " +
                                           std::to_string(bad) + " cannot be part of a character");
    }
    if (!template_) messages_.clear();
    messages_.push_back({"user", text});
    MessageGuard question(&messages_);
    auto prompt = fit(0, answer_room(), events);
    if (prompt.ok() && prompt->tokens.empty()) {
        prompt = Status(Code::kWrongUse, "the prompt is empty; write some text");
    }
    if (!prompt.ok()) return prompt.status();
    if (events.prompt) events.prompt(prompt->text, prompt->tokens);

    Answer answer;
    answer.prompt_tokens = static_cast<int64_t>(prompt->tokens.size());
    const Clock::time_point start = Clock::now();
    Status status = evaluate(prompt->tokens, events, &answer.prompt_evaluated);
    answer.prompt_seconds = seconds_since(start);
    if (status.ok()) status = generate(events, &answer);
    if (status.code() == Code::kInterrupted) {
        answer.finish = Finish::kInterrupted;
        status = Status();
    }
    if (!status.ok()) return status;
    if (!answer.text.empty() || answer.finish != Finish::kInterrupted) {
        messages_.push_back({"assistant", answer.text});
        question.keep();
    }
    return answer;
}

Status Conversation::generate(const AnswerEvents& events, Answer* answer) {
    const Clock::time_point start = Clock::now();
    std::vector<int32_t> tokens;
    Utf8Stream characters;
    Status status;
    auto show = [&](const std::string& piece) {
        answer->text += piece;
        if (status.ok() && !piece.empty() && events.text) status = events.text(piece);
    };
    bool stop = false;
    while (!stop && status.ok()) {
        const int32_t token = sampler_.sample(session_->logits());
        if (token == Sampler::kNoToken) return no_finite_logits();
        if (tokenizer_->is_end(token)) break;
        tokens.push_back(token);
        show(characters.push(tokenizer_->decode(token)));
        if (static_cast<int64_t>(tokens.size()) == max_tokens_) {
            answer->finish = Finish::kLength;
            stop = true;
        } else if (cancelled(events)) {
            answer->finish = Finish::kInterrupted;
            stop = true;
        } else if (status.ok()) {
            status = advance(tokens, events, &answer->finish, &stop);
        }
    }
    // Half a character is shown only if the model ended there.
    if (status.ok() && answer->finish == Finish::kEnd) show(characters.finish());
    answer->answer_tokens = static_cast<int64_t>(tokens.size());
    answer->answer_seconds = seconds_since(start);
    return status;
}

Status Conversation::advance(const std::vector<int32_t>& answer, const AnswerEvents& events,
                             Finish* finish, bool* stop) {
    if (session_->position() < session_->context()) {
        const Status status = session_->eval(std::span(answer).last(1), 1, events.cancel);
        if (status.ok()) cached_.push_back(answer.back());
        return status;
    }
    auto prompt = fit(answer.size(), answer_room(), events);
    if (prompt.status().code() == Code::kWrongUse) {
        *finish = Finish::kContext;
        *stop = true;
        return Status();
    }
    if (!prompt.ok()) return prompt.status();
    std::vector<int32_t> tokens = std::move(prompt->tokens);
    tokens.insert(tokens.end(), answer.begin(), answer.end());
    int64_t evaluated = 0;
    return evaluate(tokens, events, &evaluated);
}

}  // namespace quern
