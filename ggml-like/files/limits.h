// Caps on what a model file may ask for, shared by the readers of every file kind and by the
// writer, so that whatever is written can be read. They are far above any real model and keep the
// memory and time that a hostile file can cost within bounds.
#pragma once

#include <cstdint>

namespace quern {

inline constexpr uint64_t kMaxMetadataEntries = 16384;
inline constexpr uint64_t kMaxMetadataBytes = uint64_t{1} << 28;
inline constexpr uint64_t kMaxStringBytes = uint64_t{1} << 24;
inline constexpr uint64_t kMaxArrayLength = uint64_t{1} << 24;
inline constexpr uint64_t kMaxNameBytes = 256;  ///< of a metadata key or a tensor name
inline constexpr uint64_t kMaxProvenanceBytes = 65536;
inline constexpr uint64_t kMaxTensors = 65536;
inline constexpr uint32_t kMaxRank = 4;
/// Below these, no size of any format overflows 64 bits, tile padding included.
inline constexpr uint64_t kMaxDim = (uint64_t{1} << 40) - 1;
inline constexpr uint64_t kMaxElements = uint64_t{1} << 48;

}  // namespace quern
