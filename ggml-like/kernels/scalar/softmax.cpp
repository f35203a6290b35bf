// Scalar twin of the online softmax (Milakov and Gimelshein 2018, 1805.02867).
#include <algorithm>
#include <cmath>

#include "kernels/scalar/scalar.h"

namespace quern::scalar {

void softmax_step(const SoftmaxTask& t) {
    for (int64_t row = 0; row < t.rows; ++row) {
        float* scores = t.scores + row * t.stride;
        float best = t.best[row], sum = 0;
        for (int64_t k = 0; k < t.n; ++k) best = std::max(best, scores[k] * t.scale);
        for (int64_t k = 0; k < t.n; ++k) {
            scores[k] = std::exp2(scores[k] * t.scale - best);
            sum += scores[k];
        }
        t.shrink[row] = std::exp2(t.best[row] - best);
        t.total[row] = t.total[row] * t.shrink[row] + sum;
        t.best[row] = best;
    }
}

}  // namespace quern::scalar
