// UTF-8 at the edges of the program: whole characters of what goes out. tensor/utf8.h validates
// what comes in.
#pragma once

#include <string>
#include <string_view>

#include "tensor/utf8.h"

namespace quern {

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
