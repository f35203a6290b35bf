// UTF-8 (RFC 3629):
//   1 byte   00..7F
//   2 bytes  C2..DF 80..BF
//   3 bytes  E0 A0..BF 80..BF | E1..EC 80..BF x2 | ED 80..9F 80..BF | EE..EF 80..BF x2
//   4 bytes  F0 90..BF 80..BF x2 | F1..F3 80..BF x3 | F4 80..8F 80..BF x2
// Only the second byte has ranges of its own: they exclude overlong forms, surrogates and what lies
// above U+10FFFF. A "maximal bad sequence" is the longest start of such a row that has no
// continuation (Unicode Standard, section 3.9, "U+FFFD Substitution of Maximal Subparts").
#include "tensor/utf8.h"

#include <cstdint>
#include <cstring>

namespace quern {
namespace {

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

Utf8Sequence scan_utf8(std::string_view text) {
    const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
    if (byte(0) < 0x80) return {Utf8Sequence::kCharacter, 1};
    for (const Row& row : kRows) {
        if (byte(0) < row.first_low || byte(0) > row.first_high) continue;
        for (size_t i = 1; i < row.length; ++i) {
            if (i == text.size()) return {Utf8Sequence::kUnfinished, i};
            const uint8_t low = i == 1 ? row.second_low : 0x80;
            const uint8_t high = i == 1 ? row.second_high : 0xBF;
            if (byte(i) < low || byte(i) > high) return {Utf8Sequence::kBad, i};
        }
        return {Utf8Sequence::kCharacter, row.length};
    }
    return {Utf8Sequence::kBad, 1};
}

size_t find_invalid_utf8(std::string_view text) {
    for (size_t done = 0; done < text.size();) {
        done += skip_ascii_words(text.substr(done));
        if (done == text.size()) break;
        const Utf8Sequence next = scan_utf8(text.substr(done));
        if (next.kind != Utf8Sequence::kCharacter) return done;
        done += next.bytes;
    }
    return std::string_view::npos;
}

}  // namespace quern
