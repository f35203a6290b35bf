// Text that may come from a hostile file, in messages: escape sequences must not reach a terminal.
#pragma once

#include <string>
#include <string_view>

namespace quern {

/// 'text' in single quotes, bytes outside printable ASCII as \xNN, cut after 80.
std::string in_quotes(std::string_view text);

/// Fit to be a metadata key or the name of a tensor or model, printed as it is: 1 to 256 bytes of
/// valid UTF-8 without control characters.
bool is_valid_name(std::string_view name);

}  // namespace quern
