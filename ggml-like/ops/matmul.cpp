// Matrix product with a weight: y [tokens, out] = x [tokens, in] W^T. Workers share the weight's
// tiles, so every output is computed by one worker and does not depend on their number.
#include "ops/product.h"
#include "tensor/ops.h"

namespace quern {
namespace {

void forward(const Tensor& y, const Worker& w) {
    const Tensor& weight = *y.sources[0];
    const Tensor& x = *y.sources[1];
    const int64_t tiles = (weight.rows() + kTileRows - 1) / kTileRows;
    MatmulTask task = product_task(*weight.format, weight.rows(), weight.cols());
    task.weight = weight.row<uint8_t>(0);
    task.x = x.row<uint8_t>(0);
    task.x_stride = x.stride;
    task.tokens = y.rows();
    task.y = y.row<float>(0);
    task.y_stride = y.cols();
    task.tile_begin = w.begin(tiles);
    task.tile_end = w.end(tiles);
    product_kernel(*w.kernels, *weight.format)(task);
}

Cost cost(const Tensor& y) {
    const Tensor& weight = *y.sources[0];
    const auto elements = static_cast<double>(weight.rows()) * static_cast<double>(weight.cols());
    return {static_cast<double>(weight.format->matrix_bytes(weight.rows(), weight.cols())),
            2 * elements * static_cast<double>(y.rows())};
}

constexpr Op kOp{"matmul", forward, cost};

}  // namespace

Tensor* matmul(Graph& g, const Tensor* weight, const Tensor* x) {
    if (weight->storage != Storage::kTiles || weight->cols() != x->cols()) {
        g.fail("matmul: " + weight->name + " does not fit its input of " +
               std::to_string(x->cols()) + " columns");
    } else if (weight->format->is_block()) {
        x = quantize_activations(g, x, weight->format->activation_group());
    }
    Tensor* y = g.add(kOp, {weight, x});
    set_shape(y, Storage::kF32, x->rows(), weight->rows());
    return y;
}

}  // namespace quern
