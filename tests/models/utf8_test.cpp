// UTF-8: every two-byte start, the borders of all ranges, and streams cut at every place.
#include "models/utf8.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace quern;

namespace {

constexpr auto kValid = std::string_view::npos;
const std::string kBad = "\xEF\xBF\xBD";  // U+FFFD

struct Utf8Case {
    std::string bytes;
    size_t invalid;        // offset or kValid
    std::string replaced;  // what a stream makes of it
};

// Replacements follow the examples of the Unicode Standard 15.0, tables 3-8 to 3-11.
const std::vector<Utf8Case>& cases() {
    static const std::vector<Utf8Case> kCases = {
        {"", kValid, ""},
        {"plain ascii, longer than a word", kValid, "plain ascii, longer than a word"},
        {"a\x7F\xC2\x80\xDF\xBF", kValid, "a\x7F\xC2\x80\xDF\xBF"},
        {"\xE0\xA0\x80\xED\x9F\xBF", kValid, "\xE0\xA0\x80\xED\x9F\xBF"},
        {"\xEE\x80\x80\xEF\xBF\xBF", kValid, "\xEE\x80\x80\xEF\xBF\xBF"},
        {"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", kValid, "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"},
        {"\xF0\x9F\x99\x82 ok", kValid, "\xF0\x9F\x99\x82 ok"},
        {"12345678\x80", 8, "12345678" + kBad},
        {"1234567\xFF"
         "9",
         7, "1234567" + kBad + "9"},
        {"\xC0\xAF\xE0\x80\xBF\xF0\x81\x82"
         "A",
         0, kBad + kBad + kBad + kBad + kBad + kBad + kBad + kBad + "A"},
        {"\xED\xA0\x80\xED\xBF\xBF\xED\xAF"
         "A",
         0, kBad + kBad + kBad + kBad + kBad + kBad + kBad + kBad + "A"},
        {"\xF4\x91\x92\x93\xFF"
         "A\x80\xBF"
         "B",
         0, kBad + kBad + kBad + kBad + kBad + "A" + kBad + kBad + "B"},
        {"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF"
         "A",
         0, kBad + kBad + kBad + kBad + "A"},
        {"a\xE2\x82", 1, "a" + kBad},
        {"ab\xF0\x9F\x99", 2, "ab" + kBad},
        {"ab\xC3", 2, "ab" + kBad},
        {"\xC1\xBF", 0, kBad + kBad},
        {"\xF5\x80\x80\x80", 0, kBad + kBad + kBad + kBad},
    };
    return kCases;
}

// The rules of RFC 3629 applied to a decoded number rather than to bytes.
bool is_character(const std::string& bytes) {
    const auto at = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(bytes[i])); };
    for (size_t i = 1; i < bytes.size(); ++i) {
        if (at(i) >> 6 != 2) return false;
    }
    if (bytes.size() == 2) {
        const uint32_t c = (at(0) & 0x1F) << 6 | (at(1) & 0x3F);
        return at(0) >> 5 == 6 && c >= 0x80;
    }
    const uint32_t c = (at(0) & 0x0F) << 12 | (at(1) & 0x3F) << 6 | (at(2) & 0x3F);
    return at(0) >> 4 == 14 && c >= 0x800 && (c < 0xD800 || c > 0xDFFF);
}

}  // namespace

TEST_CASE("validation finds the first bad sequence") {
    for (const Utf8Case& c : cases()) {
        CAPTURE(c.replaced);
        CHECK(find_invalid_utf8(c.bytes) == c.invalid);
    }
}

TEST_CASE("all sequences of two bytes, and of three with borders in third place") {
    for (int first = 0xC0; first < 0x100; ++first) {
        for (int second = 0; second < 0x100; ++second) {
            const std::string two = {static_cast<char>(first), static_cast<char>(second)};
            CHECK((find_invalid_utf8(two) == kValid) == is_character(two));
            for (const char third : {'\x7F', '\x80', '\xBF', '\xC0'}) {
                const std::string three = two + third;
                const bool valid = is_character(three) || (is_character(two) && third == '\x7F');
                CHECK((find_invalid_utf8(three) == kValid) == valid);
            }
        }
    }
}

TEST_CASE("a stream gives the same text however it is cut") {
    for (const Utf8Case& c : cases()) {
        CAPTURE(c.replaced);
        for (size_t first = 0; first <= c.bytes.size(); ++first) {
            for (size_t second = first; second <= c.bytes.size(); ++second) {
                Utf8Stream stream;
                std::string out = stream.push(c.bytes.substr(0, first));
                CHECK(find_invalid_utf8(out) == kValid);
                out += stream.push(c.bytes.substr(first, second - first));
                CHECK(find_invalid_utf8(out) == kValid);
                out += stream.push(c.bytes.substr(second));
                out += stream.finish();
                CHECK(out == c.replaced);
                CHECK(stream.finish().empty());
            }
        }
    }
}

TEST_CASE("a stream holds back no whole character") {
    Utf8Stream stream;
    CHECK(stream.push("a\xE2\x82") == "a");
    CHECK(stream.push("\xAC") == "\xE2\x82\xAC");
    CHECK(stream.push("\xF0\x9F\x99") == "");
    CHECK(stream.push("x") == kBad + "x");  // cannot become a character any more
    CHECK(stream.finish().empty());
}
