// A string from a file, fit to stand in a message: quoted, at most `limit` bytes, everything
// outside of printable ASCII replaced, so that a hostile file cannot write escape sequences to a
// terminal.
#pragma once

#include <string>
#include <string_view>

namespace quern {

inline std::string quoted_text(std::string_view text, size_t limit = 60) {
    std::string out = "'";
    for (const char c : text.substr(0, limit)) out += c >= ' ' && c <= '~' ? c : '?';
    return out + (text.size() > limit ? "...'" : "'");
}

}  // namespace quern
