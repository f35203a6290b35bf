// Replaces all forms of operator new and delete of the program (C++20, [new.delete]) by malloc and
// free. Under a sanitizer these are its own, so it still sees every error.
#include "memory/failing_new.h"

#include <malloc.h>  // malloc_usable_size, of Linux

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<int64_t> left{0};  ///< allocations until one fails; at 0 none will
std::atomic<bool> for_ever{false};
std::atomic<bool> has_failed{false};
std::atomic<int64_t> live{0}, live_size{0};

bool must_fail() {
    if (has_failed && for_ever) return true;
    if (left.load() <= 0 || left.fetch_sub(1) != 1) return false;
    has_failed = true;
    return true;
}

void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
    if (must_fail()) return nullptr;
    const std::size_t whole = (bytes + alignment - 1) / alignment * alignment;
    void* p = std::aligned_alloc(alignment, whole > 0 ? whole : alignment);
    if (p != nullptr) {
        ++live;
        live_size += static_cast<int64_t>(malloc_usable_size(p));
    }
    return p;
}

void* allocate_or_throw(std::size_t bytes, std::size_t alignment) {
    void* p = allocate(bytes, alignment);
    if (p == nullptr) throw std::bad_alloc();
    return p;
}

void release(void* p) noexcept {
    if (p != nullptr) {
        --live;
        live_size -= static_cast<int64_t>(malloc_usable_size(p));
    }
    std::free(p);
}

constexpr std::size_t kUsual = __STDCPP_DEFAULT_NEW_ALIGNMENT__;
std::size_t number(std::align_val_t a) { return static_cast<std::size_t>(a); }

}  // namespace

namespace quern::test {

void fail_allocation(int64_t n, bool forever) {
    left = n;
    for_ever = forever;
    has_failed = false;
}
bool allocation_failed() { return has_failed; }
int64_t live_allocations() { return live; }
int64_t live_bytes() { return live_size; }

}  // namespace quern::test

void* operator new(std::size_t n) { return allocate_or_throw(n, kUsual); }
void* operator new[](std::size_t n) { return allocate_or_throw(n, kUsual); }
void* operator new(std::size_t n, std::align_val_t a) { return allocate_or_throw(n, number(a)); }
void* operator new[](std::size_t n, std::align_val_t a) { return allocate_or_throw(n, number(a)); }
void* operator new(std::size_t n, const std::nothrow_t&) noexcept { return allocate(n, kUsual); }
void* operator new[](std::size_t n, const std::nothrow_t&) noexcept { return allocate(n, kUsual); }
void* operator new(std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
    return allocate(n, number(a));
}
void* operator new[](std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
    return allocate(n, number(a));
}
void operator delete(void* p) noexcept { release(p); }
void operator delete[](void* p) noexcept { release(p); }
void operator delete(void* p, std::size_t) noexcept { release(p); }
void operator delete[](void* p, std::size_t) noexcept { release(p); }
void operator delete(void* p, std::align_val_t) noexcept { release(p); }
void operator delete[](void* p, std::align_val_t) noexcept { release(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { release(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { release(p); }
void operator delete(void* p, const std::nothrow_t&) noexcept { release(p); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { release(p); }
void operator delete(void* p, std::align_val_t, const std::nothrow_t&) noexcept { release(p); }
void operator delete[](void* p, std::align_val_t, const std::nothrow_t&) noexcept { release(p); }
