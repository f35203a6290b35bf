// Counting in f32 is exact: a magnitude times a power of two, rounded down.
#include "calibration/histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quern {

void Histogram::add(std::span<const float> values) {
    constexpr float kMost = std::numeric_limits<float>::max();
    float largest = 0;
    for (const float v : values) {
        const float magnitude = std::fabs(v);
        if (magnitude <= kMost) largest = std::max(largest, magnitude);
    }
    grow(largest);
    const float bins_per_unit = std::ldexp(1.0f, kBits - exponent_);
    for (const float v : values) {
        const float magnitude = std::fabs(v);
        if (magnitude > 0 && magnitude <= kMost) {
            ++counts_[static_cast<size_t>(magnitude * bins_per_unit)];
        }
    }
}

void Histogram::add(const Histogram& other) {
    grow(other.largest_);
    const int shift = std::min(exponent_ - other.exponent_, kBits);
    for (size_t i = 0; i < kBins; ++i) counts_[i >> shift] += other.counts_[i];
}

double Histogram::bin_width() const { return std::ldexp(1.0, exponent_ - kBits); }

void Histogram::grow(float largest) {
    largest_ = std::max(largest_, largest);
    if (largest_ == 0) return;
    int needed = 0;
    std::frexp(largest_, &needed);  // largest < 2^needed
    const int shift = std::min(needed - exponent_, kBits);
    if (shift <= 0) return;
    exponent_ = needed;
    std::array<uint64_t, kBins> merged{};
    for (size_t i = 0; i < kBins; ++i) merged[i >> shift] += counts_[i];
    counts_ = merged;
}

}  // namespace quern
