// A writer of JSON (RFC 8259) on one line.
#include "common/json.h"

#include <array>
#include <charconv>
#include <cmath>

#include "models/utf8.h"

namespace quern::cli {
namespace {

void append_escaped(char c, std::string* out) {
    constexpr std::string_view kPlain = "\"\\\b\f\n\r\t";
    constexpr std::string_view kLetter = "\"\\bfnrt";
    constexpr std::string_view kHex = "0123456789abcdef";
    const unsigned char byte = static_cast<unsigned char>(c);
    if (const size_t at = kPlain.find(c); at != std::string_view::npos) {
        *out += '\\';
        *out += kLetter[at];
    } else if (byte < 0x20 || byte == 0x7F) {
        *out += "\\u00";
        *out += kHex[byte >> 4];
        *out += kHex[byte & 15];
    } else {
        *out += c;
    }
}

}  // namespace

std::string json_quoted(std::string_view text) {
    std::string repaired;
    if (find_invalid_utf8(text) != std::string_view::npos) {
        Utf8Stream stream;
        repaired = stream.push(text);
        repaired += stream.finish();
        text = repaired;
    }
    std::string out = "\"";
    for (const char c : text) append_escaped(c, &out);
    return out + "\"";
}

void Json::separate() {
    if (needs_comma_) text_ += ", ";
    needs_comma_ = false;
}

Json& Json::raw(std::string_view token) {
    separate();
    text_ += token;
    needs_comma_ = true;
    return *this;
}

Json& Json::begin_object() {
    separate();
    text_ += '{';
    return *this;
}

Json& Json::end_object() {
    text_ += '}';
    needs_comma_ = true;
    return *this;
}

Json& Json::begin_array() {
    separate();
    text_ += '[';
    return *this;
}

Json& Json::end_array() {
    text_ += ']';
    needs_comma_ = true;
    return *this;
}

Json& Json::key(std::string_view name) {
    separate();
    text_ += json_quoted(name) + ": ";
    return *this;
}

Json& Json::value(std::string_view text) { return raw(json_quoted(text)); }

Json& Json::value(bool truth) { return raw(truth ? "true" : "false"); }

Json& Json::value(double number) {
    if (!std::isfinite(number)) return raw("null");
    std::array<char, 64> buffer;  // the shortest text that reads back as the same number
    const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
    return raw(std::string_view(buffer.data(), static_cast<size_t>(result.ptr - buffer.data())));
}

}  // namespace quern::cli
