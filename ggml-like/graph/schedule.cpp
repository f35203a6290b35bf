// Units of values, stage by stage.
#include "graph/schedule.h"

#include <algorithm>

namespace quern {
namespace {

/// Few enough that the slowest kernels come back in some 50 ms, so many that the fastest, which
/// take less than a millisecond, do not notice.
int64_t units_per_look(double operations, int64_t units) {
    constexpr double kOperations = 1e8;
    const double looks = operations / kOperations;
    return looks <= 1 ? units : std::max<int64_t>(1, static_cast<int64_t>(units / looks));
}

/// Where a few rows wait for a weight, a worker's part is better in one piece.
bool has_few_rows(const Tensor& value) {
    return value.op->streams_weight && value.rows() < kManyRows;
}

}  // namespace

void Schedule::add(const Tensor& value, bool new_stage) {
    if (new_stage) stages.push_back({values.size(), values.size()});
    values.push_back({&value, stages.size() - 1});
    Stage& stage = stages.back();
    stage.end_value = values.size();
    stage.streams_weights &= value.op->streams_weight;
    stage.few_rows &= has_few_rows(value);
    if (value.op->units_vary) {
        varying.push_back(values.size() - 1);
    } else {
        count(values.back());
    }
}

void Schedule::count_varying() {
    for (const size_t i : varying) count(values[i]);
}

void Schedule::count(Value& value) {
    const Tensor& tensor = *value.tensor;
    const int64_t units = tensor.op->units(tensor);
    const double operations = tensor.op->cost(tensor).operations;
    stages[value.stage].units += units;
    stages[value.stage].operations += operations;
    value.units = units;
    value.half = has_few_rows(tensor) ? units : units / 2;
    value.units_per_look = units_per_look(operations, units);
}

}  // namespace quern
