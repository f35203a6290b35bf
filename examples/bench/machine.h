// The machine's limits, sampled between all repetitions: what a shared or throttled machine can do
// moves within seconds, and percentages should not.
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <vector>

#include "bench/statistics.h"
#include "bench/work.h"
#include "tensor/aligned_memory.h"
#include "tensor/graph.h"
#include "tensor/status.h"
#include "tensor/thread_pool.h"

namespace quern {

class Machine {
  public:
    /// read is measured over `large` bytes, which should exceed the last cache, and over the
    /// `small` bytes that a token reads, if that is less. Large buffers shrink to half of the
    /// memory that is available.
    Machine(int threads, uint64_t large, uint64_t small);

    /// Measures all limits once. Limits::read is of small_bytes().
    Limits sample();

    uint64_t large_bytes() const { return large_; }
    uint64_t small_bytes() const { return small_; }

    /// Of all samples.
    Spread int8() const { return spread_of(int8_); }
    Spread f32() const { return spread_of(f32_); }
    Spread bf16() const { return spread_of(bf16_); }  ///< 0 if there is none
    Spread read_large() const { return spread_of(read_large_); }
    Spread read_small() const { return spread_of(read_small_); }
    /// Seconds from one stage of a graph to the next: what it takes to share and to finish work.
    Spread stage() const { return spread_of(stage_); }

  private:
    double measure_stage();

    ThreadPool pool_;
    Graph stages_;
    uint64_t large_;
    uint64_t small_;
    AlignedMemory buffer_;
    std::vector<double> int8_, f32_, bf16_, read_large_, read_small_, stage_;
};

}  // namespace quern
