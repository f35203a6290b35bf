// UTF-8 at the edges of the program: strict validation of what comes in, whole characters of what
// goes out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace quern {

/// Offset of the first sequence that is not valid UTF-8 (RFC 3629: no surrogates, no overlong
/// forms, at most U+10FFFF), or npos.
size_t find_invalid_utf8(std::string_view text);

/// Joins token pieces and releases whole characters only. Bytes that can never become a character
/// are replaced by U+FFFD, one per maximal bad sequence.
class Utf8Stream {
  public:
    /// Adds bytes; returns what is complete now.
    std::string push(std::string_view bytes);
    /// Ends the stream: an unfinished character becomes U+FFFD.
    std::string finish();

  private:
    std::string pending_;
};

}  // namespace quern
