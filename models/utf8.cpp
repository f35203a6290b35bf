// UTF-8 (RFC 3629): validation and streaming.
//   1 byte   00..7F
//   2 bytes  C2..DF 80..BF
//   3 bytes  E0 A0..BF 80..BF | E1..EC 80..BF x2 | ED 80..9F 80..BF | EE..EF 80..BF x2
//   4 bytes  F0 90..BF 80..BF x2 | F1..F3 80..BF x3 | F4 80..8F 80..BF x2
// Only the second byte has ranges of its own: they exclude overlong forms, surrogates and what lies
// above U+10FFFF. A "maximal bad sequence" is the longest start of such a row that has no
// continuation (Unicode Standard, section 3.9, "U+FFFD Substitution of Maximal Subparts").
#include "models/utf8.h"

#include <cstdint>
#include <cstring>

namespace quern {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

struct Row {
    uint8_t first_low, first_high;    // lead byte
    uint8_t second_low, second_high;  // second byte; the others are 80..BF
    uint8_t length;
};

constexpr Row kRows[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
    {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
    {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

enum class Sequence {
    kCharacter,   // a whole character
    kUnfinished,  // the text ends inside a character
    kBad,         // can never become a character
};

struct Scan {
    Sequence kind;
    size_t bytes;  // of the character, or of the maximal bad or unfinished sequence
};

// What starts at the first byte of non-empty `text`.
Scan scan(std::string_view text) {
    const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
    if (byte(0) < 0x80) return {Sequence::kCharacter, 1};
    for (const Row& row : kRows) {
        if (byte(0) < row.first_low || byte(0) > row.first_high) continue;
        for (size_t i = 1; i < row.length; ++i) {
            if (i == text.size()) return {Sequence::kUnfinished, i};
            const uint8_t low = i == 1 ? row.second_low : 0x80;
            const uint8_t high = i == 1 ? row.second_high : 0xBF;
            if (byte(i) < low || byte(i) > high) return {Sequence::kBad, i};
        }
        return {Sequence::kCharacter, row.length};
    }
    return {Sequence::kBad, 1};
}

// Number of ASCII bytes at the start, in steps of 8: most text is ASCII.
size_t skip_ascii_words(std::string_view text) {
    size_t done = 0;
    for (uint64_t word; done + sizeof word <= text.size(); done += sizeof word) {
        std::memcpy(&word, text.data() + done, sizeof word);
        if ((word & 0x8080808080808080u) != 0) break;
    }
    return done;
}

}  // namespace

size_t find_invalid_utf8(std::string_view text) {
    for (size_t done = 0; done < text.size();) {
        done += skip_ascii_words(text.substr(done));
        if (done == text.size()) break;
        const Scan next = scan(text.substr(done));
        if (next.kind != Sequence::kCharacter) return done;
        done += next.bytes;
    }
    return std::string_view::npos;
}

std::string Utf8Stream::push(std::string_view bytes) {
    pending_.append(bytes);
    const std::string_view text = pending_;
    std::string out;
    size_t done = 0;
    while (done < text.size()) {
        const Scan next = scan(text.substr(done));
        if (next.kind == Sequence::kUnfinished) break;
        out += next.kind == Sequence::kCharacter ? text.substr(done, next.bytes) : kReplacement;
        done += next.bytes;
    }
    pending_.erase(0, done);
    return out;
}

std::string Utf8Stream::finish() {
    std::string out(pending_.empty() ? std::string_view() : kReplacement);
    pending_.clear();
    return out;
}

}  // namespace quern
