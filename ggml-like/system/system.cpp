// Run-time choice of the kernel table, and what the programs report about the machine.
#include "tensor/system.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "kernels/kernels.h"
#include "system/cpu.h"

namespace quern {
namespace {

struct Isa {
    std::string_view name;
    const Kernels* kernels;
    bool (*supported)();
};

/// Best first. A new instruction set is one folder in kernels/ and one line here.
constexpr Isa kIsas[] = {
#if defined(QUERN_HAVE_AVX512)
    {"avx512bf16", &kAvx512Bf16Kernels, cpu_has_avx512_bf16},
    {"avx512", &kAvx512Kernels, cpu_has_avx512},
#endif
#if defined(QUERN_HAVE_AVX2)
    {"avxvnni", &kAvxVnniKernels, cpu_has_avxvnni},
    {"avx2", &kAvx2Kernels, cpu_has_avx2},
#endif
#if defined(QUERN_HAVE_NEON)
    {"neon-i8mm", &kNeonI8mmKernels, cpu_has_neon_i8mm},
    {"neon", &kNeonKernels, cpu_has_neon},
#endif
    {"scalar", &kScalarKernels, [] { return true; }},
};

const Isa* find_isa(std::string_view name) {
    for (const Isa& isa : kIsas) {
        if ((name.empty() || isa.name == name) && isa.supported()) return &isa;
    }
    return nullptr;
}

std::atomic<const Isa*> active{nullptr};

const Isa& current() {
    const Isa* isa = active.load(std::memory_order_acquire);
    if (isa == nullptr) {
        const char* wanted = std::getenv("QUERN_ISA");
        isa = find_isa(wanted ? wanted : "");
        if (isa == nullptr) isa = find_isa("");
        const Isa* none = nullptr;
        if (!active.compare_exchange_strong(none, isa, std::memory_order_acq_rel)) isa = none;
    }
    return *isa;
}

std::string join_isas() {
    std::string names;
    for (std::string_view name : available_isas()) {
        names += (names.empty() ? "" : " ") + std::string(name);
    }
    return names;
}

constexpr int kMaxThreads = 1024;

/// The value of QUERN_THREADS; 0: not set; -1: not a number from 1 to kMaxThreads.
int threads_from_environment() {
    const char* text = std::getenv("QUERN_THREADS");
    if (text == nullptr || *text == 0) return 0;
    char* end = nullptr;
    const long n = std::strtol(text, &end, 10);
    return *end == 0 && n >= 1 && n <= kMaxThreads ? static_cast<int>(n) : -1;
}

}  // namespace

std::span<const std::string_view> available_isas() {
    static const std::vector<std::string_view> names = [] {
        std::vector<std::string_view> list;
        for (const Isa& isa : kIsas) {
            if (isa.supported()) list.push_back(isa.name);
        }
        return list;
    }();
    return names;
}

Status force_isa(std::string_view name) {
    const Isa* isa = find_isa(name);
    if (isa == nullptr) {
        return Status(Code::kWrongUse,
                      "instruction set \"" + std::string(name) +
                          "\" is not available here; choose one of: " + join_isas());
    }
    active.store(isa, std::memory_order_release);
    return Status();
}

std::string_view active_isa() { return current().name; }
const Kernels& active_kernels() { return *current().kernels; }
bool has_bf16_products() { return active_kernels().peaks.bf16 != nullptr; }

Status check_environment() {
    const char* isa = std::getenv("QUERN_ISA");
    if (isa != nullptr && *isa != 0 && find_isa(isa) == nullptr) {
        return Status(Code::kWrongUse, "QUERN_ISA=" + std::string(isa) +
                                           " is not available here; choose one of: " + join_isas());
    }
    if (threads_from_environment() < 0) {
        return Status(Code::kWrongUse,
                      "QUERN_THREADS=" + std::string(std::getenv("QUERN_THREADS")) +
                          " is not a number of threads; expected 1 to " +
                          std::to_string(kMaxThreads));
    }
    return Status();
}

int default_threads() {
    const int wanted = threads_from_environment();
    return wanted > 0 ? wanted : physical_cores();
}

Result<int> check_threads(int threads) {
    if (threads >= 0 && threads <= kMaxThreads) return threads > 0 ? threads : default_threads();
    return Status(Code::kWrongUse,
                  std::to_string(threads) + " threads were asked for, expected 0 to " +
                      std::to_string(kMaxThreads) + "; 0 means the machine's cores");
}

std::string_view version() { return QUERN_VERSION; }

std::string system_line() {
    utsname machine{};
    uname(&machine);
    const double gib = static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
                       static_cast<double>(sysconf(_SC_PAGESIZE)) / (1024.0 * 1024 * 1024);
    char tail[96];
    std::snprintf(tail, sizeof tail, "), %d cores, %.1f GiB, ", physical_cores(), gib);
    return "Quern " + std::string(version()) + ", " + std::string(active_isa()) +
           " (available: " + join_isas() + tail + machine.sysname + " " + machine.machine;
}

}  // namespace quern
