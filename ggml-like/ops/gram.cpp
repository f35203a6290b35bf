// X^T X of values x [tokens, n], added to a sum: the second moments of a product's inputs. Only the
// blocks on and below the diagonal are computed (SYRK). A tile of f32 weights holds 16 rows of an
// input in a cell; with features as rows and tokens as inputs that is 16 neighbouring features of
// one token, so packing X^T is a copy, and the kernels for products with f32 weights do the rest.
#include <algorithm>
#include <cstring>

#include "ops/product.h"
#include "tensor/ops.h"

namespace quern {
namespace {

constexpr int64_t kBlockTiles = 5;  ///< 80 features: a multiple of what kernels take at once
constexpr int64_t kBlockRows = kBlockTiles * kTileRows;
constexpr int64_t kStripTiles = 32;  ///< a product of 80 x 512 stays in the L2 cache
constexpr int64_t kStripRows = kStripTiles * kTileRows;

// ---------------------------------------------------------------- packing

/// A row of the value is a tile.
void pack_row(const Tensor& y, int64_t tile, float* out, const Worker&) {
    const Tensor& x = *y.sources[0];
    const int64_t first = tile * kTileRows;
    const auto n = static_cast<size_t>(std::min(kTileRows, x.cols() - first));
    float* cell = out;
    for (int64_t t = 0; t < x.rows(); ++t, cell += kTileRows) {
        std::memcpy(cell, x.row<float>(t) + first, n * sizeof(float));
        std::fill(cell + n, cell + kTileRows, 0.0f);
    }
    std::fill(cell, out + y.cols(), 0.0f);
}

constexpr Op kPack{"pack transposed", row_units, forward_rows, streaming_cost, pack_row};

// ---------------------------------------------------------------- products

struct Params {
    float* sum;
    int64_t n, tokens;
};

int64_t units(const Tensor& y) { return (params_of<Params>(y).n + kBlockRows - 1) / kBlockRows; }

/// Features [first, first + rows) as rows of tokens.
void unpack_rows(const Tensor& tiles, int64_t tokens, int64_t first, int64_t rows, float* out) {
    for (int64_t r = 0; r < rows; ++r) {
        const float* lane = tiles.row<float>((first + r) / kTileRows) + (first + r) % kTileRows;
        for (int64_t t = 0; t < tokens; ++t) out[r * tokens + t] = lane[t * kTileRows];
    }
}

/// Rows of one block of the sum, columns up to the block's last.
void add_block(const Tensor& y, int64_t block, const Worker& w) {
    const auto [sum, n, tokens] = params_of<Params>(y);
    const Tensor& tiles = *y.sources[0];
    const Format& f32 = *find_format("f32");
    const int64_t first = block * kBlockRows;
    const int64_t rows = std::min(kBlockRows, n - first);
    auto* x = y.sources[1]->row<float>(w.index);
    float* product = x + kBlockRows * tokens;
    unpack_rows(tiles, tokens, first, rows, x);
    for (int64_t begin = 0; begin < first + rows; begin += kStripRows) {
        const int64_t end = std::min(begin + kStripRows, first + rows);
        MatmulTask task = product_task(f32, end - begin, tokens);
        task.weight = tiles.row<uint8_t>(begin / kTileRows);
        task.x = reinterpret_cast<const uint8_t*>(x);
        task.x_stride = static_cast<uint64_t>(tokens) * sizeof(float);
        task.tokens = rows;
        task.y = product;
        task.y_stride = kStripRows;
        task.tile_end = n_tiles(end - begin);
        product_kernel(*w.kernels, f32)(task);
        for (int64_t r = 0; r < rows; ++r) {
            float* out = sum + (first + r) * n + begin;
            for (int64_t j = 0; j < end - begin; ++j) out[j] += product[r * kStripRows + j];
        }
    }
}

/// Long rows first, so that workers finish together.
void forward(const Tensor& y, int64_t begin, int64_t end, const Worker& w) {
    const int64_t last = units(y) - 1;
    for (int64_t unit = begin; unit < end; ++unit) add_block(y, last - unit, w);
}

Cost cost(const Tensor& y) {
    const auto n = static_cast<double>(params_of<Params>(y).n);
    const auto tokens = static_cast<double>(params_of<Params>(y).tokens);
    return {static_cast<double>(y.sources[0]->bytes()) + n * n * 4, n * n * tokens};
}

constexpr Op kOp{"gram", units, forward, cost, nullptr, true};

}  // namespace

Tensor* add_gram(Graph& g, const Tensor* x, float* sum) {
    const Format& f32 = *find_format("f32");
    const int64_t n = x->cols(), tokens = x->rows();
    Tensor* tiles = g.add(kPack, {x});
    const auto tile_floats = static_cast<int64_t>(f32.tile_bytes(f32, tokens) / sizeof(float));
    set_shape(tiles, Storage::kF32, n_tiles(n), tile_floats);
    tiles->stride = f32.tile_bytes(f32, tokens);  // tiles of a matrix have no gaps
    Tensor* y = g.add(kOp, {tiles, g.scratch((kBlockRows * tokens + kBlockRows * kStripRows) * 4)});
    set_shape(y, Storage::kF32, 0, 0);  // no values of its own: it stands for the sum
    params_of<Params>(y) = {sum, n, tokens};
    return y;
}

}  // namespace quern
