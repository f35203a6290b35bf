// Floating-point formats: f32, f16, bf16, and f8 with one f32 scale per row.
//
// Tile of 16 rows, cells of 64 bytes; lane r (bytes 4r..4r+3 of a cell) belongs to row r:
//
//   f32         | w[k]                              |   1 input per lane and cell
//   f16, bf16   | w[2k]          | w[2k+1]          |   2
//   f8          | w[4k] | w[4k+1] | w[4k+2] | w[4k+3] |   4
//                 byte 0    byte 1    byte 2    byte 3
//
// Cells for inputs 0..padded_cols, then for f8 one cell with the 16 row scales (f32).
// f8: w = scale * value, scale = absmax of the row / largest finite value (448 or 57344), which
// uses the whole range; OCP 8-bit floating point specification, values saturate.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "formats/registry.h"
#include "tensor/numeric.h"

namespace quern {
namespace {

constexpr uint64_t kCellBytes = 64;

uint64_t value_bytes(const Format& f, int64_t cols) {
    return static_cast<uint64_t>(padded_cols(cols) / 32) * static_cast<uint64_t>(f.bits) *
           kCellBytes;
}

template <class Code>
Code* code_at(uint8_t* tile, int64_t row, int64_t k) {
    constexpr int64_t kPerLane = 4 / sizeof(Code);
    return reinterpret_cast<Code*>(tile + k / kPerLane * 64 + row * 4) + k % kPerLane;
}
template <class Code>
Code load_code(const uint8_t* tile, int64_t row, int64_t k) {
    return *code_at<Code>(const_cast<uint8_t*>(tile), row, k);
}

/// No word of `bytes` has all bits of `exponent` set.
template <class Word>
bool all_finite(const uint8_t* data, uint64_t bytes, Word exponent) {
    const auto* words = reinterpret_cast<const Word*>(data);
    Word found = 0;
    for (uint64_t i = 0; i < bytes / sizeof(Word); ++i) {
        found |= static_cast<Word>((words[i] & exponent) == exponent);
    }
    return found == 0;
}

/// kExponent: the exponent bits of Code, all set in NaN and infinity.
template <class Code, Code (*encode)(float), float (*decode)(Code), uint32_t kExponent>
Format plain(const char* name, Codec codec, InputKind inputs) {
    Format f;
    f.name = name;
    f.codec = codec;
    f.bits = 8 * sizeof(Code);
    f.inputs = inputs;
    f.tile_bytes = value_bytes;
    // Codes are computed apart from where they lie, so that the compiler can vectorize.
    f.encode_row = [](const Format&, const float* w, int64_t row, int64_t cols, uint8_t* tile) {
        int64_t k = 0;
        for (; k + kChunkCols <= cols; k += kChunkCols) {
            Code codes[kChunkCols];
            for (int64_t i = 0; i < kChunkCols; ++i) codes[i] = encode(w[k + i]);
            for (int64_t i = 0; i < kChunkCols; i += 4 / sizeof(Code)) {
                std::memcpy(code_at<Code>(tile, row, k + i), codes + i, 4);
            }
        }
        for (; k < cols; ++k) *code_at<Code>(tile, row, k) = encode(w[k]);
    };
    f.put_column = [](const Format&, const float* values, int64_t n, int64_t col, uint8_t* tile) {
        Code codes[kTileRows];
        for (int64_t r = 0; r < kTileRows; ++r) codes[r] = encode(values[r]);
        for (int64_t r = 0; r < n; ++r) *code_at<Code>(tile, r, col) = codes[r];
    };
    f.decode_row = [](const Format&, const uint8_t* tile, int64_t row, int64_t cols, float* out) {
        int64_t k = 0;
        for (; k + kChunkCols <= cols; k += kChunkCols) {
            Code codes[kChunkCols];
            for (int64_t i = 0; i < kChunkCols; i += 4 / sizeof(Code)) {
                std::memcpy(codes + i, tile + (k + i) * sizeof(Code) / 4 * kCellBytes + row * 4, 4);
            }
            for (int64_t i = 0; i < kChunkCols; ++i) out[k + i] = decode(codes[i]);
        }
        for (; k < cols; ++k) out[k] = decode(load_code<Code>(tile, row, k));
    };
    f.is_valid = [](const Format& self, const uint8_t* tile, int64_t cols) {
        using Word = std::conditional_t<sizeof(Code) == 4, uint32_t, uint16_t>;
        return all_finite<Word>(tile, value_bytes(self, cols), static_cast<Word>(kExponent));
    };
    return f;
}

float* row_scales(const Format& f, uint8_t* tile, int64_t cols) {
    return reinterpret_cast<float*>(tile + value_bytes(f, cols));
}

/// kMax: the largest finite value; kMaxCode: its code.
template <uint8_t (*encode)(float), float (*decode)(uint8_t), int kMax, uint8_t kMaxCode>
Format scaled_f8(const char* name, Codec codec) {
    Format f;
    f.name = name;
    f.codec = codec;
    f.bits = 8;
    f.inputs = InputKind::kBf16;
    f.tile_bytes = [](const Format& self, int64_t cols) {
        return value_bytes(self, cols) + kCellBytes;
    };
    f.encode_row = [](const Format& self, const float* w, int64_t row, int64_t cols,
                      uint8_t* tile) {
        float absmax = 0;
        for (int64_t k = 0; k < cols; ++k) absmax = std::max(absmax, std::fabs(w[k]));
        const float scale = absmax / kMax;
        row_scales(self, tile, cols)[row] = scale;
        for (int64_t k = 0; k < cols; ++k) {
            *code_at<uint8_t>(tile, row, k) = scale == 0 ? uint8_t{0} : encode(w[k] / scale);
        }
    };
    f.decode_row = [](const Format& self, const uint8_t* tile, int64_t row, int64_t cols,
                      float* out) {
        const float scale = row_scales(self, const_cast<uint8_t*>(tile), cols)[row];
        for (int64_t k = 0; k < cols; ++k)
            out[k] = scale * decode(load_code<uint8_t>(tile, row, k));
    };
    f.is_valid = [](const Format& self, const uint8_t* tile, int64_t cols) {
        bool finite = all_finite<uint32_t>(tile + value_bytes(self, cols), kCellBytes, 0x7F800000);
        for (uint64_t i = 0; i < value_bytes(self, cols); ++i)
            finite &= (tile[i] & 0x7F) <= kMaxCode;
        return finite;
    };
    return f;
}

float same(float v) { return v; }

}  // namespace

std::vector<Format> real_formats() {
    return {
        plain<float, same, same, 0x7F800000>("f32", Codec::kF32, InputKind::kF32),
        plain<uint16_t, f32_to_f16, f16_to_f32, 0x7C00>("f16", Codec::kF16, InputKind::kF32),
        plain<uint16_t, f32_to_bf16, bf16_to_f32, 0x7F80>("bf16", Codec::kBf16, InputKind::kBf16),
        scaled_f8<f32_to_f8_e4m3, f8_e4m3_to_f32, 448, 0x7E>("f8_e4m3", Codec::kF8E4M3),
        scaled_f8<f32_to_f8_e5m2, f8_e5m2_to_f32, 57344, 0x7B>("f8_e5m2", Codec::kF8E5M2),
    };
}

}  // namespace quern
