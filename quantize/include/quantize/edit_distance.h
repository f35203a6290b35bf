// How far two words are apart, for "did you mean ...?".
#pragma once

#include <cstddef>
#include <string_view>

namespace quern {

/// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace quern
