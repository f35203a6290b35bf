// What the system says about memory, and gets back of it.
#pragma once

#include <cstdint>

namespace quern::cli {

/// The most memory of this process that was resident at once, mapped files included. 0: unknown.
uint64_t peak_memory();
/// Memory that new work can have without swapping. 0: unknown.
uint64_t available_memory();
/// From now on large blocks go back to the system when they are freed, so that the memory in use is
/// what the program has allocated: glibc would keep up to 64 MiB of them.
void return_freed_memory();

}  // namespace quern::cli
