// |x|, x^2 and max |x| are summed by an op of their own, in f32 within a sample and in f64 over
// samples; x x^T and x (x' - x)^T are summed by ops/gram.cpp. A unit is a strip of columns, so the
// order of additions does not depend on the workers.
#include "calibration/input_sums.h"

#include <algorithm>
#include <cmath>

#include "calibration/token_weights.h"
#include "tensor/ops.h"

namespace quern {
namespace {

constexpr int64_t kStrip = 64;

struct InputSumsParams {
    double* abs;
    double* square;
    float* max;
};

int64_t sums_units(const Tensor& y) { return (y.sources[0]->cols() + kStrip - 1) / kStrip; }

void add_strip(const Tensor& y, int64_t begin, int64_t n) {
    const InputSumsParams& p = params_of<InputSumsParams>(y);
    const Tensor &x = *y.sources[0], &weighed = *y.sources[1];
    float abs[kStrip] = {}, square[kStrip] = {}, max[kStrip] = {};
    for (int64_t t = 0; t < x.rows(); ++t) {
        const float* row = x.row<float>(t) + begin;
        const float* weighed_row = weighed.row<float>(t) + begin;
        for (int64_t i = 0; i < n; ++i) {
            const float magnitude = std::fabs(row[i]);
            abs[i] += magnitude;
            square[i] += weighed_row[i] * weighed_row[i];
            max[i] = max[i] < magnitude ? magnitude : max[i];
        }
    }
    for (int64_t i = 0; i < n; ++i) {
        p.abs[begin + i] += static_cast<double>(abs[i]);
        p.square[begin + i] += static_cast<double>(square[i]);
        p.max[begin + i] = std::max(p.max[begin + i], max[i]);
    }
}

void forward_sums(const Tensor& y, int64_t begin, int64_t end, const Worker&) {
    for (int64_t unit = begin; unit < end; ++unit) {
        const int64_t first = unit * kStrip;
        add_strip(y, first, std::min(kStrip, y.sources[0]->cols() - first));
    }
}

constexpr Op kInputSumsOp{"input sums", sums_units, forward_sums, streaming_cost, nullptr, true};

}  // namespace

InputSums::InputSums(int64_t n, bool hessian)
    : n_(n),
      abs_(static_cast<size_t>(n)),
      square_(static_cast<size_t>(n)),
      max_(static_cast<size_t>(n)),
      gram_(hessian ? static_cast<size_t>(n * n) : 0) {}

void InputSums::record(Graph& g, const Tensor* x, const Tensor* received) {
    received_ = received;
    weighed_ = received ? weigh_tokens(g, x, received) : x;
    Tensor* y = g.add(kInputSumsOp, {x, weighed_});
    set_shape(y, Storage::kF32, 0, 0);  // no values of its own: it stands for the sums
    params_of<InputSumsParams>(y) = {abs_.data(), square_.data(), max_.data()};
    if (!gram_.empty()) add_gram(g, weighed_, gram_.data());
}

void InputSums::record_shift(Graph& g, const Tensor* other) {
    shift_.resize(static_cast<size_t>(n_ * n_));
    if (received_) other = weigh_tokens(g, other, received_);
    add_shift_gram(g, weighed_, other, shift_.data());
}

InputStatistics InputSums::finish(int64_t tokens) {
    InputStatistics s;
    s.n = n_;
    const double inverse = 1.0 / static_cast<double>(tokens);
    for (size_t i = 0; i < abs_.size(); ++i) {
        s.mean_abs.push_back(static_cast<float>(abs_[i] * inverse));
        s.mean_square.push_back(static_cast<float>(square_[i] * inverse));
    }
    s.max_abs = std::move(max_);
    s.hessian = std::move(gram_);
    const auto n = s.hessian.empty() ? 0 : static_cast<size_t>(n_);
    for (size_t i = 0; i < n; ++i) {
        for (size_t j = 0; j <= i; ++j) {
            const float mean = s.hessian[i * n + j] * static_cast<float>(inverse);
            s.hessian[i * n + j] = s.hessian[j * n + i] = mean;
        }
    }
    s.shift = std::move(shift_);
    for (float& v : s.shift) v *= static_cast<float>(inverse);
    return s;
}

}  // namespace quern
