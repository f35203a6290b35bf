// The whole forward pass, from the parts that every architecture has.
#include "arch/architecture.h"

#include "tensor/ops.h"

namespace quern {

Tensor* Architecture::forward(Graph& g, const ForwardInputs& in) const {
    Tensor* x = record_layers(g, record_embedding(g, in.ids), 0, shape_.n_layers, in);
    if (in.n_logits == 0) return nullptr;
    x = g.view_rows(x, x->rows() - in.n_logits, in.n_logits);
    return matmul(g, head(), record_output_norm(g, x));
}

}  // namespace quern
