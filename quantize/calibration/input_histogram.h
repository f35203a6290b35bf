// A histogram of a value of a graph.
#pragma once

#include <vector>

#include "calibration/histogram.h"
#include "tensor/graph.h"

namespace quern {

class InputHistogram {
  public:
    explicit InputHistogram(int workers) : parts_(static_cast<size_t>(workers)) {}
    InputHistogram(const InputHistogram&) = delete;
    InputHistogram& operator=(const InputHistogram&) = delete;

    /// Every run of the graph adds the values of x. This object must outlive the graph.
    void record(Graph& g, const Tensor* x);
    Histogram total() const;

  private:
    std::vector<Histogram> parts_;  ///< a worker each
};

}  // namespace quern
