// What workers go through in a run: the stages of a planned graph and the units of their values,
// side by side. The graph's own values are scattered over more memory than is in a cache after a
// token, so that going through them takes time before every run.
#pragma once

#include <cstdint>
#include <vector>

#include "tensor/graph.h"

namespace quern {

struct Schedule {
    struct Value {
        const Tensor* tensor;
        size_t stage;
        int64_t half = 0;  ///< a stage has the first halves of its values, then the second
        int64_t units = 0;
        int64_t units_per_look = 1;  ///< that are computed between two looks at the flag
    };
    struct Stage {
        size_t first_value, end_value;
        int64_t units = 0;
        double operations = 0;
        bool streams_weights = true;  ///< all its values do
        bool few_rows = true;         ///< and have fewer than kManyRows
    };

    std::vector<Value> values;
    std::vector<Stage> stages;
    std::vector<size_t> varying;  ///< values whose units are known when the inputs are

    /// Appends a value to the last stage, or to a new one. The first value begins one.
    void add(const Tensor& value, bool new_stage);
    /// Counts the units of the values that vary; once, in a run's own copy.
    void count_varying();

  private:
    void count(Value& value);
};

}  // namespace quern
