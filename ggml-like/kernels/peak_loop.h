// The loop behind every peak: one instruction on many sums in registers, so that its latency is
// hidden. The instruction is given as assembly, so that no compiler copies registers or merges
// sums; the sums are named by a fold, so that none is kept in memory.
#pragma once

#include <cstdint>
#include <utility>

namespace quern {
namespace {

template <class Register, class Step, int... kI>
void run_rounds(int64_t rounds, Step step, std::integer_sequence<int, kI...>) {
    Register sums[sizeof...(kI)] = {};
    for (int64_t i = 0; i < rounds; ++i) (step(sums[kI]), ...);
}

/// step(sum) on each of kSums sums, `rounds` times; returns the operations of all steps.
template <class Register, int kSums, class Step>
double run_rounds(int64_t rounds, double operations_per_step, Step step) {
    run_rounds<Register>(rounds, step, std::make_integer_sequence<int, kSums>{});
    return operations_per_step * kSums * static_cast<double>(rounds);
}

}  // namespace
}  // namespace quern
