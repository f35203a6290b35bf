// What was chosen for a tensor, in words for people.
#pragma once

#include <string>

namespace quern {

/// Appends `text`, if there is any, after a semicolon.
inline void add_note(const std::string& text, std::string* all) {
    if (text.empty()) return;
    if (!all->empty()) *all += "; ";
    *all += text;
}

}  // namespace quern
