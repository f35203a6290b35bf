// CPU detection by CPUID (Intel SDM volume 2, CPUID; XGETBV) or the kernel's capability bits (arm64
// ELF hwcaps), core count from Linux's topology files, the cache's size from the C library.
#include "system/cpu.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <string>
#include <thread>
#include <utility>

#if defined(__linux__)
#include <sched.h>
#include <sys/auxv.h>
#endif
#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace quern {
namespace {

#if defined(__x86_64__)
constexpr unsigned kFma = 1u << 12, kOsXsave = 1u << 27, kF16c = 1u << 29;  // leaf 1, ECX
constexpr unsigned kAvx2 = 1u << 5;                                         // leaf 7, EBX
constexpr unsigned kAvx512 = 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31;     // F, DQ, BW, VL
constexpr unsigned kVnni = 1u << 11;                                        // leaf 7, ECX
constexpr unsigned kAvxVnni = 1u << 4;                                      // leaf 7.1, EAX
constexpr unsigned kAvx512Bf16 = 1u << 5;                                   // leaf 7.1, EAX
constexpr unsigned kAvxState = 0x6;      // XCR0: SSE and AVX registers
constexpr unsigned kAvx512State = 0xE0;  // XCR0: masks and 512-bit registers

unsigned extended_control_register() {
    unsigned low, high;
    asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}
#endif

#if defined(__linux__)
/// One number from a file of /sys; -1 if it is not there.
int read_topology(int cpu, const char* file) {
    const std::string path =
        "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/" + file;
    int value = -1;
    if (std::FILE* f = std::fopen(path.c_str(), "r")) {
        if (std::fscanf(f, "%d", &value) != 1) value = -1;
        std::fclose(f);
    }
    return value;
}
#endif

}  // namespace

bool cpu_has_avx2() {
#if defined(__x86_64__)
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return false;
    if ((c & (kFma | kOsXsave | kF16c)) != (kFma | kOsXsave | kF16c)) return false;
    if ((extended_control_register() & kAvxState) != kAvxState) return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & kAvx2);
#else
    return false;
#endif
}

bool cpu_has_avxvnni() {
#if defined(__x86_64__)
    unsigned a, b, c, d;
    return cpu_has_avx2() && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & kAvxVnni) != 0;
#else
    return false;
#endif
}

bool cpu_has_avx512() {
#if defined(__x86_64__)
    unsigned a, b, c, d;
    if (!cpu_has_avx2() || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
    return (b & kAvx512) == kAvx512 && (c & kVnni) != 0 &&
           (extended_control_register() & kAvx512State) == kAvx512State;
#else
    return false;
#endif
}

bool cpu_has_avx512_bf16() {
#if defined(__x86_64__)
    unsigned a, b, c, d;
    return cpu_has_avx512() && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & kAvx512Bf16) != 0;
#else
    return false;
#endif
}

bool cpu_has_neon() {
#if defined(__aarch64__) && defined(__linux__)
    return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
#else
    return false;
#endif
}

bool cpu_has_neon_i8mm() {
#if defined(__aarch64__) && defined(__linux__)
    return cpu_has_neon() && (getauxval(AT_HWCAP2) & HWCAP2_I8MM) != 0;
#else
    return false;
#endif
}

long l1_data_bytes() {
#if defined(_SC_LEVEL1_DCACHE_SIZE)
    static const long bytes = std::max(0L, sysconf(_SC_LEVEL1_DCACHE_SIZE));
    return bytes;
#else
    return 0;
#endif
}

int physical_cores() {
    const int logical = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
#if defined(__linux__)
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return logical;
    std::set<std::pair<int, int>> cores;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (!CPU_ISSET(cpu, &allowed)) continue;
        const int core = read_topology(cpu, "core_id");
        if (core < 0) return std::max(1, CPU_COUNT(&allowed));
        cores.insert({read_topology(cpu, "physical_package_id"), core});
    }
    return std::max(1, static_cast<int>(cores.size()));
#else
    return logical;
#endif
}

}  // namespace quern
