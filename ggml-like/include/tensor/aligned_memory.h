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

/// Not initialized; nullptr if there is not enough memory. In huge pages where the system can.
AlignedMemory allocate_aligned(uint64_t bytes);

/// Address translation costs nothing in huge pages, even where every row is in another page. To be
/// called before anybody touches the memory; no more than a wish.
void wish_for_huge_pages(void* memory, uint64_t bytes);

}  // namespace quern
