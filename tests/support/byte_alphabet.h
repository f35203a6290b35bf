// The tokens of GPT-2's byte alphabet: bytes that are printable in Latin-1 stand for themselves,
// the others are numbered from U+0100.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace quern::test {

/// By byte, as UTF-8.
inline std::vector<std::string> byte_alphabet() {
    std::vector<std::string> tokens;
    uint32_t next = 0x100;
    for (uint32_t byte = 0; byte < 256; ++byte) {
        const bool itself = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD);
        const uint32_t c = itself ? byte : next++;
        std::string& text = tokens.emplace_back();
        if (c >= 0x80) text += static_cast<char>(0xC0 | c >> 6);
        text += static_cast<char>(c < 0x80 ? c : 0x80 | (c & 0x3F));
    }
    return tokens;
}

}  // namespace quern::test
