// A graph is a flat list of values in the order that straight-line model code records them
// (tensor/ops.h). A planner assigns memory by liveness before anything runs, so the peak is known.
//
// Values are recorded in stages: consecutive values that do not read each other (q, k and v; gate
// and up) are computed together. run() lets all workers claim units of the current stage until it
// is done, so a worker that is slow or absent is waited for only if it holds a unit. Units are
// fixed and independent: results do not depend on the number of workers.
//
// Values that nobody needs are not computed. Recording functions never fail: a wrong shape makes
// the graph remember its first error, which plan() returns. Not thread-safe; a planned graph may be
// run any number of times.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "tensor/aligned_memory.h"
#include "tensor/profile.h"
#include "tensor/status.h"
#include "tensor/tensor.h"

namespace quern {

class Gradients;
class ThreadPool;
struct Kernels;
struct Schedule;

/// Who computes: forward() may use row `index` of its op's scratch memory.
struct Worker {
    int index;
    const Kernels* kernels;
};

/// Rows from which on a product with a weight is cut by rows as well (Op::streams_weight).
constexpr int64_t kManyRows = 256;

/// An operation is cut into units that any worker may compute, in any order, with the same result.
struct Op {
    const char* name;
    /// Asked once, by plan(), while inputs are not filled yet, unless units_vary; so is cost().
    int64_t (*units)(const Tensor& value);
    void (*forward)(const Tensor& value, int64_t begin, int64_t end, const Worker& worker);
    Cost (*cost)(const Tensor& value);
    /// For ops of at most two sources that compute row by row, without scratch memory: one row,
    /// written to `out`. Lets a reader fuse this op into itself, with its sources among the
    /// reader's own (ops/quantize.cpp, ops/store.cpp).
    void (*row)(const Tensor& value, int64_t row, float* out, const Worker& worker) = nullptr;
    bool has_effect = false;  ///< runs even if nobody reads its value
    /// Units read parts of a weight, sources[0], that lie one behind the other and are equal but
    /// for the last: a few rows wait for memory, so that workers take long runs of them. Of
    /// kManyRows and more the first half of the units are those of the first half of the rows, as
    /// in ops that compute row by row.
    bool streams_weight = false;
    /// Records what the gradient at its value adds to those at its sources (tensor/gradient.h);
    /// null: there is none.
    void (*gradient)(Gradients& gradients, const Tensor& value, const Tensor* at_value) = nullptr;
    bool units_vary = false;  ///< units() and cost() depend on inputs: asked before every run
};

/// Units and forward() for ops that compute row by row.
int64_t row_units(const Tensor& value);
void forward_rows(const Tensor& value, int64_t begin, int64_t end, const Worker& worker);
/// The cost of an op that reads its sources and writes its value once.
Cost streaming_cost(const Tensor& value);

class Graph {
  public:
    /// max_workers: the most workers that run() will have.
    explicit Graph(int max_workers) : max_workers_(max_workers) {}
    /// Records a value computed by `op`. The tensor's storage, shape and stride are set by
    /// set_shape().
    Tensor* add(const Op& op, std::initializer_list<const Tensor*> sources);
    /// An input: memory that the caller fills before run(); it lives as long as the graph.
    Tensor* input(Storage storage, int64_t rows, int64_t cols);
    /// Memory for an op's own use: [max_workers, bytes], one row per worker.
    Tensor* scratch(int64_t bytes);
    /// Numbers known when the graph is recorded, f32 [1, n].
    Tensor* constant(std::vector<float> values);
    /// Rows [begin, begin + count) of a value, without a copy.
    Tensor* view_rows(const Tensor* of, int64_t begin, int64_t count);
    /// Columns [begin, begin + count) of an f32 value, without a copy.
    Tensor* view_columns(const Tensor* of, int64_t begin, int64_t count);
    /// Keeps a value's memory to the end, with rows that follow each other without a gap, so that
    /// the caller can read it after run(). To be called before views of it are made.
    void keep(const Tensor* value);

    /// Everything recorded so far, in order.
    std::deque<Tensor>& values() { return tensors_; }

    /// Remembers the first error of recording.
    void fail(std::string message);

    /// Assigns memory. Call once, after recording.
    Status plan();
    uint64_t memory_bytes() const { return arena_bytes_; }
    /// Computes all values of a planned graph. If *cancel becomes true in the meantime, which
    /// another thread or a signal handler may do, the rest is left out and false is returned: what
    /// is in the values and in the memory that ops with an effect write is then undefined. Throws
    /// std::length_error if the graph has more than 2^16 - 1 stages or one of more than 2^24 - 1
    /// units, which no model within the limits of files has.
    bool run(ThreadPool& pool, const Kernels& kernels, Profile* profile = nullptr,
             const std::atomic<bool>* cancel = nullptr) const;

  private:
    /// What planning knows of tensors_[i].
    struct Node {
        int32_t base;  ///< the value whose memory this one lies in; itself unless a view
        uint64_t view_offset = 0;
        bool kept = false;
        bool needed = false;  ///< kept, read by a needed value, or with an effect
        int stage = 0;
        int last_stage = 0;   ///< the last stage that reads it
        uint64_t offset = 0;  ///< in the arena
    };
    Tensor* append();
    Tensor* append_view(const Tensor* of, uint64_t offset);
    void mark_needed();
    void assign_stages();
    void assign_offsets();
    Schedule make_schedule(bool every_op_alone) const;
    friend class GraphRun;

    int max_workers_;
    std::deque<Tensor> tensors_;
    std::vector<Node> nodes_;
    std::deque<std::vector<float>> constants_;
    Status error_;
    AlignedMemory arena_;
    uint64_t arena_bytes_ = 0;
    std::shared_ptr<const Schedule> schedule_;  ///< shared because its type is not known here
};

/// Sets storage, shape and a stride that suits the caches.
void set_shape(Tensor* t, Storage storage, int64_t rows, int64_t cols);

/// The op's own parameters, kept inside the value.
template <class T>
T& params_of(Tensor* t) {
    static_assert(sizeof(T) <= sizeof(t->params));
    return *reinterpret_cast<T*>(t->params.data());
}
template <class T>
const T& params_of(const Tensor& t) {
    static_assert(sizeof(T) <= sizeof(t.params));
    return *reinterpret_cast<const T*>(t.params.data());
}

}  // namespace quern
