// All values of a tensor of any model file, whatever its format.
#pragma once

#include <cstdint>
#include <vector>

#include "support/check_status.h"
#include "tensor/model_file.h"

namespace quern::test {

inline int64_t tiles_of(const FileTensor& t) { return (t.rows() + kTileRows - 1) / kTileRows; }

/// All tiles of a rank-2 tensor.
inline std::vector<uint8_t> packed_tiles(const ModelFile& file, const FileTensor& t) {
    // Rubbish, since pack_tiles() must not rely on zeroed memory.
    std::vector<uint8_t> packed(t.format->matrix_bytes(t.rows(), t.cols()), 0xA5);
    check_ok(file.pack_tiles(t, 0, tiles_of(t), packed.data()));
    return packed;
}

/// [rows, cols] of a tensor of rank 1 or 2.
inline std::vector<float> values_of(const ModelFile& file, const FileTensor& t) {
    std::vector<float> out(static_cast<size_t>(t.elements()));
    if (t.rank == 1) {
        check_ok(file.read_vector(t, out.data()));
        return out;
    }
    const Format& f = *t.format;
    const std::vector<uint8_t> packed = packed_tiles(file, t);
    for (int64_t row = 0; row < t.rows(); ++row) {
        const uint8_t* tile =
            packed.data() + static_cast<uint64_t>(row / kTileRows) * f.tile_bytes(f, t.cols());
        f.decode_row(f, tile, row % kTileRows, t.cols(), out.data() + row * t.cols());
    }
    return out;
}

}  // namespace quern::test
