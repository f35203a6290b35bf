#include "calibration/shrinkage.h"

#include <cstddef>

namespace quern {

void shrink_moments(float shrinkage, InputStatistics* statistics) {
    for (std::vector<float>* moments : {&statistics->hessian, &statistics->shift}) {
        const auto n = moments->empty() ? 0 : static_cast<size_t>(statistics->n);
        for (size_t i = 0; i < n; ++i) {
            for (size_t j = 0; j < n; ++j) {
                if (i != j) (*moments)[i * n + j] *= 1 - shrinkage;
            }
        }
    }
}

}  // namespace quern
