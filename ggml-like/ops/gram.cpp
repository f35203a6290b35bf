// X^T X of values x [tokens, n], added to a sum: the second moments of a product's inputs. Only the
// blocks on and below the diagonal are computed (SYRK). X^T (Y - X): how a product's inputs go with
// their distance to others. And X^T Y, the gradient at a product's weight. A tile of f32 weights
// holds 16 rows of an input in a cell; with features as rows and tokens as inputs that is 16
// neighbouring features of one token, so packing X^T is a copy, and the kernels for products with
// f32 weights do the rest.
#include <algorithm>
#include <cstring>

#include "ops/product.h"
#include "tensor/ops.h"

namespace quern {
namespace {

constexpr int64_t kBlockTiles = 5;  ///< 80 features: whole blocks of ten for AVX-512
constexpr int64_t kBlockRows = kBlockTiles * kTileRows;
constexpr int64_t kStripTiles = 32;  ///< a product of 80 x 512 stays in the L2 cache
constexpr int64_t kStripRows = kStripTiles * kTileRows;

// ---------------------------------------------------------------- packing

/// A row of the value is a tile. With a second source: of its values minus those of the first.
void pack_row(const Tensor& y, int64_t tile, float* out, const Worker&) {
    const Tensor& x = *y.sources[0];
    const Tensor* other = y.sources[1];
    const int64_t first = tile * kTileRows;
    const int64_t n = std::min(kTileRows, x.cols() - first);
    float* cell = out;
    for (int64_t t = 0; t < x.rows(); ++t, cell += kTileRows) {
        const float* row = x.row<float>(t) + first;
        if (other != nullptr) {
            const float* minuend = other->row<float>(t) + first;
            for (int64_t i = 0; i < n; ++i) cell[i] = minuend[i] - row[i];
        } else {
            std::memcpy(cell, row, static_cast<size_t>(n) * sizeof(float));
        }
        std::fill(cell + n, cell + kTileRows, 0.0f);
    }
    std::fill(cell, out + y.cols(), 0.0f);
}

constexpr Op kPack{"pack transposed", row_units, forward_rows, streaming_cost, pack_row};

Tensor* pack(Graph& g, const Tensor* x, const Tensor* other = nullptr) {
    const Format& f32 = *find_format("f32");
    const uint64_t tile_bytes = f32.tile_bytes(f32, x->rows());
    Tensor* tiles = g.add(kPack, {x, other});
    set_shape(tiles, Storage::kF32, n_tiles(x->cols()),
              static_cast<int64_t>(tile_bytes / sizeof(float)));
    tiles->stride = tile_bytes;  // tiles of a matrix have no gaps
    return tiles;
}

// ---------------------------------------------------------------- products

struct GramParams {
    float* sum;  ///< [m, n]
    int32_t m, n, tokens;
    bool lower;  ///< the rest is known by symmetry
};

int64_t gram_units(const Tensor& y) {
    return (params_of<GramParams>(y).m + kBlockRows - 1) / kBlockRows;
}

/// Features [first, first + rows) as rows of tokens.
void unpack_rows(const Tensor& tiles, int64_t tokens, int64_t first, int64_t rows, float* out) {
    for (int64_t r = 0; r < rows; ++r) {
        const float* lane = tiles.row<float>((first + r) / kTileRows) + (first + r) % kTileRows;
        for (int64_t t = 0; t < tokens; ++t) out[r * tokens + t] = lane[t * kTileRows];
    }
}

/// Rows of one block of the sum; of a lower triangle, columns up to the block's last.
void add_block(const Tensor& y, int64_t block, const Worker& w) {
    const auto [sum, m, n, tokens, lower] = params_of<GramParams>(y);
    const Tensor& tiles = *y.sources[0];
    const Format& f32 = *find_format("f32");
    const int64_t first = block * kBlockRows;
    const int64_t rows = std::min(kBlockRows, m - first);
    const int64_t cols = lower ? first + rows : n;
    auto* x = y.sources[1]->row<float>(w.index);
    float* product = x + kBlockRows * tokens;
    unpack_rows(*y.sources[2], tokens, first, rows, x);
    for (int64_t begin = 0; begin < cols; begin += kStripRows) {
        const int64_t end = std::min(begin + kStripRows, cols);
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
void forward_gram(const Tensor& y, int64_t begin, int64_t end, const Worker& w) {
    const int64_t last = gram_units(y) - 1;
    for (int64_t unit = begin; unit < end; ++unit) add_block(y, last - unit, w);
}

Cost gram_cost(const Tensor& y) {
    const auto [sum, m, n, tokens, lower] = params_of<GramParams>(y);
    const double elements = static_cast<double>(m) * n;
    return {static_cast<double>(y.sources[0]->bytes()) + elements * 4,
            (lower ? 1 : 2) * elements * tokens};
}

constexpr Op kGramOp{"gram", gram_units, forward_gram, gram_cost, nullptr, true};

/// Adds rows^T columns, of packed values, to a sum.
Tensor* add_products(Graph& g, const Tensor* rows, const Tensor* columns,
                     const GramParams& params) {
    const int64_t scratch = kBlockRows * params.tokens + kBlockRows * kStripRows;
    Tensor* y = g.add(kGramOp, {columns, g.scratch(scratch * 4), rows});
    set_shape(y, Storage::kF32, 0, 0);  // no values of its own: it stands for the sum
    params_of<GramParams>(y) = params;
    return y;
}

/// Of a^T b.
GramParams gram_params(const Tensor* a, const Tensor* b, float* sum, bool lower) {
    return {sum, static_cast<int32_t>(a->cols()), static_cast<int32_t>(b->cols()),
            static_cast<int32_t>(a->rows()), lower};
}

}  // namespace

Tensor* add_gram(Graph& g, const Tensor* x, float* sum) {
    const Tensor* tiles = pack(g, x);
    return add_products(g, tiles, tiles, gram_params(x, x, sum, true));
}

Tensor* add_shift_gram(Graph& g, const Tensor* x, const Tensor* other, float* sum) {
    return add_products(g, pack(g, x), pack(g, x, other), gram_params(x, x, sum, false));
}

Tensor* add_outer_products(Graph& g, const Tensor* a, const Tensor* b, float* sum) {
    return add_products(g, pack(g, a), pack(g, b), gram_params(a, b, sum, false));
}

}  // namespace quern
