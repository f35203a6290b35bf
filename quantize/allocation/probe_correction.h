// How much of what a probe sees (kind_probe.h) a file loses: numbers that were measured once.
#pragma once

#include <string_view>

namespace quern {

/// Divergence per noise in files of one model, by that of probes of it; 1 for kinds of tensors that
/// it does not have.
double probe_correction(std::string_view kind);

}  // namespace quern
