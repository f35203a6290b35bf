// Every query gives 1 away, so weights are 1 in the mean over tokens.
#include "calibration/token_weights.h"

#include <cmath>

#include "tensor/ops.h"

namespace quern {
namespace {

/// The part that is the same for all. Attention alone lets a few tokens decide: in files that lose
/// little it was worse than equal weights (quantize/RESULTS.md).
constexpr float kEqualPart = 0.5f;

void weigh_row(const Tensor& y, int64_t t, float* out, const Worker&) {
    const Tensor& received = *y.sources[1];
    float sum = 0;
    for (int64_t h = 0; h < received.rows(); ++h) sum += received.row<float>(h)[t];
    const float mean = sum / static_cast<float>(received.rows());
    const float factor = std::sqrt(kEqualPart + (1 - kEqualPart) * mean);
    const auto* x = y.sources[0]->row<float>(t);
    for (int64_t i = 0; i < y.cols(); ++i) out[i] = x[i] * factor;
}

constexpr Op kWeigh{"weigh tokens", row_units, forward_rows, streaming_cost, weigh_row};

}  // namespace

const Tensor* record_received(Graph& g, bool equal_tokens) {
    const Tensor* attention = equal_tokens ? nullptr : find_attention(g);
    return attention ? received_attention(g, attention) : nullptr;
}

Tensor* weigh_tokens(Graph& g, const Tensor* x, const Tensor* received) {
    Tensor* y = g.add(kWeigh, {x, received});
    set_shape(y, Storage::kF32, x->rows(), x->cols());
    if (received->cols() != x->rows()) g.fail("weigh tokens: there are others than x has");
    return y;
}

}  // namespace quern
