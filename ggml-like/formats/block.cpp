// The block family, q<bits>[z|m]_g<group>[d] and nf4_g<group>[d]: scalar specification of packing
// and decoding; encoding is in block_encode.cpp. The layout is in block.h, the meaning of scales
// and zeros in tensor/codec.h.
#include "formats/block.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>

#include "formats/activation.h"
#include "formats/block_encode.h"
#include "formats/nf4.h"
#include "formats/registry.h"
#include "tensor/block.h"
#include "tensor/numeric.h"

namespace quern {
namespace {

static_assert(std::endian::native == std::endian::little, "tiles are read in place");

uint16_t load_u16(const uint8_t* p) {
    uint16_t v;
    std::memcpy(&v, p, 2);
    return v;
}
uint32_t load_u32(const uint8_t* p) {
    uint32_t v;
    std::memcpy(&v, p, 4);
    return v;
}

/// Scales and offsets of 16 rows.
int64_t group_bytes(const Format& f) {
    return scale_bytes(f.two_level) + offset_bytes(f.zero, f.two_level);
}

TileLayout layout_of(const Format& f, int64_t cols) {
    const int64_t chunks = padded_cols(cols) / kChunkCols;
    if (f.group == 0) return {chunks, chunk_bytes(f.bits), kLargestGroup / kChunkCols, 0};
    return {chunks, chunk_bytes(f.bits), f.group / kChunkCols, group_bytes(f)};
}

uint64_t tile_bytes(const Format& f, int64_t cols) {
    const int64_t end = layout_of(f, cols).units();
    const int64_t rest = f.group == 0 ? group_bytes(f) : all_unit_bytes(f.zero, f.two_level);
    return static_cast<uint64_t>(end + rest + 63) / 64 * 64;
}

/// A row's scale or minimum among the 16 that lie at p.
uint16_t load_bits(const Format& f, const uint8_t* p, int64_t row) {
    return f.two_level ? p[row] : load_u16(p + row * 2);
}
void store_bits(const Format& f, uint16_t bits, uint8_t* p, int64_t row) {
    if (f.two_level) {
        p[row] = static_cast<uint8_t>(bits);
    } else {
        std::memcpy(p + row * 2, &bits, 2);
    }
}

/// A plane's bits as a constant of the compiler, or loops over slots would take most of the time of
/// loading a GGUF file.
template <int kBits>
using PlaneBits = std::integral_constant<int, kBits>;

template <int kBits, class Visit>
void for_each_word_of_plane(const Format& f, int64_t cols, int64_t row, int low, Visit& visit) {
    const TileLayout layout = layout_of(f, cols);
    for (int64_t chunk = 0; chunk < layout.chunks; ++chunk) {
        const int64_t plane = layout.chunk(chunk) + low * kBlockCellBytes + row * 4;
        for (int cell = 0; cell < kBits; ++cell) {
            visit(PlaneBits<kBits>(), plane + cell * kBlockCellBytes,
                  chunk * kChunkCols + cell * (32 / kBits), low);
        }
    }
}

/// Where a row's codes lie: visit(plane bits, byte offset of a lane word, first input, bit of the
/// code where the plane starts), for every word of the row. Slot i of the word, bits * i up in
/// every byte, holds inputs first + 4 i ...
template <class Visit>
void for_each_word(const Format& f, int64_t cols, int64_t row, Visit visit) {
    const Planes planes = planes_of(f.bits);
    for (int p = 0, low = 0; p < planes.count; low += planes.bits[p++]) {
        const int bits = planes.bits[p];
        if (bits == 1) for_each_word_of_plane<1>(f, cols, row, low, visit);
        if (bits == 2) for_each_word_of_plane<2>(f, cols, row, low, visit);
        if (bits == 4) for_each_word_of_plane<4>(f, cols, row, low, visit);
        if (bits == 8) for_each_word_of_plane<8>(f, cols, row, low, visit);
    }
}

constexpr uint32_t four_masks(int bits) { return ((1u << bits) - 1) * 0x01010101u; }

/// Of symmetric formats.
void put_column(const Format& f, const float* values, int64_t n, int64_t col, uint8_t* tile) {
    uint8_t codes[kTileRows];
    choose_codes(f, values, kTileRows, 1, 0, static_cast<float>(1 << (f.bits - 1)), codes);
    const Planes planes = planes_of(f.bits);
    // Where a chunk lies does not depend on the number of columns.
    uint8_t* plane = tile + layout_of(f, col + 1).chunk(col / kChunkCols);
    const int i = static_cast<int>(col % kChunkCols);
    for (int p = 0, low = 0; p < planes.count; low += planes.bits[p++]) {
        const int bits = planes.bits[p], per_cell = 32 / bits;
        const int shift = i % 4 * 8 + i % per_cell / 4 * bits;
        const uint32_t mask = (1u << bits) - 1;
        uint8_t* cell = plane + (low + i / per_cell) * kBlockCellBytes;
        for (int64_t r = 0; r < n; ++r) {
            const uint32_t kept = load_u32(cell + r * 4) & ~(mask << shift);
            const uint32_t word = kept | ((uint32_t{codes[r]} >> low) & mask) << shift;
            std::memcpy(cell + r * 4, &word, 4);
        }
    }
}

void decode_row(const Format& f, const uint8_t* tile, int64_t row, int64_t cols, float* out) {
    BlockRow block;
    unpack_row(f, tile, row, cols, &block);
    for (int64_t g = 0; g < f.n_groups(cols); ++g) {
        const int64_t begin = g * f.group_size(cols);
        const int64_t end = std::min(begin + f.group_size(cols), cols);
        const float scale = stored_value(f, block.scales[g], block.scale_unit);
        if (f.zero == Zero::kMinimum) {
            const float minimum = stored_value(f, block.offsets[g], block.minimum_unit);
            for (int64_t k = begin; k < end; ++k) {
                out[k] = scale * static_cast<float>(block.codes[k]) + minimum;
            }
        } else if (f.zero == Zero::kNf4) {
            for (int64_t k = begin; k < end; ++k) {
                out[k] = scale * static_cast<float>(kNf4Values[block.codes[k]] - kTableZero);
            }
        } else {
            const int zero = f.zero == Zero::kInteger ? block.offsets[g] : 1 << (f.bits - 1);
            for (int64_t k = begin; k < end; ++k) {
                out[k] = scale * static_cast<float>(block.codes[k] - zero);
            }
        }
    }
}

bool are_finite(const uint8_t* halves, int64_t bytes) {
    uint16_t bad = 0;
    for (int64_t i = 0; i < bytes; i += 2) bad |= (load_u16(halves + i) & 0x7C00) == 0x7C00;
    return bad == 0;
}

/// Scales and minima, or their units, are finite f16 numbers, and zeros are codes.
bool is_valid(const Format& f, const uint8_t* tile, int64_t cols) {
    const TileLayout layout = layout_of(f, cols);
    if (f.two_level) {
        return are_finite(tile + layout.units(), all_unit_bytes(f.zero, f.two_level));
    }
    bool valid = true;
    for (int64_t g = 0; g < f.n_groups(cols); ++g) {
        const uint8_t* group = tile + layout.group(g);
        valid &= are_finite(group, f.zero == Zero::kInteger ? scale_bytes(false) : group_bytes(f));
        if (f.zero != Zero::kInteger) continue;
        const uint8_t* zeros = group + scale_bytes(false);
        for (int64_t r = 0; r < kTileRows; ++r) valid &= zeros[r] >> f.bits == 0;
    }
    return valid;
}

}  // namespace

void BlockRow::resize(const Format& f, int64_t cols) {
    const auto groups = static_cast<size_t>(f.n_groups(cols));
    codes.resize(static_cast<size_t>(cols));
    scales.resize(groups);
    offsets.resize(offset_bytes(f.zero, f.two_level) == 0 ? 0 : groups);
}

void pack_row(const Format& f, const BlockRow& in, int64_t cols, uint8_t* tile, int64_t row) {
    std::vector<uint8_t> padded;  // whole steps of four codes, only copied where cols is ragged
    const uint8_t* codes = in.codes.data();
    if (cols % kChunkCols != 0) {
        padded = in.codes;
        padded.resize(static_cast<size_t>(padded_cols(cols)), 0);
        codes = padded.data();
    }
    for_each_word(f, cols, row, [&](auto bits, int64_t at, int64_t k, int low) {
        uint32_t word = 0;
        for (int slot = 0; slot < 8 / bits; ++slot) {
            const uint32_t four = (load_u32(codes + k + 4 * slot) >> low) & four_masks(bits);
            word |= four << (bits * slot);
        }
        std::memcpy(tile + at, &word, 4);
    });
    const TileLayout layout = layout_of(f, cols);
    for (int64_t g = 0; g < f.n_groups(cols); ++g) {
        uint8_t* scales = tile + layout.group(g);
        uint8_t* offsets = scales + scale_bytes(f.two_level);
        store_bits(f, in.scales[g], scales, row);
        if (f.zero == Zero::kInteger) offsets[row] = static_cast<uint8_t>(in.offsets[g]);
        if (f.zero == Zero::kMinimum) store_bits(f, in.offsets[g], offsets, row);
    }
    if (!f.two_level) return;
    uint8_t* units = tile + layout.units() + row * 2;
    std::memcpy(units, &in.scale_unit, 2);
    if (f.zero == Zero::kMinimum) std::memcpy(units + kUnitBytes, &in.minimum_unit, 2);
}

void unpack_row(const Format& f, const uint8_t* tile, int64_t row, int64_t cols, BlockRow* out) {
    out->resize(f, cols);
    out->codes.assign(static_cast<size_t>(padded_cols(cols)), 0);
    for_each_word(f, cols, row, [&](auto bits, int64_t at, int64_t k, int low) {
        const uint32_t word = load_u32(tile + at);
        for (int slot = 0; slot < 8 / bits; ++slot) {
            uint8_t* codes = &out->codes[k + 4 * slot];
            const uint32_t four = load_u32(codes) | ((word >> (bits * slot)) & four_masks(bits))
                                                        << low;
            std::memcpy(codes, &four, 4);
        }
    });
    out->codes.resize(static_cast<size_t>(cols));
    const TileLayout layout = layout_of(f, cols);
    for (int64_t g = 0; g < f.n_groups(cols); ++g) {
        const uint8_t* scales = tile + layout.group(g);
        const uint8_t* offsets = scales + scale_bytes(f.two_level);
        out->scales[g] = load_bits(f, scales, row);
        if (f.zero == Zero::kInteger) out->offsets[g] = offsets[row];
        if (f.zero == Zero::kMinimum) out->offsets[g] = load_bits(f, offsets, row);
    }
    if (!f.two_level) return;
    const uint8_t* units = tile + layout.units() + row * 2;
    out->scale_unit = load_u16(units);
    if (f.zero == Zero::kMinimum) out->minimum_unit = load_u16(units + kUnitBytes);
}

std::span<const float, 16> nf4_book() { return kNf4Book; }

namespace {

Format member(const std::string& stem, int bits, Zero zero, int64_t group, bool two_level = false) {
    Format f;
    f.name = stem + (group ? "_g" + std::to_string(group) : "_row") + (two_level ? "d" : "");
    f.bits = bits;
    f.codec = Codec::kBlock;
    f.zero = zero;
    f.group = group;
    f.two_level = two_level;
    f.inputs = InputKind::kInt8;
    f.tile_bytes = tile_bytes;
    f.encode_row = encode_block_row;
    if (zero == Zero::kSymmetric && !two_level) f.put_column = put_column;
    f.decode_row = decode_row;
    f.is_valid = is_valid;
    return f;
}

}  // namespace

std::vector<Format> block_formats() {
    constexpr int64_t kGroups[] = {32, 64, 128};
    constexpr std::pair<Zero, const char*> kSuffixes[] = {
        {Zero::kSymmetric, ""}, {Zero::kInteger, "z"}, {Zero::kMinimum, "m"}};
    std::vector<Format> family;
    for (int bits : {2, 3, 4, 5, 6, 8}) {
        for (const auto& [zero, suffix] : kSuffixes) {
            for (int64_t group : {32, 64, 128, 0}) {
                family.push_back(member("q" + std::to_string(bits) + suffix, bits, zero, group));
            }
        }
    }
    for (int64_t group : kGroups) family.push_back(member("nf4", 4, Zero::kNf4, group));
    // Two levels: where scales are a noticeable part of the bytes. Not with integer zeros, whose
    // purpose is to hold the f16 scales of GPTQ and AWQ files.
    for (int bits : {2, 3, 4, 5, 6}) {
        for (const auto& [zero, suffix] : kSuffixes) {
            if (zero == Zero::kInteger) continue;
            for (int64_t group : kGroups) {
                family.push_back(
                    member("q" + std::to_string(bits) + suffix, bits, zero, group, true));
            }
        }
    }
    for (int64_t group : kGroups) family.push_back(member("nf4", 4, Zero::kNf4, group, true));
    return family;
}

}  // namespace quern
