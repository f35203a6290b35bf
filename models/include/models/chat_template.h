// Chat templates: how a conversation becomes a prompt. One file per template in models/chat/ and
// one line in models/chat/registry.cpp. A template is chosen by recognising the model's own
// template text (tokenizer.chat_template); nothing from the file is ever executed.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/metadata.h"
#include "tensor/status.h"

namespace quern {

struct Message {
    std::string role;  ///< "system", "user" or "assistant"
    std::string content;
};

/// A piece of a prompt. Text that came from a user must not be able to forge control tokens, so the
/// template says for each piece whether control tokens are parsed in it. Pieces are encoded one by
/// one.
struct PromptPiece {
    std::string text;
    bool trusted = false;  ///< written by the template: control tokens are parsed
};

class ChatTemplate {
  public:
    /// The template for a model; an unknown template text is refused with its first characters, a
    /// model without one too.
    static Result<std::unique_ptr<ChatTemplate>> create(const Metadata& metadata);
    virtual ~ChatTemplate() = default;
    virtual std::string_view name() const = 0;
    /// Renders messages; with `open_answer` the prompt ends where the assistant's answer begins. A
    /// prompt of a longer conversation starts with the prompt of its beginning, so the KV cache can
    /// be reused.
    virtual std::vector<PromptPiece> render(const std::vector<Message>& messages,
                                            bool open_answer) const = 0;
    /// The system message used when a conversation has none; empty if the template adds none.
    virtual std::string default_system() const = 0;
};

}  // namespace quern
