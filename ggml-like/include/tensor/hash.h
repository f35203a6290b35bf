// XXH64, the 64-bit xxHash (Collet; public specification, "xxHash fast digest algorithm"): the
// checksum of .quern files and the identity of a model or a text. Fast, not cryptographic.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "tensor/status.h"

namespace quern {

/// Streaming: update() any number of times, digest() at any point.
class Xxh64 {
  public:
    Xxh64();
    void update(const void* data, size_t bytes);
    uint64_t digest() const;

  private:
    uint64_t lanes_[4];
    uint64_t total_ = 0;
    uint8_t buffer_[32];
    size_t buffered_ = 0;
};

uint64_t xxh64(const void* data, size_t bytes);
/// Of every byte of a file, which is read, not mapped, so that a large one does not fill the
/// memory. kInterrupted once *cancel is true.
Result<uint64_t> hash_file(const std::string& path, const std::atomic<bool>* cancel = nullptr);
/// 16 hexadecimal digits.
std::string hash_text(uint64_t hash);

}  // namespace quern
