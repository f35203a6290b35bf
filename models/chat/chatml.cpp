// ChatML, see chatml.h. Only the tags are trusted pieces. Role and content of a message are one
// untrusted piece, "user\nHello": no text in them can forge a tag, and they become the same tokens
// as in the whole prompt, where "\n" may join with white space at the start of the content. An
// answer is a piece of its own: it was generated after "assistant\n", so the cached tokens stay a
// prefix of later prompts.
#include "chat/chatml.h"

#include <string>
#include <utility>

namespace quern {
namespace {

constexpr std::string_view kStart = "<|im_start|>";
constexpr std::string_view kEnd = "<|im_end|>";

// The rest of a Jinja string after its first characters, up to kEnd; empty unless all of it is
// literal text. `quote` is the string's quotation mark.
std::string read_string(std::string_view rest, char quote) {
    std::string out;
    for (size_t i = 0; i < rest.size(); ++i) {
        if (rest.substr(i).starts_with(kEnd)) return out;
        if (rest[i] == quote) return {};
        if (rest[i] != '\\') {
            out += rest[i];
            continue;
        }
        if (++i == rest.size()) return {};
        if (rest[i] != 'n' && rest[i] != '\\' && rest[i] != '\'' && rest[i] != '"') return {};
        out += rest[i] == 'n' ? '\n' : rest[i];
    }
    return {};
}

// The same for text outside of Jinja's {{ }} and {% %}.
std::string read_text(std::string_view rest) {
    const std::string_view literal = rest.substr(0, rest.find('{'));
    const size_t end = literal.find(kEnd);
    return end == std::string_view::npos ? std::string() : std::string(literal.substr(0, end));
}

// The first system message that the template holds as literal text: what it adds to a conversation
// without one. The file has real newlines or, within quotation marks, the two characters "\n".
std::string find_default_system(std::string_view source) {
    const std::string opening = std::string(kStart) + "system";
    const size_t last_end = source.rfind(kEnd);
    if (last_end == std::string_view::npos) return {};
    // Behind the last end nothing can be whole.
    for (size_t at = source.find(opening); at < last_end; at = source.find(opening, at + 1)) {
        const std::string_view rest = source.substr(at + opening.size());
        const char before = at > 0 ? source[at - 1] : ' ';
        const bool in_string = before == '\'' || before == '"';
        const size_t newline = rest.starts_with('\n')                 ? 1
                               : in_string && rest.starts_with("\\n") ? 2
                                                                      : 0;
        if (newline == 0) continue;
        const std::string text =
            in_string ? read_string(rest.substr(newline), before) : read_text(rest.substr(newline));
        if (!text.empty()) return text;
    }
    return {};
}

class ChatMl : public ChatTemplate {
  public:
    explicit ChatMl(std::string_view source) : default_system_(find_default_system(source)) {}
    std::string_view name() const override { return "chatml"; }
    std::string default_system() const override { return default_system_; }
    std::vector<PromptPiece> render(const std::vector<Message>& messages,
                                    bool open_answer) const override;

  private:
    std::string default_system_;
};

std::vector<PromptPiece> ChatMl::render(const std::vector<Message>& messages,
                                        bool open_answer) const {
    std::vector<PromptPiece> pieces;
    const auto add_message = [&](const std::string& role, const std::string& content) {
        pieces.push_back({std::string(kStart), true});
        pieces.push_back({role + "\n", false});
        if (role == "assistant") {
            pieces.push_back({content, false});
        } else {
            pieces.back().text += content;
        }
        pieces.push_back({std::string(kEnd) + "\n", true});
    };
    const bool add_system = !messages.empty() && messages.front().role != "system";
    if (add_system && !default_system_.empty()) add_message("system", default_system_);
    for (const Message& message : messages) add_message(message.role, message.content);
    if (open_answer) {
        pieces.push_back({std::string(kStart), true});
        pieces.push_back({"assistant\n", false});
    }
    return pieces;
}

}  // namespace

bool is_chatml(std::string_view source) {
    return source.find(kStart) != std::string_view::npos &&
           source.find(kEnd) != std::string_view::npos;
}

std::unique_ptr<ChatTemplate> create_chatml(std::string_view source) {
    return std::make_unique<ChatMl>(source);
}

}  // namespace quern
