// D H as an ordinary product: H is symmetric, so its rows can be the tokens and D the weight.
#include "calibration/output_loss.h"

#include <algorithm>

#include "tensor/ops.h"
#include "tensor/system.h"

namespace quern {
namespace {

constexpr int64_t kChunk = 256;  ///< rows of H at a time

/// Lanes of one input of all tiles.
double diagonal_loss(const float* difference, int64_t rows, const InputStatistics& s) {
    const int64_t tile_floats = padded_cols(s.n) * kTileRows;
    double sum = 0;
    for (int64_t tile = 0; tile < n_tiles(rows); ++tile) {
        const float* cell = difference + tile * tile_floats;
        for (int64_t k = 0; k < s.n; ++k, cell += kTileRows) {
            float square = 0;
            for (int64_t r = 0; r < kTileRows; ++r) square += cell[r] * cell[r];
            sum += static_cast<double>(square * s.mean_square[static_cast<size_t>(k)]);
        }
    }
    return sum;
}

/// sum over inputs [begin, begin + count) and rows of D[r, k] (D H)[r, k].
double chunk_loss(const float* difference, int64_t rows, int64_t cols, int64_t begin,
                  const Tensor& product) {
    const int64_t tile_floats = padded_cols(cols) * kTileRows;
    double sum = 0;
    for (int64_t k = 0; k < product.rows(); ++k) {
        const float* y = product.row<float>(k);
        float lanes[kTileRows] = {};
        for (int64_t tile = 0; tile < n_tiles(rows); ++tile) {
            const float* cell = difference + tile * tile_floats + (begin + k) * kTileRows;
            const int64_t n = std::min(kTileRows, rows - tile * kTileRows);
            for (int64_t r = 0; r < n; ++r) lanes[r] += cell[r] * y[tile * kTileRows + r];
        }
        for (const float lane : lanes) sum += static_cast<double>(lane);
    }
    return sum;
}

}  // namespace

Result<double> output_loss(const float* difference, int64_t rows, const InputStatistics& s,
                           ThreadPool& pool) {
    if (s.hessian.empty()) return diagonal_loss(difference, rows, s);
    const Format& f32 = *find_format("f32");
    Tensor d;
    d.name = "difference";
    d.storage = Storage::kTiles;
    d.format = &f32;
    d.rank = 2;
    d.shape = {rows, s.n, 1, 1};
    d.stride = f32.tile_bytes(f32, s.n);
    d.data = reinterpret_cast<std::byte*>(const_cast<float*>(difference));  // only read
    double sum = 0;
    for (int64_t begin = 0; begin < s.n; begin += kChunk) {
        Tensor h;
        set_shape(&h, Storage::kF32, std::min(kChunk, s.n - begin), s.n);
        h.stride = static_cast<uint64_t>(s.n) * sizeof(float);
        h.data = reinterpret_cast<std::byte*>(const_cast<float*>(&s.hessian[begin * s.n]));
        Graph g(pool.size());
        const Tensor* product = matmul(g, &d, &h);
        g.keep(product);
        if (Status status = g.plan(); !status.ok()) return status;
        g.run(pool, active_kernels());
        sum += chunk_loss(difference, rows, s.n, begin, *product);
    }
    return sum;
}

}  // namespace quern
