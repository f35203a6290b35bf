// Gradients of a recorded graph, in reverse: values are walked from the last to the first, and each
// op records what the gradient at its value adds to the gradients at its sources (Op::gradient).
// What is recorded are values like any others: planned, cut into units, the same for any number of
// workers. Rounding of a product's inputs counts as if it were not there (the straight-through
// estimator of Bengio et al. 2013, 1308.3432), so the forward pass may run in the formats of a
// file.
#pragma once

#include <map>
#include <vector>

#include "tensor/graph.h"

namespace quern {

/// Where the gradient at a matrix [rows, cols] is added, f32, rows contiguous.
using WeightSums = std::map<const Tensor*, float*>;

/// What a walk has so far; ops' gradient functions add to it.
class Gradients {
  public:
    Gradients(Graph& graph, const WeightSums& sums, const Format& products)
        : graph_(graph), sums_(sums), products_(products) {}
    Graph& graph() { return graph_; }
    /// nullptr: nobody asks for it.
    float* sum_of(const Tensor* weight) const;
    /// W^T of a product's weight.
    const Tensor* transposed(const Tensor* weight);
    /// Gradients of a value that several ops read add up.
    void add(const Tensor* value, const Tensor* part);
    /// nullptr: none yet.
    const Tensor* at(const Tensor* value) const;

  private:
    Graph& graph_;
    const WeightSums& sums_;
    const Format& products_;
    std::map<const Tensor*, const Tensor*> transposed_;
    std::vector<const Tensor*> at_;  ///< by Tensor::node
};

/// Records the gradient at `input` of a scalar that reads `output`, where the gradient at `output`
/// is `at_output`, all f32 values of g (an input that the caller fills is recorded before all that
/// is computed, or others may use its memory first); and adds those at weights to `sums`. Products
/// with W^T are made in the format `products`, f32 or, where that is enough and the CPU multiplies
/// it, bf16. Everything on the way must have a gradient: else, or if `output` does not depend on
/// `input`, the graph fails.
const Tensor* record_gradient(Graph& g, const Tensor* input, const Tensor* output,
                              const Tensor* at_output, const WeightSums& sums,
                              const Format& products);

}  // namespace quern
