// The global operator new of this test program: it can be told to fail, and counts what is alive.
#pragma once

#include <cstdint>

namespace quern::test {

/// The n-th allocation from now on fails (n >= 1), and with `forever` every later one; 0: none.
void fail_allocation(int64_t n, bool forever = false);
/// Did the allocation that was to fail happen?
bool allocation_failed();
/// Allocations that were not freed yet.
int64_t live_allocations();
/// Their bytes, as the allocator rounds them up.
int64_t live_bytes();

}  // namespace quern::test
