// Matrix product with a weight: y [tokens, out] = x [tokens, in] W^T, plus a residual [tokens, out]
// where there is one, which is added while the product is in the cache. A unit is 32 rows of the
// weight times all tokens or, where they are many, times half of them.
#include "ops/product.h"
#include "tensor/gradient.h"
#include "tensor/ops.h"

namespace quern {
namespace {

constexpr int64_t kUnitTiles = 2;  // AVX-512 multiplies two tiles together

int64_t units_per_half(const Tensor& y) {
    return (n_tiles(y.sources[0]->rows()) + kUnitTiles - 1) / kUnitTiles;
}

int64_t matmul_units(const Tensor& y) {
    return y.rows() < kManyRows ? units_per_half(y) : 2 * units_per_half(y);
}

/// Units [begin, end) of one half times its tokens, [first, last).
void multiply(const Tensor& y, int64_t begin, int64_t end, int64_t first, int64_t last,
              const Worker& w) {
    const Tensor& weight = *y.sources[0];
    const Tensor& x = *y.sources[1];
    MatmulTask task = product_task(*weight.format, weight.rows(), weight.cols());
    task.weight = weight.row<uint8_t>(0);
    task.x = x.row<uint8_t>(first);
    task.x_stride = x.stride;
    task.tokens = last - first;
    task.y = y.row<float>(first);
    task.y_stride = static_cast<int64_t>(y.stride / sizeof(float));
    task.tile_begin = begin * kUnitTiles;
    task.tile_end = std::min(end * kUnitTiles, n_tiles(weight.rows()));
    product_kernel(*w.kernels, *weight.format)(task);
    if (const Tensor* residual = y.sources[2]; residual != nullptr) {
        const int64_t row = task.tile_begin * kTileRows;
        const int64_t n = std::min(task.tile_end * kTileRows, weight.rows()) - row;
        for (int64_t t = first; t < last; ++t) {
            float* out = y.row<float>(t) + row;
            w.kernels->add(out, residual->row<float>(t) + row, n, out);
        }
    }
}

void forward_matmul(const Tensor& y, int64_t begin, int64_t end, const Worker& w) {
    const int64_t half = units_per_half(y);
    const int64_t middle = y.rows() < kManyRows ? y.rows() : y.rows() / 2;
    if (begin < half) multiply(y, begin, std::min(end, half), 0, middle, w);
    if (end > half) multiply(y, std::max(begin, half) - half, end - half, middle, y.rows(), w);
}

Cost matmul_cost(const Tensor& y) {
    const Tensor& weight = *y.sources[0];
    const auto elements = static_cast<double>(weight.rows()) * static_cast<double>(weight.cols());
    return {static_cast<double>(weight.format->matrix_bytes(weight.rows(), weight.cols())),
            2 * elements * static_cast<double>(y.rows())};
}

void matmul_gradient(Gradients& gradients, const Tensor& y, const Tensor* at_y) {
    const Tensor* weight = y.sources[0];
    const Tensor* x = unrounded(y.sources[1]);
    if (float* sum = gradients.sum_of(weight)) {
        add_outer_products(gradients.graph(), at_y, x, sum);
    }
    gradients.add(x, matmul(gradients.graph(), gradients.transposed(weight), at_y));
    if (y.sources[2] != nullptr) gradients.add(y.sources[2], at_y);
}

constexpr Op kMatmulOp{.name = "matmul",
                       .units = matmul_units,
                       .forward = forward_matmul,
                       .cost = matmul_cost,
                       .streams_weight = true,
                       .gradient = matmul_gradient};

}  // namespace

Tensor* matmul(Graph& g, const Tensor* weight, const Tensor* x, const Tensor* residual,
               float input_range) {
    if (weight->storage != Storage::kTiles || weight->cols() != x->cols()) {
        g.fail("matmul: " + weight->name + " does not fit its input of " +
               std::to_string(x->cols()) + " columns");
    } else if (weight->format->inputs != InputKind::kF32) {
        x = quantize_activations(g, x, *weight->format, input_range);
    }
    Tensor* y = g.add(kMatmulOp, {weight, x, residual});
    set_shape(y, Storage::kF32, x->rows(), weight->rows());
    if (residual != nullptr && residual->shape != y->shape) {
        g.fail("matmul: the residual does not fit the product with " + weight->name);
    }
    return y;
}

}  // namespace quern
