// A writer of JSON (RFC 8259) on one line. Commas and colons are its own business; text that is not
// valid UTF-8 is repaired with U+FFFD, numbers that JSON cannot hold (NaN, infinity) become null.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace quern::cli {

class Json {
  public:
    Json& begin_object();
    Json& end_object();
    Json& begin_array();
    Json& end_array();
    /// The name of the next value of an object.
    Json& key(std::string_view name);

    Json& value(std::string_view text);
    Json& value(const char* text) { return value(std::string_view(text)); }
    Json& value(const std::string& text) { return value(std::string_view(text)); }
    Json& value(double number);
    Json& value(bool truth);
    template <class T, class = std::enable_if_t<std::is_integral_v<T>>>
    Json& value(T number) {
        return raw(std::to_string(number));
    }
    /// key(name).value(v)
    template <class T>
    Json& member(std::string_view name, const T& v) {
        return key(name).value(v);
    }

    const std::string& text() const { return text_; }

  private:
    Json& raw(std::string_view token);
    void separate();

    std::string text_;
    bool needs_comma_ = false;
};

/// The text between quotes, with the escapes that JSON asks for.
std::string json_quoted(std::string_view text);

}  // namespace quern::cli
