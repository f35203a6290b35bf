#include "calibration/shrinkage.h"

#include <cstddef>

namespace quern {

void shrink_moments(float shrinkage, InputStatistics* statistics) {
    for (std::vector<float>* moments : {&statistics->hessian, &statistics->shift}) {
        const auto n = static_cast<size_t>(statistics->n);
        for (size_t i = 0; i < moments->size(); ++i) {
            if (i / n != i % n) (*moments)[i] *= 1 - shrinkage;
        }
    }
}

}  // namespace quern
