// Quantizes f32 values to the activations that products with a format take, int8 or bf16, once for
// all products that read them. Where the values come from a row-wise op (a norm, SwiGLU), each row
// is computed and quantized while it is in the L1 cache and never stored as f32; the op's own value
// is then computed only if somebody else reads it.
#include "ops/product.h"
#include "tensor/ops.h"

namespace quern {
namespace {

struct QuantizeParams {
    const Tensor* of;
    const Format* format;  ///< of the weights
    float range;
};

void forward_quantize(const Tensor& y, int64_t begin, int64_t end, const Worker& w) {
    const auto [x, format, range] = params_of<QuantizeParams>(y);
    make_inputs(*w.kernels, *format,
                {.x = x->row<float>(begin),
                 .x_stride = static_cast<int64_t>(x->stride / sizeof(float)),
                 .rows = end - begin,
                 .cols = x->cols(),
                 .out = y.row<uint8_t>(begin),
                 .out_stride = static_cast<int64_t>(y.stride),
                 .range = range});
}

void forward_fused(const Tensor& y, int64_t begin, int64_t end, const Worker& w) {
    const auto [x, format, range] = params_of<QuantizeParams>(y);
    auto* values = y.sources[2]->row<float>(w.index);
    for (int64_t t = begin; t < end; ++t) {
        x->op->row(*x, t, values, w);
        make_inputs(*w.kernels, *format,
                    {.x = values,
                     .x_stride = x->cols(),
                     .rows = 1,
                     .cols = x->cols(),
                     .out = y.row<uint8_t>(t),
                     .out_stride = static_cast<int64_t>(y.stride),
                     .range = range});
    }
}

constexpr Op kPlain{"quantize", row_units, forward_quantize, streaming_cost};
/// The op's own sources and the codes; its value is never written.
Cost fused_cost(const Tensor& y) {
    Cost cost = streaming_cost(*params_of<QuantizeParams>(y).of);
    cost.bytes += static_cast<double>(y.bytes()) -
                  static_cast<double>(params_of<QuantizeParams>(y).of->bytes());
    return cost;
}

constexpr Op kFused{"fused quantize", row_units, forward_fused, fused_cost};

bool is_quantize(const Tensor& value) { return value.op == &kPlain || value.op == &kFused; }

}  // namespace

const Tensor* unrounded(const Tensor* x) {
    return is_quantize(*x) ? params_of<QuantizeParams>(*x).of : x;
}

Tensor* quantize_activations(Graph& g, const Tensor* x, const Format& format, float range) {
    for (Tensor& known : g.values()) {
        if (!is_quantize(known)) continue;
        const QuantizeParams& p = params_of<QuantizeParams>(known);
        if (p.of == x && p.format->inputs == format.inputs && p.range == range) return &known;
    }
    Tensor* y = nullptr;
    if (x->op != nullptr && x->op->row != nullptr) {
        y = g.add(kFused, {x->sources[0], x->sources[1], g.scratch(x->cols() * 4)});
    } else {
        y = g.add(kPlain, {x});
    }
    set_shape(y, Storage::kActivations, x->rows(), x->cols());
    // Inputs in bf16 take no more than the f32 rows that set_shape() spreads.
    if (format.is_block()) y->stride = static_cast<uint64_t>(input_bytes(format, x->cols()));
    params_of<QuantizeParams>(y) = {x, &format, range};
    return y;
}

}  // namespace quern
