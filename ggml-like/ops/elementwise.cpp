// Additions and SwiGLU (Shazeer 2020, 2002.05202): each value from the values at the same place.
#include "kernels/kernels.h"
#include "tensor/gradient.h"
#include "tensor/ops.h"

namespace quern {
namespace {

void add_row(const Tensor& y, int64_t t, float* out, const Worker& w) {
    w.kernels->add(y.sources[0]->row<float>(t), y.sources[1]->row<float>(t), y.cols(), out);
}

void swiglu_row(const Tensor& y, int64_t t, float* out, const Worker& w) {
    w.kernels->swiglu(y.sources[0]->row<float>(t), y.sources[1]->row<float>(t), y.cols(), out);
}

void add_gradient(Gradients& gradients, const Tensor& y, const Tensor* at_y) {
    gradients.add(y.sources[0], at_y);
    gradients.add(y.sources[1], at_y);
}

/// At gate g: at_y up silu'(g), silu'(g) = s + g s (1 - s) with s = sigmoid(g). Sources: gate, up,
/// at_y, ones.
void forward_gate_gradient(const Tensor& y, int64_t begin, int64_t end, const Worker& w) {
    for (int64_t t = begin; t < end; ++t) {
        const auto* gate = y.sources[0]->row<float>(t);
        const auto* up = y.sources[1]->row<float>(t);
        const auto* at_y = y.sources[2]->row<float>(t);
        auto* out = y.row<float>(t);
        w.kernels->swiglu(gate, y.sources[3]->row<float>(0), y.cols(), out);  // g s
        for (int64_t i = 0; i < y.cols(); ++i) {
            const float s = gate[i] == 0 ? 0.5f : out[i] / gate[i];
            out[i] = at_y[i] * up[i] * (s + out[i] * (1 - s));
        }
    }
}

constexpr Op kGateGradient{"swiglu gradient", row_units, forward_gate_gradient, streaming_cost};

void swiglu_gradient(Gradients& gradients, const Tensor& y, const Tensor* at_y) {
    Graph& g = gradients.graph();
    const Tensor *gate = y.sources[0], *up = y.sources[1];
    const Tensor* ones = g.constant(std::vector<float>(static_cast<size_t>(y.cols()), 1.0f));
    Tensor* at_gate = g.add(kGateGradient, {gate, up, at_y, ones});
    set_shape(at_gate, Storage::kF32, y.rows(), y.cols());
    gradients.add(gate, at_gate);
    gradients.add(up, swiglu(g, gate, at_y));
}

constexpr Op kAdd{.name = "add",
                  .units = row_units,
                  .forward = forward_rows,
                  .cost = streaming_cost,
                  .row = add_row,
                  .gradient = add_gradient};
constexpr Op kSwiglu{.name = "swiglu",
                     .units = row_units,
                     .forward = forward_rows,
                     .cost = streaming_cost,
                     .row = swiglu_row,
                     .gradient = swiglu_gradient};

Tensor* record(Graph& g, const Op& op, const Tensor* a, const Tensor* b) {
    Tensor* y = g.add(op, {a, b});
    set_shape(y, Storage::kF32, a->rows(), a->cols());
    if (a->shape != b->shape) g.fail(std::string(op.name) + ": the two shapes differ");
    return y;
}

}  // namespace

Tensor* add(Graph& g, const Tensor* a, const Tensor* b) { return record(g, kAdd, a, b); }

Tensor* swiglu(Graph& g, const Tensor* gate, const Tensor* up) {
    return record(g, kSwiglu, gate, up);
}

}  // namespace quern
