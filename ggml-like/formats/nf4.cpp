// NF4 encoding: a code is the number of midpoints between neighbouring values of the book that lie
// below the weight.
#include "formats/nf4.h"

#include <algorithm>

namespace quern {

void nf4_codes(const float* w, int64_t n, float absmax, uint8_t* codes) {
    if (absmax == 0) {
        std::fill(codes, codes + n, kNf4Zero);
        return;
    }
    for (int64_t i = 0; i < n; ++i) {
        const float v = w[i] / absmax;
        int code = 0;
        for (int j = 0; j < 15; ++j) code += v > (kNf4Book[j] + kNf4Book[j + 1]) / 2;
        codes[i] = static_cast<uint8_t>(code);
    }
}

}  // namespace quern
