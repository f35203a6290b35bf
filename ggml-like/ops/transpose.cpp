// W^T of a weight: what a product with the gradient reads. A row of W becomes a column of every
// tile of the result. A unit is a tile of W.
#include <algorithm>

#include "tensor/ops.h"

namespace quern {
namespace {

int64_t transpose_units(const Tensor& y) { return n_tiles(y.sources[0]->rows()); }

/// Values of one row of W; there are some more behind them, to fill the last tile.
void put_row(const Tensor& y, int64_t row, const float* values) {
    for (int64_t first = 0; first < y.rows(); first += kTileRows) {
        y.format->put_column(*y.format, values + first, kTileRows, row,
                             y.row<uint8_t>(first / kTileRows));
    }
}

void forward_transpose(const Tensor& y, int64_t begin, int64_t end, const Worker& w) {
    const Tensor& weight = *y.sources[0];
    const Format& f = *weight.format;
    auto* values = y.sources[1]->row<float>(w.index);
    std::fill(values + weight.cols(), values + padded_cols(weight.cols()), 0.0f);
    for (int64_t row = begin * kTileRows; row < std::min(end * kTileRows, weight.rows()); ++row) {
        const auto* tile = weight.row<uint8_t>(row / kTileRows);
        f.decode_row(f, tile, row % kTileRows, weight.cols(), values);
        put_row(y, row, values);
    }
    // Inputs that no row of W is behind may be read, and then count nothing: but as numbers.
    std::fill(values, values + padded_cols(weight.cols()), 0.0f);
    for (int64_t row = weight.rows(); end == transpose_units(y) && row < padded_cols(y.cols());
         ++row) {
        put_row(y, row, values);
    }
}

constexpr Op kTranspose{"transpose", transpose_units, forward_transpose, streaming_cost};

}  // namespace

Tensor* transpose(Graph& g, const Tensor* weight, const Format& format) {
    Tensor* y = g.add(kTranspose, {weight, g.scratch(padded_cols(weight->cols()) * 4)});
    set_shape(y, Storage::kTiles, weight->cols(), weight->rows());
    y->format = &format;
    y->stride = format.tile_bytes(format, weight->rows());
    return y;
}

}  // namespace quern
