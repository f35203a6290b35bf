// How much of what a probe sees (kind_probe.h) a file loses: numbers that were measured once.
#pragma once

#include <string_view>

namespace quern {

/// Divergence per noise in a file, by that of a probe of this kind of tensor. A probe rounds
/// plainly and all of a kind at once; a file has less noise, of methods that hide it, and some in
/// all kinds.
double probe_correction(std::string_view kind);

}  // namespace quern
