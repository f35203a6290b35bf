// Number formats: how a weight matrix is stored. One Format object per format, all in one registry.
//
// Every matrix [rows, cols] is stored in TILES of 16 rows. Inside a tile the codes are a sequence
// of 64-byte cells of sixteen 32-bit lanes; lane r belongs to row r and holds the row's next
// inputs, as many as fit: 1 of f32, 2 of f16, 4 of 8 bits, 8 of 4 bits, 16 of 2 bits, 32 of 1 bit.
// So one aligned load feeds one AVX-512 register, two of AVX2 or four of NEON with sixteen rows at
// once, and files are mapped, never repacked. The exact layout, with bit diagrams, is in
// formats/real.cpp (floats), formats/block.cpp (the block family) and FORMAT.md.
//
// cols is padded to a multiple of 32 and rows to a multiple of 16; padding decodes to nothing
// (kernels see zero activations there) and is stored as zero bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tensor/codec.h"

namespace quern {

inline constexpr int64_t kTileRows = 16;
inline constexpr int64_t kChunkCols = 32;  ///< inputs are padded to a multiple of this

/// What a product takes its inputs as.
enum class InputKind : uint8_t {
    kF32,   ///< as they are
    kBf16,  ///< rounded to bf16, for the dot product of CPUs that have one
    kInt8,  ///< one scale per token and chunk (formats/activation.h): block formats
};

inline int64_t n_tiles(int64_t rows) { return (rows + kTileRows - 1) / kTileRows; }

struct Format {
    std::string name;  ///< "f16", "q4z_g128", ...
    Codec codec = Codec::kF32;
    int bits = 0;                  ///< of one code
    Zero zero = Zero::kSymmetric;  ///< block family only
    int64_t group = 0;       ///< block family only: inputs that share a scale; 0: the whole row
    bool two_level = false;  ///< block family only: scales count units of their row
    InputKind inputs = InputKind::kF32;

    /// Bytes of one tile of a matrix with `cols` inputs, a multiple of 64. Overflow-free for cols <
    /// 2^40.
    uint64_t (*tile_bytes)(const Format&, int64_t cols) = nullptr;
    /// Round to nearest (RTN): encodes w [cols] as row `row` (0..15) of a tile, over whatever was
    /// there. Values must be finite. This is the format's specification.
    void (*encode_row)(const Format&, const float* w, int64_t row, int64_t cols,
                       uint8_t* tile) = nullptr;
    /// Writes column `col` of a tile's first `n` rows; values has 16 elements for any n, so that
    /// loops over it vectorize. In the block family the rows' scales must be 1. Null where rows
    /// cannot be extended in this way: f8, zeros or minima, two levels.
    void (*put_column)(const Format&, const float* values, int64_t n, int64_t col,
                       uint8_t* tile) = nullptr;
    /// Decodes row `row` (0..15) of a tile into out [cols].
    void (*decode_row)(const Format&, const uint8_t* tile, int64_t row, int64_t cols,
                       float* out) = nullptr;
    /// False if a scale, minimum or value of the tile is NaN or infinite, or a zero point is no
    /// code.
    bool (*is_valid)(const Format&, const uint8_t* tile, int64_t cols) = nullptr;

    /// Encodes `rows` <= 16 rows of w [rows, cols] into a tile.
    void encode_tile(const float* w, int64_t rows, int64_t cols, uint8_t* tile) const {
        for (int64_t r = 0; r < rows; ++r) encode_row(*this, w + r * cols, r, cols, tile);
    }
    /// And the other way.
    void decode_tile(const uint8_t* tile, int64_t rows, int64_t cols, float* w) const {
        for (int64_t r = 0; r < rows; ++r) decode_row(*this, tile, r, cols, w + r * cols);
    }
    /// A member of the block family, q<bits>[z|m]_g<group>[d] or nf4_g<group>[d]?
    bool is_block() const { return codec == Codec::kBlock; }
    /// Block formats and 8-bit floats: values lose something, and there is a grid to choose.
    bool is_quantized() const { return bits <= 8; }
    /// Inputs per scale in a matrix with `cols` inputs.
    int64_t group_size(int64_t cols) const { return group ? group : cols; }
    int64_t n_groups(int64_t cols) const {
        const int64_t size = group_size(cols);
        return (cols + size - 1) / size;
    }
    /// Bytes of a whole matrix, tiles padded.
    uint64_t matrix_bytes(int64_t rows, int64_t cols) const {
        return static_cast<uint64_t>(n_tiles(rows)) * tile_bytes(*this, cols);
    }
    double bits_per_weight(int64_t rows, int64_t cols) const {
        return 8.0 * static_cast<double>(matrix_bytes(rows, cols)) /
               (static_cast<double>(rows) * static_cast<double>(cols));
    }
};

inline int64_t padded_cols(int64_t cols) {
    return (cols + kChunkCols - 1) / kChunkCols * kChunkCols;
}

/// Every format, in a fixed order: f32 f16 bf16 f8_e4m3 f8_e5m2, then the block family.
std::span<const Format> formats();

/// By name or by a name people know ("q4_0", "q4_1", "q8_0", "int4", "int8", "nf4", "fp16", "fp8",
/// ...); nullptr if there is none.
const Format* find_format(std::string_view name);

/// What a model's weights of format `f` are multiplied as: f itself, but f16 where
/// `bf16_products` as an f16 that kernels round to bf16 (in its tiles it stays f16; it is not among
/// formats()). That is twice as fast.
const Format& product_format(const Format& f, bool bf16_products);

/// The other names find_format() takes, for help texts.
struct FormatAlias {
    std::string_view alias;
    std::string_view name;
};
std::span<const FormatAlias> format_aliases();

}  // namespace quern
