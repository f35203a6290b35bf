// What the system says about memory.
#pragma once

#include <cstdint>

namespace quern::cli {

/// The most memory of this process that was resident at once, mapped files included. 0: unknown.
uint64_t peak_memory();
/// Memory that new work can have without swapping. 0: unknown.
uint64_t available_memory();

}  // namespace quern::cli
