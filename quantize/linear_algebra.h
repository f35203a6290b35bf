// The factorization behind GPTQ. A symmetric positive definite H [n, n] is split from its last
// column backwards, H = M M^T with M upper triangular; M^T = F, stored by rows, is lower
// triangular and H = F^T F. This is the Cholesky factorization of H with rows and columns reversed,
// n^3 / 3 operations, in f32 and in place.
#pragma once

#include <cstdint>

namespace quern {

/// In: the lower triangle of h [n, n]. Out: F in the lower triangle, whatever above it. False, with
/// h spoiled, if a pivot is not a positive finite number: h is not positive definite. The result
/// does not depend on the number of threads.
bool factor_reverse(int64_t n, int threads, float* h);

}  // namespace quern
