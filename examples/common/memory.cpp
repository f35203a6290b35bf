// Lines "Name:   123 kB" of Linux's proc files. The peak is VmHWM, not getrusage's ru_maxrss, which
// begins with the memory of the process that started this one.
#include "common/memory.h"

#include <stdlib.h>  // says whether this is glibc

#include <fstream>
#include <string>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace quern::cli {
namespace {

uint64_t bytes_of(const char* path, const std::string& name) {
    std::ifstream file(path);
    for (std::string word; file >> word;) {
        uint64_t kib = 0;
        if (word == name && file >> kib) return kib * 1024;
    }
    return 0;
}

}  // namespace

uint64_t peak_memory() { return bytes_of("/proc/self/status", "VmHWM:"); }

uint64_t available_memory() { return bytes_of("/proc/meminfo", "MemAvailable:"); }

void return_freed_memory() {
#if defined(__GLIBC__)
    constexpr int kLarge = 4 << 20;
    ::mallopt(M_MMAP_THRESHOLD, kLarge);  // a fixed one; it would grow with what is freed
#endif
}

}  // namespace quern::cli
