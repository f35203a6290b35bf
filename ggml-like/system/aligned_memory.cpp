// Aligned memory, in huge pages where Linux gives them (madvise(2), transparent huge pages).
#include "tensor/aligned_memory.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace quern {

void wish_for_huge_pages([[maybe_unused]] void* memory, [[maybe_unused]] uint64_t bytes) {
#if defined(__linux__)
    constexpr uintptr_t kPage = 4096, kHugePage = 2 << 20;
    const auto begin = (reinterpret_cast<uintptr_t>(memory) + kPage - 1) / kPage * kPage;
    const auto end = (reinterpret_cast<uintptr_t>(memory) + bytes) / kPage * kPage;
    if (end <= begin || end - begin < kHugePage) return;
    madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
#endif
}

AlignedMemory allocate_aligned(uint64_t bytes) {
    AlignedMemory memory(
        static_cast<std::byte*>(::operator new[](bytes, std::align_val_t{64}, std::nothrow)));
    if (memory) wish_for_huge_pages(memory.get(), bytes);
    return memory;
}

}  // namespace quern
