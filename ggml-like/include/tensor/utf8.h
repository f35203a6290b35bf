// Strict validation of UTF-8, for whatever comes in from files and users.
#pragma once

#include <cstddef>
#include <string_view>

namespace quern {

/// Offset of the first sequence that is not valid UTF-8 (RFC 3629: no surrogates, no overlong
/// forms, at most U+10FFFF), or npos.
size_t find_invalid_utf8(std::string_view text);

struct Utf8Sequence {
    enum Kind {
        kCharacter,   ///< a whole character
        kUnfinished,  ///< the text ends inside a character
        kBad,         ///< can never become a character
    };
    Kind kind;
    size_t bytes;  ///< of the character, or of the maximal bad or unfinished sequence
};

/// What starts at the first byte of a text that is not empty.
Utf8Sequence scan_utf8(std::string_view text);

}  // namespace quern
