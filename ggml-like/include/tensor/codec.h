// The two enumerations that kernels and formats share. Nothing else: files compiled for a special
// instruction set may include this.
#pragma once

#include <cstdint>

namespace quern {

/// What the lanes of a tile hold; the kernel tables are indexed by it.
enum class Codec : uint8_t { kF32, kF16, kBf16, kF8E4M3, kF8E5M2, kBlock };
inline constexpr int kRealCodecs = 5;  ///< all but kBlock

/// How codes of the block family map to weights; s = scale of the (row, group).
enum class Zero : uint8_t {
    kSymmetric,  ///< w = s (q - 2^(bits-1))           suffix ""
    kInteger,  ///< w = s (q - z), z in [0, 2^bits)  suffix "z": holds GPTQ and AWQ results exactly
    kMinimum,  ///< w = s q + m, m an f16            suffix "m": holds GGUF Q4_1 exactly
    kNf4,      ///< w = s v(q), v: 16 integers       "nf4": QLoRA's code book, formats/nf4.h
};
inline constexpr int kZeroKinds = 4;

}  // namespace quern
