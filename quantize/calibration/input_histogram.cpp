// Every worker counts for itself; merging is exact in any order.
#include "calibration/input_histogram.h"

namespace quern {
namespace {

struct InputHistogramParams {
    Histogram* parts;
};

void forward_histogram(const Tensor& y, int64_t begin, int64_t end, const Worker& w) {
    const Tensor& x = *y.sources[0];
    Histogram& part = params_of<InputHistogramParams>(y).parts[w.index];
    for (int64_t t = begin; t < end; ++t) {
        part.add(std::span(x.row<float>(t), static_cast<size_t>(x.cols())));
    }
}

int64_t histogram_units(const Tensor& y) { return y.sources[0]->rows(); }

constexpr Op kInputHistogramOp{"input histogram", histogram_units, forward_histogram,
                               streaming_cost,    nullptr,         true};

}  // namespace

void InputHistogram::record(Graph& g, const Tensor* x) {
    Tensor* y = g.add(kInputHistogramOp, {x});
    set_shape(y, Storage::kF32, 0, 0);  // no values of its own: it stands for the counts
    params_of<InputHistogramParams>(y) = {parts_.data()};
}

Histogram InputHistogram::total() const {
    Histogram total;
    for (const Histogram& part : parts_) total.add(part);
    return total;
}

}  // namespace quern
