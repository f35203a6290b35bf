// A recursive descent over the grammar of RFC 8259, at most kMaxDepth deep.
#include "common/json_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <set>

#include "tensor/quoted.h"

namespace quern::cli {
namespace {

constexpr int kMaxDepth = 32;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void append_utf8(uint32_t c, std::string* out) {
    constexpr std::array<uint32_t, 4> kLead = {0x00, 0xC0, 0xE0, 0xF0};
    const int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    *out += static_cast<char>(kLead[static_cast<size_t>(more)] | c >> (6 * more));
    for (int i = more - 1; i >= 0; --i) *out += static_cast<char>(0x80 | (c >> (6 * i) & 0x3F));
}

class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text) {}

    Result<JsonValue> run() {
        JsonValue value;
        skip_space();
        if (!read_value(&value, 0)) return error_;
        skip_space();
        if (at_ < text_.size()) fail("the end");
        if (!error_.ok()) return error_;
        return value;
    }

  private:
    bool fail(const std::string& expected) {
        const std::string found =
            at_ < text_.size() ? in_quotes(text_.substr(at_, 12)) : std::string("the end");
        if (error_.ok()) {
            error_ = Status(Code::kBadFile, "column " + std::to_string(at_ + 1) + ": found " +
                                                found + ", expected " + expected);
        }
        return false;
    }

    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool take(char c) {
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    bool take(std::string_view word) {
        if (text_.substr(at_, word.size()) != word) return false;
        at_ += word.size();
        return true;
    }
    void skip_space() {
        while (at_ < text_.size() && std::string_view(" \t\n\r").find(text_[at_]) != text_.npos) {
            ++at_;
        }
    }

    bool read_value(JsonValue* out, int depth) {
        if (depth > kMaxDepth) {
            return fail("at most " + std::to_string(kMaxDepth) + " levels of nesting");
        }
        const char c = peek();
        if (c == '{') return read_object(out, depth);
        if (c == '[') return read_array(out, depth);
        if (c == '"') {
            out->kind = JsonValue::Kind::kString;
            return read_string(&out->text);
        }
        if (c == '-' || is_digit(c)) return read_number(out);
        out->truth = text_.substr(at_, 4) == "true";
        if (take("null")) return true;
        if (!take("true") && !take("false")) return fail("a value");
        out->kind = JsonValue::Kind::kBool;
        return true;
    }

    bool read_object(JsonValue* out, int depth) {
        std::set<std::string> known;
        out->kind = JsonValue::Kind::kObject;
        ++at_;
        skip_space();
        if (take('}')) return true;
        do {
            skip_space();
            std::string name;
            if (peek() != '"') return fail("a name in quotes");
            const size_t begin = at_;
            if (!read_string(&name)) return false;
            if (!known.insert(name).second) {
                at_ = begin;
                return fail("each name once");
            }
            skip_space();
            if (!take(':')) return fail("':'");
            skip_space();
            out->names.push_back(std::move(name));
            out->items.emplace_back();
            if (!read_value(&out->items.back(), depth + 1)) return false;
            skip_space();
        } while (take(','));
        return take('}') || fail("',' or '}'");
    }

    bool read_array(JsonValue* out, int depth) {
        out->kind = JsonValue::Kind::kArray;
        ++at_;
        skip_space();
        if (take(']')) return true;
        do {
            skip_space();
            out->items.emplace_back();
            if (!read_value(&out->items.back(), depth + 1)) return false;
            skip_space();
        } while (take(','));
        return take(']') || fail("',' or ']'");
    }

    bool read_string(std::string* out) {
        ++at_;
        while (at_ < text_.size() && text_[at_] != '"') {
            if (static_cast<unsigned char>(text_[at_]) < 0x20) return fail("no control characters");
            if (text_[at_] != '\\') {
                *out += text_[at_++];
            } else if (!read_escape(out)) {
                return false;
            }
        }
        return take('"') || fail("'\"'");
    }

    bool read_escape(std::string* out) {
        constexpr std::string_view kLetter = "\"\\/bfnrt";
        constexpr std::string_view kMeaning = "\"\\/\b\f\n\r\t";
        const size_t begin = at_++;
        if (const size_t i = kLetter.find(peek()); i != std::string_view::npos) {
            *out += kMeaning[i];
            ++at_;
            return true;
        }
        uint32_t high = 0, low = 0;
        bool good = take('u') && read_hex(&high) && (high < 0xDC00 || high > 0xDFFF);
        if (good && high >= 0xD800 && high <= 0xDBFF) {
            good = take("\\u") && read_hex(&low) && low >= 0xDC00 && low <= 0xDFFF;
            high = 0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF);
        }
        if (good) {
            append_utf8(high, out);
            return true;
        }
        at_ = begin;
        return fail("an escape of JSON");
    }

    bool read_hex(uint32_t* out) {
        const std::string_view digits = text_.substr(at_, 4);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), *out, 16);
        if (error != std::errc() || end != digits.data() + 4) return false;
        at_ += 4;
        return true;
    }

    bool read_number(JsonValue* out) {
        out->kind = JsonValue::Kind::kNumber;
        const size_t begin = at_;
        take('-');
        if (!take('0') && !read_digits()) return fail("a digit");
        if (take('.') && !read_digits()) return fail("a digit");
        if (take('e') || take('E')) {
            if (!take('+')) take('-');
            if (!read_digits()) return fail("a digit");
        }
        const char* first = text_.data() + begin;
        if (std::from_chars(first, text_.data() + at_, out->number).ec == std::errc()) return true;
        at_ = begin;
        return fail("a number in the range of a double");
    }

    bool read_digits() {
        const size_t begin = at_;
        while (is_digit(peek())) ++at_;
        return at_ > begin;
    }

    std::string_view text_;
    size_t at_ = 0;
    Status error_;
};

}  // namespace

const JsonValue* JsonValue::find(std::string_view name) const {
    const auto at = std::find(names.begin(), names.end(), name);
    return at == names.end() ? nullptr : &items[static_cast<size_t>(at - names.begin())];
}

Result<JsonValue> parse_json(std::string_view text) { return Reader(text).run(); }

}  // namespace quern::cli
