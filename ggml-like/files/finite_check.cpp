// A number of any small float type is not finite exactly if all bits of a mask are set: the
// exponent, or in E4M3, which has no infinity, exponent and mantissa. So a region of a tile is
// scanned with one mask, without decoding. Regions (formats/real.cpp, formats/block.h):
//
//   floats   all cells; lane (byte % 64) / 4 is the row. f8: also the last cell, f32 scales
//   blocks   behind the codes, per group 16 scales and then for Zero::kMinimum 16 minima, f16
#include "files/finite_check.h"

#include <cstring>

#include "formats/block.h"

namespace quern {
namespace {

constexpr uint32_t kF32Mask = 0x7F800000;
constexpr uint16_t kF16Mask = 0x7C00;

/// Index of a word with all bits of the mask, or -1.
template <class Word>
int64_t find_masked(const uint8_t* p, uint64_t bytes, Word mask) {
    const auto n = static_cast<int64_t>(bytes / sizeof(Word));
    const auto hit = [&](int64_t i) {
        Word word;
        std::memcpy(&word, p + static_cast<uint64_t>(i) * sizeof(Word), sizeof(Word));
        return static_cast<Word>(word & mask) == mask;
    };
    bool any = false;  // no early exit: the loop vectorizes
    for (int64_t i = 0; i < n; ++i) any |= hit(i);
    if (!any) return -1;
    int64_t at = 0;
    while (!hit(at)) ++at;
    return at;
}

template <class Word, Word kMask>
int64_t find_in_cells(const uint8_t* p, uint64_t bytes) {
    const int64_t at = find_masked<Word>(p, bytes, kMask);
    return at < 0 ? -1 : at * static_cast<int64_t>(sizeof(Word)) % 64 / 4;
}

using FindInCells = int64_t (*)(const uint8_t* p, uint64_t bytes);

/// Indexed by Codec.
constexpr FindInCells kFindInCells[kRealCodecs] = {
    find_in_cells<uint32_t, kF32Mask>, find_in_cells<uint16_t, kF16Mask>,
    find_in_cells<uint16_t, 0x7F80>,   find_in_cells<uint8_t, 0x7F>,
    find_in_cells<uint8_t, 0x7C>,
};

int64_t find_in_blocks(const Format& format, const uint8_t* tile, int64_t cols) {
    constexpr uint64_t kRowsOfF16 = kTileRows * 2;
    const bool minimum = format.zero == Zero::kMinimum;
    const uint64_t zeros = minimum ? kRowsOfF16 : format.zero == Zero::kInteger ? kTileRows : 0;
    const uint8_t* p = tile + padded_cols(cols) / kChunkCols * chunk_bytes(format.bits);
    for (int64_t g = 0; g < format.n_groups(cols); ++g, p += kRowsOfF16 + zeros) {
        const int64_t at = find_masked<uint16_t>(p, kRowsOfF16 * (minimum ? 2 : 1), kF16Mask);
        if (at >= 0) return at % kTileRows;
    }
    return -1;
}

}  // namespace

int64_t find_nonfinite_row(const Format& format, const uint8_t* tile, int64_t cols) {
    if (format.is_block()) return find_in_blocks(format, tile, cols);
    const uint64_t bytes = format.tile_bytes(format, cols);
    const uint64_t scales = format.bits == 8 ? kTileRows * sizeof(float) : 0;
    const int64_t row = kFindInCells[static_cast<size_t>(format.codec)](tile, bytes - scales);
    return row >= 0 ? row : find_in_cells<uint32_t, kF32Mask>(tile + bytes - scales, scales);
}

int64_t find_nonfinite(const float* values, int64_t n) {
    return find_masked<uint32_t>(reinterpret_cast<const uint8_t*>(values),
                                 static_cast<uint64_t>(n) * sizeof(float), kF32Mask);
}

}  // namespace quern
