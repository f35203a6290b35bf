// The tensors of one layer as f32 in memory: what statistics are collected with, transforms rescale
// and roundings read. A matrix is in f32 tiles: cell k of a tile holds input k of its 16 rows.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "tensor/aligned_memory.h"
#include "tensor/model_file.h"

namespace quern {

struct LayerTensor {
    const FileTensor* source = nullptr;
    AlignedMemory memory;  ///< the values; gone after drop_values()
    /// What the matrix was rounded to, in tiles of a block format; nullptr: none are kept.
    const Format* rounded_to = nullptr;
    AlignedMemory rounded;
    /// What transforms have multiplied the rows and columns of a matrix by, [rows] and [cols]. In
    /// these terms errors are taken back to those of the model as it was.
    std::vector<float> row_factors, col_factors;

    int64_t rows() const { return source->rows(); }
    int64_t cols() const { return source->cols(); }
    bool is_matrix() const { return source->rank == 2; }
    int64_t tiles() const { return is_matrix() ? n_tiles(rows()) : 0; }
    int64_t tile_floats() const { return padded_cols(cols()) * kTileRows; }
    uint64_t bytes() const;
    float* vector() const { return reinterpret_cast<float*>(memory.get()); }
    float* tile(int64_t i) const { return vector() + i * tile_floats(); }
    /// Copies tiles of a block format to `rounded`; does nothing with those of others.
    void keep_rounded(const Format& format, const std::vector<uint8_t>& tiles);
    void forget_rounded();
    /// Gives back `memory` if there is `rounded` instead.
    void drop_values();
    /// Rows of tile i, 16 or fewer in the last.
    int64_t tile_rows(int64_t i) const { return std::min(kTileRows, rows() - i * kTileRows); }
};

/// Rows of a tile [rows, cols] from its cells, and back.
void unpack_tile(const float* tile, int64_t rows, int64_t cols, float* out);
void pack_tile(const float* in, int64_t rows, int64_t cols, float* tile);

class LayerTensors {
  public:
    /// Reads the tensors with these names. Refuses values that are not finite.
    Status load(const ModelFile& file, const std::vector<std::string_view>& names, int threads,
                const std::atomic<bool>* cancel);

    std::deque<LayerTensor>& all() { return tensors_; }
    LayerTensor* find(std::string_view name);

  private:
    std::deque<LayerTensor> tensors_;
};

}  // namespace quern
