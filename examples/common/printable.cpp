// Text from a file made fit for a terminal.
#include "common/printable.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "models/utf8.h"

namespace quern::cli {
namespace {

struct Range {
    uint32_t first, last;
};

/// C0 and C1 controls; zero-width and direction marks; line separators; interlinear annotations and
/// tags. What a terminal may act on or a reader cannot see.
constexpr Range kUnprintable[] = {
    {0, 0x1F},        {0x7F, 0x9F},     {0xAD, 0xAD},     {0x061C, 0x061C}, {0x200B, 0x200F},
    {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF}};

std::string escaped(const char* format, uint32_t value) {
    char text[16];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

/// Bytes of the character that starts with `lead`, as UTF-8 announces it.
size_t announced_length(unsigned char lead) {
    return lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

uint32_t code_point(std::string_view character) {
    if (character.size() == 1) return static_cast<unsigned char>(character[0]);
    uint32_t value = static_cast<unsigned char>(character[0]) & (0x7Fu >> character.size());
    for (const char c : character.substr(1)) value = value << 6 | (static_cast<uint32_t>(c) & 0x3F);
    return value;
}

std::string shown(std::string_view character) {
    const uint32_t c = code_point(character);
    if (c == '\n') return "\\n";
    if (c == '\t') return "\\t";
    const bool hidden = std::any_of(std::begin(kUnprintable), std::end(kUnprintable),
                                    [c](Range r) { return r.first <= c && c <= r.last; });
    if (!hidden) return std::string(character);
    return c < 0x80 ? escaped("\\x%02X", c) : escaped("\\u{%04X}", c);
}

}  // namespace

std::string printable(std::string_view text, size_t limit) {
    std::string out;
    size_t at = 0;
    for (size_t count = 0; at < text.size(); ++count) {
        if (count == limit) return out + "...";
        const auto lead = static_cast<unsigned char>(text[at]);
        const std::string_view character = text.substr(at, announced_length(lead));
        const bool valid = find_invalid_utf8(character) == std::string_view::npos;
        out += valid ? shown(character) : escaped("\\x%02X", lead);
        at += valid ? character.size() : 1;
    }
    return out;
}

}  // namespace quern::cli
