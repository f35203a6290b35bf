// Rotation of every token's values (tensor/rotation.h), all or head by head, and back.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <string>

#include "tensor/gradient.h"
#include "tensor/ops.h"
#include "tensor/rotation.h"
#include "tensor/splitmix64.h"

namespace quern {
namespace {

constexpr double kTwoPi = 6.283185307179586;

struct RotateParams {
    const Rotation* rotation;
    bool inverse;
};

void rotate_row(const Tensor& y, int64_t t, float* out, const Worker&) {
    const auto* x = y.sources[0]->row<float>(t);
    const auto [rotation, inverse] = params_of<RotateParams>(y);
    for (int64_t at = 0; at < y.cols(); at += rotation->size()) {
        inverse ? rotation->invert(x + at, out + at) : rotation->apply(x + at, out + at);
    }
}

Cost rotate_cost(const Tensor& y) {
    Cost cost = streaming_cost(y);
    const Rotation& rotation = *params_of<RotateParams>(y).rotation;
    cost.operations =
        static_cast<double>(y.rows() * y.cols() / rotation.size()) * rotation.operations();
    return cost;
}

/// Four values side by side, which every CPU adds at once.
using Four [[gnu::vector_size(16)]] = float;

Four load_four(const float* p) {
    Four v;
    std::memcpy(&v, p, sizeof(v));
    return v;
}
void store_four(float* p, Four v) { std::memcpy(p, &v, sizeof(v)); }

/// The first two steps, of four neighbours: sums and differences, one apart and two apart.
Four mix_neighbours(Four v) {
    v = __builtin_shufflevector(v, v, 0, 0, 2, 2) +
        __builtin_shufflevector(v, v, 1, 1, 3, 3) * Four{1, -1, 1, -1};
    return __builtin_shufflevector(v, v, 0, 1, 0, 1) +
           __builtin_shufflevector(v, v, 2, 3, 2, 3) * Four{1, 1, -1, -1};
}

/// Two steps: sums and differences of values `half` apart, a multiple of four, then of values
/// `2 * half` apart.
void mix_two_steps(float* v, int64_t n, int64_t half) {
    for (int64_t begin = 0; begin < n; begin += 4 * half) {
        for (int64_t i = begin; i < begin + half; i += 4) {
            const Four a = load_four(v + i), b = load_four(v + i + half);
            const Four c = load_four(v + i + 2 * half), d = load_four(v + i + 3 * half);
            const Four sum = a + b, difference = a - b, far_sum = c + d, far_difference = c - d;
            store_four(v + i, sum + far_sum);
            store_four(v + i + half, difference + far_difference);
            store_four(v + i + 2 * half, sum - far_sum);
            store_four(v + i + 3 * half, difference - far_difference);
        }
    }
}

/// The other way round.
void rotate_gradient(Gradients& gradients, const Tensor& y, const Tensor* at_y) {
    const auto [rotation, inverse] = params_of<RotateParams>(y);
    gradients.add(y.sources[0], rotate(gradients.graph(), at_y, rotation, !inverse));
}

constexpr Op kRotateOp{.name = "rotate",
                       .units = row_units,
                       .forward = forward_rows,
                       .cost = rotate_cost,
                       .row = rotate_row,
                       .gradient = rotate_gradient};

}  // namespace

Result<Rotation> Rotation::create(int64_t n, uint32_t seed) {
    int64_t odd = n;
    while (odd > 0 && odd % 2 == 0) odd /= 2;
    if (odd < 1 || odd > kMaxOddPart) {
        return Status(Code::kBadFile, "vectors of " + std::to_string(n) +
                                          " values cannot be rotated: expected a power of two "
                                          "times an odd number up to " +
                                          std::to_string(kMaxOddPart));
    }
    Rotation r;
    r.odd_ = odd;
    for (int64_t i = 0; i < n; ++i) {
        const uint64_t random =
            splitmix64((static_cast<uint64_t>(seed) << 32) + static_cast<uint64_t>(i));
        r.signs_.push_back(random >> 63 ? -1.0f : 1.0f);
    }
    for (int64_t i = 0; i < odd * odd; ++i) {
        const int64_t product = i / odd * (i % odd) % odd;
        const double angle = kTwoPi * static_cast<double>(product) / static_cast<double>(odd);
        const double entry =
            (std::cos(angle) + std::sin(angle)) / std::sqrt(static_cast<double>(n));
        r.hartley_.push_back(static_cast<float>(entry));
    }
    return r;
}

/// H (x) C: sums and differences of rows of odd_ values, then C times each row. C is a number for
/// powers of two, whose rows are single values.
void Rotation::mix(float* v) const {
    const int64_t n = size();
    int64_t half = odd_;
    if (odd_ == 1 && n >= 4) {
        for (int64_t i = 0; i < n; i += 4) store_four(v + i, mix_neighbours(load_four(v + i)));
        for (half = 4; 2 * half < n; half *= 4) mix_two_steps(v, n, half);
    }
    for (; half < n; half *= 2) {
        for (int64_t begin = 0; begin < n; begin += 2 * half) {
            float *a = v + begin, *b = a + half;
            for (int64_t i = 0; i < half; ++i) {
                const float sum = a[i] + b[i];
                b[i] = a[i] - b[i];
                a[i] = sum;
            }
        }
    }
    if (odd_ == 1) {
        for (int64_t i = 0; i < n; ++i) v[i] *= hartley_[0];
        return;
    }
    std::array<float, kMaxOddPart> before;
    for (float* values = v; values < v + n; values += odd_) {
        std::copy(values, values + odd_, before.begin());
        const float* entry = hartley_.data();
        for (int64_t i = 0; i < odd_; ++i) {
            float sum = 0;
            for (int64_t j = 0; j < odd_; ++j) sum += *entry++ * before[static_cast<size_t>(j)];
            values[i] = sum;
        }
    }
}

void Rotation::apply(const float* x, float* out) const {
    for (size_t i = 0; i < signs_.size(); ++i) out[i] = x[i] * signs_[i];
    mix(out);
}

void Rotation::invert(const float* x, float* out) const {
    if (out != x) std::copy(x, x + size(), out);
    mix(out);
    for (size_t i = 0; i < signs_.size(); ++i) out[i] *= signs_[i];
}

double Rotation::operations() const {
    const auto steps = std::log2(static_cast<double>(size() / odd_));
    return static_cast<double>(size()) * (1 + steps + 2 * static_cast<double>(odd_));
}

Tensor* rotate(Graph& g, const Tensor* x, const Rotation* rotation, bool inverse) {
    Tensor* y = g.add(kRotateOp, {x});
    set_shape(y, Storage::kF32, x->rows(), x->cols());
    params_of<RotateParams>(y) = {rotation, inverse};
    if (x->cols() % rotation->size() != 0) g.fail("rotate: the rotation has another width");
    return y;
}

}  // namespace quern
