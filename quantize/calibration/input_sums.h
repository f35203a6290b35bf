// Running sums over the inputs of a product, from which InputStatistics are made.
#pragma once

#include <cstdint>
#include <vector>

#include "quantize/statistics.h"
#include "tensor/graph.h"

namespace quern {

class InputSums {
  public:
    /// Of inputs with n values; the sum of x x^T only if `hessian`.
    InputSums(int64_t n, bool hessian);
    InputSums(const InputSums&) = delete;
    InputSums& operator=(const InputSums&) = delete;

    /// Every run of the graph adds the rows of x; squares and products count by the attention that
    /// their token received, if it is given (received_attention()). This object must outlive the
    /// graph's runs.
    void record(Graph& g, const Tensor* x, const Tensor* received = nullptr);
    /// And x (x' - x)^T, x' the rows of `other`: InputStatistics::shift.
    void record_shift(Graph& g, const Tensor* other);
    /// Means over `tokens` rows. The sums are gone afterwards.
    InputStatistics finish(int64_t tokens);

  private:
    int64_t n_;
    const Tensor* received_ = nullptr;
    const Tensor* weighed_ = nullptr;  ///< the rows whose products are summed
    std::vector<double> abs_, square_;
    std::vector<float> max_;
    std::vector<float> gram_, shift_;
};

}  // namespace quern
