// Text from a file: escaped for messages, or fit to be a name.
#include "tensor/quoted.h"

#include "files/file_error.h"
#include "files/limits.h"
#include "tensor/utf8.h"

namespace quern {

std::string in_quotes(std::string_view text) {
    constexpr size_t kLimit = 80;
    std::string out = "'";
    for (const char c : text.substr(0, kLimit)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7F) {
            out += c;
        } else {
            out += "\\x" + hex(byte, 2).substr(2);
        }
    }
    return out + (text.size() > kLimit ? "...'" : "'");
}

bool is_valid_name(std::string_view name) {
    for (size_t i = 0; i < name.size(); ++i) {
        const auto byte = static_cast<unsigned char>(name[i]);
        if (byte < 0x20 || byte == 0x7F) return false;
        // U+0080 to U+009F are control characters too.
        if (byte == 0xC2 && i + 1 < name.size() && static_cast<unsigned char>(name[i + 1]) < 0xA0) {
            return false;
        }
    }
    return !name.empty() && name.size() <= kMaxNameBytes &&
           find_invalid_utf8(name) == std::string_view::npos;
}

}  // namespace quern
