// Rotary position embedding (Su et al. 2021, 2104.09864, section 3.4.2): pair i of every head is
// turned by the angle position * frequency_i. The angles' cos and sin are computed once per
// evaluation and shared by all layers.
#include <cmath>
#include <cstring>

#include "kernels/kernels.h"
#include "tensor/gradient.h"
#include "tensor/ops.h"

namespace quern {
namespace {

void forward_table(const Tensor& y, int64_t begin, int64_t end, const Worker&) {
    const Tensor& positions = *y.sources[0];
    const Tensor& frequencies = *y.sources[1];
    const auto* frequency = frequencies.row<float>(0);
    for (int64_t t = begin; t < end; ++t) {
        const auto position = static_cast<double>(*positions.row<int32_t>(t));
        float* out = y.row<float>(t);
        for (int64_t i = 0; i < frequencies.cols(); ++i) {
            const double angle = position * static_cast<double>(frequency[i]);
            out[2 * i] = static_cast<float>(std::cos(angle));
            out[2 * i + 1] = static_cast<float>(std::sin(angle));
        }
    }
}

struct RopeParams {
    int64_t head_dim;
    float direction;  ///< -1 turns back
};

void rope_row(const Tensor& y, int64_t t, float* row, const Worker&) {
    const Tensor& table = *y.sources[1];
    const auto [head_dim, direction] = params_of<RopeParams>(y);
    const auto* x = y.sources[0]->row<float>(t);
    const auto* angles = table.row<float>(t);
    const int64_t turned = table.cols();
    for (int64_t h = 0; h < y.cols(); h += head_dim) {
        const float* in = x + h;
        float* out = row + h;
        for (int64_t i = 0; i < turned; i += 2) {
            const float c = angles[i], s = direction * angles[i + 1];
            out[i] = in[i] * c - in[i + 1] * s;
            out[i + 1] = in[i] * s + in[i + 1] * c;
        }
        std::memcpy(out + turned, in + turned, static_cast<size_t>(head_dim - turned) * 4);
    }
}

void rope_gradient(Gradients& gradients, const Tensor& y, const Tensor* at_y);

constexpr Op kTableOp{"rope_table", row_units, forward_table, streaming_cost};
constexpr Op kRopeOp{.name = "rope",
                     .units = row_units,
                     .forward = forward_rows,
                     .cost = streaming_cost,
                     .row = rope_row,
                     .gradient = rope_gradient};

Tensor* record_rope(Graph& g, const Tensor* x, const Tensor* table, const RopeParams& params) {
    Tensor* y = g.add(kRopeOp, {x, table});
    set_shape(y, Storage::kF32, x->rows(), x->cols());
    params_of<RopeParams>(y) = params;
    return y;
}

/// Turns the other way.
void rope_gradient(Gradients& gradients, const Tensor& y, const Tensor* at_y) {
    const auto [head_dim, direction] = params_of<RopeParams>(y);
    gradients.add(y.sources[0],
                  record_rope(gradients.graph(), at_y, y.sources[1], {head_dim, -direction}));
}

}  // namespace

Tensor* rope_table(Graph& g, const Tensor* positions, const Tensor* frequencies) {
    Tensor* y = g.add(kTableOp, {positions, frequencies});
    set_shape(y, Storage::kF32, positions->rows(), 2 * frequencies->cols());
    return y;
}

Tensor* rope(Graph& g, const Tensor* x, const Tensor* table, int64_t head_dim) {
    if (head_dim <= 0 || x->cols() % head_dim != 0 || table->cols() > head_dim) {
        g.fail("rope: heads of " + std::to_string(head_dim) + " do not fit");
    }
    return record_rope(g, x, table, {head_dim, 1});
}

}  // namespace quern
