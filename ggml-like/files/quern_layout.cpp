// Checksum and sizes of .quern files; see FORMAT.md.
#include "files/quern_layout.h"

#include "tensor/hash.h"

namespace quern {

uint64_t commit_checksum(const QuernHeader& header, std::span<const uint8_t> metadata,
                         std::span<const uint8_t> directory) {
    Xxh64 hash;
    hash.update(&header, sizeof header);
    hash.update(metadata.data(), metadata.size());
    hash.update(directory.data(), directory.size());
    return hash.digest();
}

uint64_t stored_bytes(const Format& format, int rank, const std::array<int64_t, 4>& shape) {
    if (rank == 1) return static_cast<uint64_t>(shape[0]) * sizeof(float);
    return format.matrix_bytes(shape[0], shape[1]);
}

}  // namespace quern
