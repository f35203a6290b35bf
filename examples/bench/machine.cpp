// Buffers for the read bandwidth, and the samples.
#include "bench/machine.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>

#include "common/memory.h"
#include "tensor/ops.h"
#include "tensor/roofline.h"
#include "tensor/system.h"

namespace quern {
namespace {

constexpr uint64_t kLeast = 1 << 20;
constexpr int kStages = 2000;  ///< of a graph that does next to nothing

uint64_t affordable(uint64_t bytes) {
    const uint64_t available = cli::available_memory();
    if (available > 0) bytes = std::min(bytes, available / 2);
    return std::max(bytes, kLeast);
}

}  // namespace

Machine::Machine(int threads, uint64_t large, uint64_t small)
    : pool_(threads),
      stages_(pool_.size()),
      large_(affordable(large)),
      small_(std::clamp(small, kLeast, large_)),
      buffer_(allocate_aligned(large_)) {
    if (!buffer_) throw std::bad_alloc();
    const Tensor* x = stages_.input(Storage::kF32, pool_.size(), 16);  // a row for every worker
    for (int i = 0; i < kStages; ++i) x = add(stages_, x, x);
    stages_.keep(x);
    if (!stages_.plan().ok()) throw std::bad_alloc();
    std::atomic<uint64_t> next{0};
    pool_.run([&](int) {
        for (uint64_t at; (at = next.fetch_add(kLeast)) < large_;) {
            std::memset(buffer_.get() + at, 1, std::min(kLeast, large_ - at));
        }
    });
}

double Machine::measure_stage() {
    const auto start = std::chrono::steady_clock::now();
    stages_.run(pool_, active_kernels());
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    return seconds.count() / kStages;
}

Limits Machine::sample() {
    const auto* data = reinterpret_cast<const uint8_t*>(buffer_.get());
    int8_.push_back(measure_int8_peak(pool_));
    f32_.push_back(measure_f32_peak(pool_));
    bf16_.push_back(measure_bf16_peak(pool_));
    read_large_.push_back(measure_read_bandwidth(pool_, data, large_));
    read_small_.push_back(small_ < large_ ? measure_read_bandwidth(pool_, data, small_)
                                          : read_large_.back());
    stage_.push_back(measure_stage());
    return {int8_.back(), f32_.back(), bf16_.back(), read_small_.back()};
}

}  // namespace quern
