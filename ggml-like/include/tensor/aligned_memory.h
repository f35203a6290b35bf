// Memory at 64-byte boundaries, as tiles and kernels need it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace quern {

struct FreeAligned {
    void operator()(std::byte* p) const { ::operator delete[](p, std::align_val_t{64}); }
};
using AlignedMemory = std::unique_ptr<std::byte[], FreeAligned>;

/// Not initialized; nullptr if there is not enough memory. Asks for huge pages (see below).
AlignedMemory allocate_aligned(uint64_t bytes);

/// Asks the system to back memory that nobody touched yet with huge pages where it can: address
/// translation then costs nothing even where every row is in another page.
void advise_huge_pages(void* memory, uint64_t bytes);

}  // namespace quern
