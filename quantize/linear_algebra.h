// The factorization behind GPTQ and asymmetric calibration. A symmetric positive definite H [n, n]
// is split from its last column backwards, H = M M^T with M upper triangular; M^T = F, stored by
// rows, is lower triangular and H = F^T F. This is the Cholesky factorization of H with rows and
// columns reversed, n^3 / 3 operations, in f32 and in place.
#pragma once

#include <cstdint>
#include <functional>

namespace quern {

/// In: the lower triangle of h [n, n]. Out: F in the lower triangle, whatever above it. False, with
/// h spoiled, if a pivot is not a positive finite number: h is not positive definite. The result
/// does not depend on the number of threads.
bool factor_reverse(int64_t n, int threads, float* h);

/// Copies F's lower triangle to the upper one, as solve_factored() wants it.
void mirror_factor(int64_t n, float* f);
/// Solves z H = y for 16 rows side by side; y [n][16] becomes z. f: F in both triangles.
void solve_factored(int64_t n, const float* f, float* y);

/// Calls factor(damping) with growing damping, from `first` to at most 1, until it returns true.
/// The damping that did, or -1.
float find_damping(float first, const std::function<bool(float damping)>& factor);

}  // namespace quern
