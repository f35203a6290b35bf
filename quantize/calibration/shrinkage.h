// Shrinkage of second moments toward their diagonal (after Ledoit & Wolf, "A well-conditioned
// estimator for large-dimensional covariance matrices", 2004). How large each input is shows after
// few tokens and is much the same in other texts; how two inputs go together is neither. A method
// that trusts the latter less makes up for errors less eagerly, and loses less on other text.
#pragma once

#include "quantize/statistics.h"

namespace quern {

/// Takes the part `shrinkage` (0 to 1) off the products of different inputs: of `hessian` and, if
/// it was collected, of `shift`.
void shrink_moments(float shrinkage, InputStatistics* statistics);

}  // namespace quern
