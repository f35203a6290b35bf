// How far two rows of logits are from each other. For P = softmax(base), Q = softmax(model) and the
// text's next token t:
//
//   KL(P || Q) = sum_v P(v) (log P(v) - log Q(v))      same top: argmax P = argmax Q
//   log ratio  = log P(t) - log Q(t)
//   delta p    = Q(t) - P(t)
#pragma once

#include <cstdint>
#include <span>

namespace quern {

/// One position.
struct RowDivergence {
    double kl = 0;                 ///< nats, never negative; NaN if a logit is
    double base_nll = 0, nll = 0;  ///< of the next token
    double delta_p = 0;
    bool same_top = false;
};

/// Rows of equal length; `target` is an index of them. Thread-safe.
RowDivergence compare_rows(std::span<const float> base, std::span<const float> model,
                           int32_t target);

}  // namespace quern
