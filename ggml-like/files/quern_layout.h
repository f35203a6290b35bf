// The fixed records of a .quern file (FORMAT.md) and what reader and writer compute alike.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "tensor/format.h"

namespace quern {

inline constexpr std::string_view kQuernMagic = "QUERN\r\n\x1a";
inline constexpr std::string_view kCommitMagic = "QUERNEND";
inline constexpr uint32_t kQuernVersion = 2;
inline constexpr uint64_t kQuernAlignment = 64;

struct QuernHeader {
    std::array<char, 8> magic{};
    uint32_t version = 0;
    uint32_t flags = 0;  ///< none is defined
    uint64_t metadata_offset = 0;
    uint64_t metadata_bytes = 0;
    uint64_t directory_offset = 0;
    uint64_t directory_bytes = 0;
    uint64_t file_bytes = 0;
    uint64_t reserved = 0;
};

struct QuernCommit {
    std::array<char, 8> magic{};
    uint64_t file_bytes = 0;
    uint64_t checksum = 0;
    std::array<uint64_t, 5> reserved{};
};

static_assert(sizeof(QuernHeader) == kQuernAlignment && sizeof(QuernCommit) == kQuernAlignment);
static_assert(std::is_trivially_copyable_v<QuernHeader> &&
              std::is_trivially_copyable_v<QuernCommit>);

/// XXH64 over header, metadata and directory.
uint64_t commit_checksum(const QuernHeader& header, std::span<const uint8_t> metadata,
                         std::span<const uint8_t> directory);

/// Bytes of a tensor's data: rank 1 as f32, rank 2 as tiles.
uint64_t stored_bytes(const Format& format, int rank, const std::array<int64_t, 4>& shape);

}  // namespace quern
