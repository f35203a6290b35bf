// pread() and pwrite() that go on until everything is done.
#pragma once

#include <cstdint>

namespace quern {

/// False: errno says why; EIO at the end of the file. Thread-safe.
bool read_at(int descriptor, void* data, uint64_t bytes, uint64_t offset);
bool write_at(int descriptor, const void* data, uint64_t bytes, uint64_t offset);

}  // namespace quern
