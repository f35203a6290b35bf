// Which chat template a model file gets: the first entry that recognises tokenizer.chat_template.
// Adding one: its file, and one line here.
#include "chat/registry.h"

#include <string>

#include "chat/chatml.h"
#include "tensor/quoted.h"

namespace quern {
namespace {

/// Far above any real template; bounds the time that searching one takes.
constexpr size_t kMaxTemplateBytes = 64 * 1024;

constexpr ChatTemplateEntry kTemplates[] = {
    {"chatml", is_chatml, create_chatml},
};

}  // namespace

std::span<const ChatTemplateEntry> chat_template_entries() { return kTemplates; }

Result<std::unique_ptr<ChatTemplate>> ChatTemplate::create(const Metadata& metadata) {
    constexpr std::string_view kKey = "tokenizer.chat_template";
    std::string known;
    for (const ChatTemplateEntry& entry : kTemplates) {
        known += (known.empty() ? "" : ", ") + std::string(entry.name);
    }
    if (metadata.find(kKey) == nullptr) {
        return Status(Code::kBadFile, std::string(kKey) +
                                          " is missing: the model was not made for chat; known "
                                          "templates are " +
                                          known);
    }
    const Result<std::string> source = metadata.get_string(kKey);
    if (!source.ok()) return source.status();
    if (source.value().size() > kMaxTemplateBytes) {
        return Status(Code::kBadFile,
                      std::string(kKey) + " has " + std::to_string(source.value().size()) +
                          " bytes, expected at most " + std::to_string(kMaxTemplateBytes));
    }
    for (const ChatTemplateEntry& entry : kTemplates) {
        if (entry.recognizes(source.value())) return entry.create(source.value());
    }
    return Status(Code::kBadFile, std::string(kKey) + " begins with " + in_quotes(source.value()) +
                                      ", which is no known template; known are " + known);
}

}  // namespace quern
