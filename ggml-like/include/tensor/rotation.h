// An orthogonal matrix that mixes all n values of a vector in about n log n steps and needs no
// memory: what rotated weights and activations are multiplied by, so that no value stands out
// (Ashkboos et al. 2024, QuaRot, 2404.00456).
//
//   Q = (H (x) C) D          n = 2^k m, m odd; value i is row i / m, column i % m
//     D[i, i] = -1 or 1      the top bit of splitmix64(seed 2^32 + i) set or not
//     H       = +-1 / sqrt(2^k), negative where i & j has an odd number of ones (Walsh, Hadamard)
//     C       = (cos(2 pi i j / m) + sin(2 pi i j / m)) / sqrt(m)       (Hartley)
//
// H and C are symmetric and their own inverses: the inverse of Q is D (H (x) C). Where n is a power
// of two C is 1, and all entries of Q have the same magnitude.
#pragma once

#include <cstdint>
#include <vector>

#include "tensor/status.h"

namespace quern {

/// Immutable; safe to share between threads. The same bits on every call.
class Rotation {
  public:
    static constexpr int64_t kMaxOddPart = 255;  ///< m, whose matrix costs n m steps
    /// Refuses sizes that are not positive or have a larger odd part.
    static Result<Rotation> create(int64_t n, uint32_t seed);

    int64_t size() const { return static_cast<int64_t>(signs_.size()); }
    /// out = Q x and out = Q^T x, both [n]; out may be x, but overlap it in no other way.
    void apply(const float* x, float* out) const;
    void invert(const float* x, float* out) const;
    /// Of one vector, for costs.
    double operations() const;

  private:
    Rotation() = default;
    void mix(float* v) const;

    std::vector<float> signs_;    // [n]
    int64_t odd_ = 1;             // m
    std::vector<float> hartley_;  // [m, m], with H's factor: divided by sqrt(n)
};

}  // namespace quern
