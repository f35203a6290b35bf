// The two rows of GPT-2's byte alphabet, see byte_alphabet.h.
#include "tokenizer/byte_alphabet.h"

#include "tokenizer/unicode.h"

namespace quern {

ByteAlphabet::ByteAlphabet() {
    bytes_.fill(-1);
    size_t next = 0x100;
    for (size_t byte = 0; byte < 256; ++byte) {
        const bool itself = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD);
        bytes_[itself ? byte : next++] = static_cast<int16_t>(byte);
    }
}

int32_t ByteAlphabet::byte(std::string_view text) const {
    if (text.empty()) return -1;
    const Character first = character_at(text, 0);
    return first.bytes == text.size() ? byte(first.code_point) : -1;
}

void ByteAlphabet::decode(std::string_view text, std::string* out) const {
    for (size_t position = 0; position < text.size();) {
        const Character next = character_at(text, position);
        const int32_t value = byte(next.code_point);
        if (value >= 0) {
            *out += static_cast<char>(value);
        } else {
            *out += text.substr(position, next.bytes);
        }
        position += next.bytes;
    }
}

}  // namespace quern
