// Counts of magnitudes, from which the range of int8 inputs is chosen (input_range.h). 2048 equal
// bins on [0, 2^e), 2^e the smallest power of two above the largest magnitude: when that grows,
// neighbouring bins are merged pair by pair, so batches give the same counts in any order, each at
// once or merged later. Zeros are exact at any range and not counted.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace quern {

class Histogram {
  public:
    static constexpr int kBits = 11;
    static constexpr size_t kBins = size_t{1} << kBits;

    /// NaN and infinity are not counted.
    void add(std::span<const float> values);
    void add(const Histogram& other);

    std::span<const uint64_t, kBins> counts() const { return counts_; }
    double bin_width() const;
    float largest() const { return largest_; }  ///< magnitude, exactly; 0 if nothing was counted

  private:
    void grow(float largest);

    std::array<uint64_t, kBins> counts_{};
    float largest_ = 0;
    int exponent_ = kLeastExponent;  ///< bins end at 2^exponent
    /// Keeps the inverse of a bin's width within f32.
    static constexpr int kLeastExponent = -100;
};

}  // namespace quern
