// The block family, q<bits>[z|m]_g<group> and nf4_g<group>: scalar specification of encoding,
// packing and decoding. The layout is in block.h, the meaning of scales and zeros in
// tensor/format.h.
#include "formats/block.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

#include "formats/nf4.h"
#include "formats/registry.h"
#include "tensor/block.h"
#include "tensor/numeric.h"

namespace quern {
namespace {

static_assert(std::endian::native == std::endian::little, "tiles are read in place");

uint64_t code_bytes(const Format& f, int64_t cols) {
    return static_cast<uint64_t>(padded_cols(cols) / kChunkCols) *
           static_cast<uint64_t>(chunk_bytes(f.bits));
}

uint64_t tile_bytes(const Format& f, int64_t cols) {
    const auto groups = static_cast<uint64_t>(f.n_groups(cols));
    return (code_bytes(f, cols) + groups * static_cast<uint64_t>(32 + offset_bytes(f.zero)) + 63) /
           64 * 64;
}

/// Group g's 16 scales, followed by its 16 offsets.
uint8_t* group_at(const Format& f, uint8_t* tile, int64_t cols, int64_t g) {
    return tile + code_bytes(f, cols) + static_cast<uint64_t>(g * (32 + offset_bytes(f.zero)));
}

uint32_t load_u32(const void* p) {
    uint32_t v;
    std::memcpy(&v, p, 4);
    return v;
}

/// Where a row's codes lie: visit(byte offset of a lane word, first input, plane bits, bit of the
/// code where the plane starts), for every word of the row. Slot i of the word, bits * i up in
/// every byte, holds inputs first + 4 i ...
template <class Visit>
void for_each_word(const Format& f, int64_t cols, int64_t row, Visit visit) {
    const Planes planes = planes_of(f.bits);
    for (int64_t chunk = 0; chunk < padded_cols(cols) / kChunkCols; ++chunk) {
        int64_t offset = chunk * chunk_bytes(f.bits) + row * 4;
        int low = 0;
        for (int p = 0; p < planes.count; ++p) {
            const int bits = planes.bits[p];
            for (int cell = 0; cell < bits; ++cell) {
                visit(offset, chunk * kChunkCols + cell * (32 / bits), bits, low);
                offset += kBlockCellBytes;
            }
            low += bits;
        }
    }
}

constexpr uint32_t four_masks(int bits) { return ((1u << bits) - 1) * 0x01010101u; }

float round_half_even(float v) {
    // Adding 1.5 * 2^23 leaves no fraction bits, so the addition itself rounds (|v| < 2^22).
    constexpr float kMagic = 12582912.0f;
    return (v + kMagic) - kMagic;
}

/// Smallest and largest of w, in eight lanes so that the compiler can vectorize.
void find_range(const float* w, int64_t n, float* low, float* high) {
    float lows[8], highs[8];
    std::fill(lows, lows + 8, w[0]);
    std::fill(highs, highs + 8, w[0]);
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) {
        for (int j = 0; j < 8; ++j) {
            lows[j] = w[i + j] < lows[j] ? w[i + j] : lows[j];
            highs[j] = w[i + j] > highs[j] ? w[i + j] : highs[j];
        }
    }
    for (; i < n; ++i) {
        lows[0] = std::min(lows[0], w[i]);
        highs[0] = std::max(highs[0], w[i]);
    }
    *low = *std::min_element(lows, lows + 8);
    *high = *std::max_element(highs, highs + 8);
}

/// codes = clamp(round((w - minimum) / scale) + zero). Divides, as the references do: a product
/// with the inverse can fall on the other side of a tie.
void round_codes(const float* w, int64_t n, float scale, float minimum, float zero, float max_code,
                 uint8_t* codes) {
    if (scale == 0) {
        std::fill(codes, codes + n, static_cast<uint8_t>(zero));
        return;
    }
    for (int64_t i = 0; i < n; ++i) {
        const float v = round_half_even((w[i] - minimum) / scale) + zero;  // NaN ends as 0
        codes[i] =
            static_cast<uint8_t>(static_cast<int32_t>(std::min(std::max(0.0f, v), max_code)));
    }
}

void encode_row(const Format& f, const float* w, int64_t row, int64_t cols, uint8_t* tile) {
    BlockRow block;
    block.resize(f, cols);
    for (int64_t g = 0; g < f.n_groups(cols); ++g) {
        const int64_t begin = g * f.group_size(cols);
        const int64_t n = std::min(f.group_size(cols), cols - begin);
        uint16_t offset = 0;
        encode_group(f, w + begin, n, &block.codes[begin], &block.scales[g], &offset);
        if (!block.offsets.empty()) block.offsets[g] = offset;
    }
    pack_row(f, block, cols, tile, row);
}

void put(const Format& f, float value, int64_t row, int64_t col, int64_t cols, uint8_t* tile) {
    const uint8_t* group = group_at(f, tile, cols, col / f.group_size(cols));
    uint16_t scale, minimum = 0;
    std::memcpy(&scale, group + row * 2, 2);
    float zero = 0;
    if (f.zero == Zero::kSymmetric) zero = static_cast<float>(1 << (f.bits - 1));
    if (f.zero == Zero::kInteger) zero = group[32 + row];
    if (f.zero == Zero::kMinimum) std::memcpy(&minimum, group + 32 + row * 2, 2);
    uint8_t code;
    if (f.zero == Zero::kNf4) {
        nf4_codes(&value, 1, f16_to_f32(scale) * kNf4Largest, &code);
    } else {
        round_codes(&value, 1, f16_to_f32(scale), f16_to_f32(minimum), zero,
                    static_cast<float>((1 << f.bits) - 1), &code);
    }
    const Planes planes = planes_of(f.bits);
    uint8_t* plane = tile + col / kChunkCols * chunk_bytes(f.bits);
    for (int p = 0; p < planes.count; ++p) {
        const int bits = planes.bits[p];
        const int64_t i = col % kChunkCols;
        const int64_t per_cell = 32 / bits;
        uint8_t& byte = plane[i / per_cell * kBlockCellBytes + row * 4 + i % 4];
        const int shift = static_cast<int>(bits * (i % per_cell / 4));
        const int mask = (1 << bits) - 1;
        byte = static_cast<uint8_t>((byte & ~(mask << shift)) | (code & mask) << shift);
        code = static_cast<uint8_t>(code >> bits);
        plane += kBlockCellBytes * bits;
    }
}

void decode_row(const Format& f, const uint8_t* tile, int64_t row, int64_t cols, float* out) {
    BlockRow block;
    unpack_row(f, tile, row, cols, &block);
    for (int64_t g = 0; g < f.n_groups(cols); ++g) {
        const int64_t begin = g * f.group_size(cols);
        const int64_t end = std::min(begin + f.group_size(cols), cols);
        const float scale = f16_to_f32(block.scales[g]);
        if (f.zero == Zero::kMinimum) {
            const float minimum = f16_to_f32(block.offsets[g]);
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

/// Scales and minima are finite f16 numbers; a bulk scan without branches.
bool is_finite(const Format& f, const uint8_t* tile, int64_t cols) {
    const uint64_t halves = f.zero == Zero::kMinimum ? 32 : 16;
    bool finite = true;
    for (int64_t g = 0; g < f.n_groups(cols); ++g) {
        const uint8_t* at = group_at(f, const_cast<uint8_t*>(tile), cols, g);
        for (uint64_t i = 0; i < halves; ++i) finite &= (at[2 * i + 1] & 0x7C) != 0x7C;
    }
    return finite;
}

}  // namespace

void BlockRow::resize(const Format& f, int64_t cols) {
    const auto groups = static_cast<size_t>(f.n_groups(cols));
    codes.resize(static_cast<size_t>(cols));
    scales.resize(groups);
    offsets.resize(offset_bytes(f.zero) == 0 ? 0 : groups);
}

void pack_row(const Format& f, const BlockRow& in, int64_t cols, uint8_t* tile, int64_t row) {
    std::vector<uint8_t> padded;  // whole steps of four codes, only copied where cols is ragged
    const uint8_t* codes = in.codes.data();
    if (cols % kChunkCols != 0) {
        padded = in.codes;
        padded.resize(static_cast<size_t>(padded_cols(cols)), 0);
        codes = padded.data();
    }
    for_each_word(f, cols, row, [&](int64_t at, int64_t k, int bits, int low) {
        uint32_t word = 0;
        for (int slot = 0; slot < 8 / bits; ++slot) {
            const uint32_t four = (load_u32(codes + k + 4 * slot) >> low) & four_masks(bits);
            word |= four << (bits * slot);
        }
        std::memcpy(tile + at, &word, 4);
    });
    for (int64_t g = 0; g < f.n_groups(cols); ++g) {
        uint8_t* at = group_at(f, tile, cols, g);
        std::memcpy(at + row * 2, &in.scales[g], 2);
        if (f.zero == Zero::kInteger) at[32 + row] = static_cast<uint8_t>(in.offsets[g]);
        if (f.zero == Zero::kMinimum) std::memcpy(at + 32 + row * 2, &in.offsets[g], 2);
    }
}

void unpack_row(const Format& f, const uint8_t* tile, int64_t row, int64_t cols, BlockRow* out) {
    out->resize(f, cols);
    out->codes.assign(static_cast<size_t>(padded_cols(cols)), 0);
    for_each_word(f, cols, row, [&](int64_t at, int64_t k, int bits, int low) {
        const uint32_t word = load_u32(tile + at);
        for (int slot = 0; slot < 8 / bits; ++slot) {
            uint8_t* codes = &out->codes[k + 4 * slot];
            const uint32_t four = load_u32(codes) | ((word >> (bits * slot)) & four_masks(bits))
                                                        << low;
            std::memcpy(codes, &four, 4);
        }
    });
    out->codes.resize(static_cast<size_t>(cols));
    for (int64_t g = 0; g < f.n_groups(cols); ++g) {
        const uint8_t* at = group_at(f, const_cast<uint8_t*>(tile), cols, g);
        std::memcpy(&out->scales[g], at + row * 2, 2);
        if (f.zero == Zero::kInteger) out->offsets[g] = at[32 + row];
        if (f.zero == Zero::kMinimum) std::memcpy(&out->offsets[g], at + 32 + row * 2, 2);
    }
}

std::span<const float, 16> nf4_book() { return kNf4Book; }

void encode_group(const Format& f, const float* w, int64_t n, uint8_t* codes, uint16_t* scale,
                  uint16_t* offset) {
    float low, high;
    find_range(w, n, &low, &high);
    if (f.zero == Zero::kNf4) {
        *scale = f32_to_f16(std::max(high, -low) / kNf4Largest);
        nf4_codes(w, n, f16_to_f32(*scale) * kNf4Largest, codes);
        return;
    }
    const int levels = 1 << f.bits;
    const auto max_code = static_cast<float>(levels - 1);
    float zero = 0, minimum = 0;
    if (f.zero == Zero::kSymmetric) {
        const float extreme = -low > high ? low : high;
        zero = static_cast<float>(levels / 2);
        *scale = f32_to_f16(extreme / -zero);
    } else {
        if (f.zero == Zero::kInteger) {
            low = std::min(low, 0.0f);
            high = std::max(high, 0.0f);
        }
        *scale = f32_to_f16((high - low) / max_code);
    }
    const float s = f16_to_f32(*scale);
    if (f.zero == Zero::kInteger) {
        if (s != 0) zero = std::min(std::max(0.0f, round_half_even(-low / s)), max_code);
        *offset = static_cast<uint16_t>(zero);
    } else if (f.zero == Zero::kMinimum) {
        *offset = f32_to_f16(low);
        minimum = f16_to_f32(*offset);
    }
    round_codes(w, n, s, minimum, zero, max_code, codes);
}

namespace {

Format member(const std::string& stem, int bits, Zero zero, int64_t group) {
    Format f;
    f.name = stem + (group ? "_g" + std::to_string(group) : "_row");
    f.bits = bits;
    f.codec = Codec::kBlock;
    f.zero = zero;
    f.group = group;
    f.tile_bytes = tile_bytes;
    f.encode_row = encode_row;
    f.put = put;
    f.decode_row = decode_row;
    f.is_finite = is_finite;
    return f;
}

}  // namespace

std::vector<Format> block_formats() {
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
    for (int64_t group : {32, 64, 128}) family.push_back(member("nf4", 4, Zero::kNf4, group));
    return family;
}

}  // namespace quern
