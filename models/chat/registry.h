// The table of chat templates: one line each in registry.cpp.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "models/chat_template.h"

namespace quern {

struct ChatTemplateEntry {
    std::string_view name;
    /// Both are given the model's own template text, a Jinja program that is only searched, never
    /// run.
    bool (*recognizes)(std::string_view source);
    std::unique_ptr<ChatTemplate> (*create)(std::string_view source);
};
std::span<const ChatTemplateEntry> chat_template_entries();

}  // namespace quern
