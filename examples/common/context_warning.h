// One rule for contexts: longer than what the model was trained with is allowed, with a warning.
#pragma once

#include <cstdint>
#include <string>

namespace quern::cli {

/// Prints the warning to stderr if `context` tokens are more than `trained`.
void warn_of_long_context(const std::string& program, int64_t context, int64_t trained);

}  // namespace quern::cli
