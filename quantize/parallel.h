// A loop over independent items on several threads. Items are claimed in order from a counter, so
// which worker takes an item varies, but what each item computes must not depend on that.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "tensor/status.h"

namespace quern {

/// Runs item(worker, i) for i in [0, n), worker in [0, threads). After an error, an exception or
/// *cancel no further items are begun. Returns the error with the lowest index, which is the same
/// for any number of threads; kInterrupted if *cancel left items undone. An exception of an item is
/// thrown again by the caller's thread.
Status parallel_for(int threads, int64_t n, const std::atomic<bool>* cancel,
                    const std::function<Status(int worker, int64_t i)>& item);

}  // namespace quern
