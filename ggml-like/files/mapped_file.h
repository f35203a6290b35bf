// The bytes of a whole regular file, read-only: mapped (the system pages them in on demand and
// shares them between processes) or copied into private memory, for files that others may shrink or
// replace while they are in use. Page-aligned in both cases.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "tensor/status.h"

namespace quern {

class MappedFile {
  public:
    /// Refuses directories, devices, pipes and empty files.
    static Result<MappedFile> open(const std::string& path, bool map);
    MappedFile(MappedFile&& other) noexcept { swap(other); }
    MappedFile& operator=(MappedFile&& other) noexcept {
        swap(other);
        return *this;
    }
    ~MappedFile();

    std::span<const uint8_t> bytes() const { return {data_, size_}; }

    /// Fails if a mapped file's size is no longer what it was: touching a page that vanished would
    /// kill the process with SIGBUS. A file that was replaced by rename() is still whole.
    Status check_unchanged(const std::string& path) const;

    /// Gives the memory of a mapped range back to the system, which pages it in again if it is
    /// touched. A private copy keeps its only bytes.
    void release(const uint8_t* begin, uint64_t size) const;

  private:
    MappedFile() = default;
    void swap(MappedFile& other) noexcept;
    /// Fills the private memory and closes the descriptor.
    Status read_copy(const std::string& path);

    int descriptor_ = -1;  // stays open for check_unchanged(); -1 for a private copy
    uint8_t* data_ = nullptr;
    size_t size_ = 0;
};

}  // namespace quern
