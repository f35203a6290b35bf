// Work in a child process. The peak of its memory is its own, not that of everything before, and
// what kills it (out of memory, a crash) leaves the caller alive. The child begins as a copy of the
// caller, which must have no other threads and should hold little memory.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>

#include "tensor/status.h"

namespace quern {

struct ChildMemory;  // what parent and child share

/// The child's side.
class ChildLink {
  public:
    ChildLink(ChildMemory* memory, int parent) : memory_(memory), parent_(parent) {}
    /// Set when the parent is cancelled; by progress() also when it is gone.
    const std::atomic<bool>* cancel() const;
    void progress(int64_t done, int64_t total);
    /// A line for the parent.
    void note(std::string_view text);

  private:
    ChildMemory* memory_;
    int parent_;
};

/// The parent's side.
struct ChildCalls {
    std::function<void(int64_t done, int64_t total)> progress;
    const std::atomic<bool>* cancel = nullptr;
};

struct ChildOutcome {
    Status status;             ///< of the work, or how the child ended without one
    uint64_t peak_memory = 0;  ///< bytes; 0: unknown
    std::string notes;         ///< lines
};

ChildOutcome run_child(const ChildCalls& calls, void* result, size_t result_bytes,
                       const std::function<Status(ChildLink*, void*)>& work);

/// `work` begins with a copy of *result, and what it made of it is here when it returns.
template <class T>
ChildOutcome run_in_child(const ChildCalls& calls, T* result,
                          const std::function<Status(ChildLink*, T*)>& work) {
    static_assert(std::is_trivially_copyable_v<T>);
    return run_child(calls, result, sizeof(T), [&](ChildLink* link, void* shared) {
        return work(link, static_cast<T*>(shared));
    });
}

}  // namespace quern
