// Text from a file made fit for a terminal: names and metadata are untrusted and could hold escape
// sequences, line breaks or characters that reorder what stands around them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace quern::cli {

inline constexpr size_t kMostName = 80;  ///< characters of a name that are worth showing

/// At most `limit` characters of `text`, "..." for the rest. Control characters, invisible
/// direction marks and bytes that are not UTF-8 are written as \n, \t, \xNN or \u{NNNN}.
std::string printable(std::string_view text, size_t limit);

}  // namespace quern::cli
