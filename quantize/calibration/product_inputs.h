// What the products of a recorded layer read. Found in the graph, so that products of the same
// value (q, k, v; gate, up) have one input.
#pragma once

#include <string>
#include <vector>

#include "tensor/graph.h"

namespace quern {

/// A value that products read.
struct ProductInput {
    const Tensor* x;
    std::vector<std::string> matrices;
    bool before_attention;  ///< read before the first attention: it becomes queries, keys or values
};

/// Of products with matrices, in the order of recording.
std::vector<ProductInput> product_inputs(Graph& g);

}  // namespace quern
