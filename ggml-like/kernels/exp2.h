// The polynomial behind every instruction set's exponential.
#pragma once

namespace quern {

/// 2^r for r in [0, 1], highest power first: of all polynomials of degree 5 that are 1 at 0 the one
/// whose relative error is the smallest (Remez's exchange), 9.4e-8 with coefficients in f32.
constexpr float kExp2First = 0.00186713005f;
constexpr float kExp2[] = {0.00901703071f, 0.0557999127f, 0.240164444f, 0.693151295f, 1.0f};

/// log2(e) as a float, and what is missing.
constexpr float kLog2E = 1.44269502f, kLog2ERest = 1.92596304e-8f;

}  // namespace quern
