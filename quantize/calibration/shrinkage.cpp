#include "calibration/shrinkage.h"

#include <cstdio>

namespace quern {

void shrink_moments(float shrinkage, InputStatistics* statistics) {
    for (std::vector<float>* moments : {&statistics->hessian, &statistics->shift}) {
        const auto n = static_cast<size_t>(statistics->n);
        for (size_t i = 0; i < moments->size(); ++i) {
            if (i / n != i % n) (*moments)[i] *= 1 - shrinkage;
        }
    }
}

void shrink_moments(float shrinkage, std::vector<Tap>* taps,
                    std::map<std::string, std::string>* notes) {
    if (shrinkage == 0) return;
    char note[32];
    std::snprintf(note, sizeof note, "shrinkage %.3g", static_cast<double>(shrinkage));
    for (Tap& tap : *taps) {
        shrink_moments(shrinkage, &tap.statistics);
        for (const std::string& matrix : tap.matrices) (*notes)[matrix] = note;
    }
}

}  // namespace quern
