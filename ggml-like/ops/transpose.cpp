// W^T of a weight, in f32 tiles: what a product with the gradient reads. A cell of the result holds
// 16 neighbouring values of one row of W, so a decoded row goes over in copies of 64 bytes. A unit
// is a tile of W.
#include <algorithm>

#include "tensor/ops.h"

namespace quern {
namespace {

int64_t transpose_units(const Tensor& y) { return n_tiles(y.sources[0]->rows()); }

void transpose_row(const Tensor& y, int64_t row, const float* values) {
    for (int64_t first = 0; first < y.rows(); first += kTileRows) {
        const int64_t n = std::min(kTileRows, y.rows() - first);
        float* cell = y.row<float>(first / kTileRows) + row * kTileRows;
        std::copy(values + first, values + first + n, cell);
        std::fill(cell + n, cell + kTileRows, 0.0f);
    }
}

void forward_transpose(const Tensor& y, int64_t begin, int64_t end, const Worker& w) {
    const Tensor& weight = *y.sources[0];
    const Format& f = *weight.format;
    auto* values = y.sources[1]->row<float>(w.index);
    for (int64_t row = begin * kTileRows; row < std::min(end * kTileRows, weight.rows()); ++row) {
        const auto* tile = weight.row<uint8_t>(row / kTileRows);
        f.decode_row(f, tile, row % kTileRows, weight.cols(), values);
        transpose_row(y, row, values);
    }
}

constexpr Op kTranspose{"transpose", transpose_units, forward_transpose, streaming_cost};

}  // namespace

Tensor* transpose(Graph& g, const Tensor* weight) {
    const Format& f32 = *find_format("f32");
    Tensor* y = g.add(kTranspose, {weight, g.scratch(weight->cols() * 4)});
    set_shape(y, Storage::kTiles, weight->cols(), weight->rows());
    y->format = &f32;
    y->stride = f32.tile_bytes(f32, weight->rows());
    return y;
}

}  // namespace quern
