// The worker pool: generation counters, a bounded spin, then a futex wait through
// std::atomic::wait.
#include "tensor/thread_pool.h"

#include <system_error>

namespace quern {
namespace {

constexpr uint32_t kStop = 1u << 31;
constexpr int kSpins = 4000;  // tens of microseconds: longer than an op, shorter than a time slice

void pause_cpu() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

/// Returns when *value differs from `old`; gives the new value.
uint32_t wait_for_change(const std::atomic<uint32_t>& value, uint32_t old) {
    for (int i = 0; i < kSpins; ++i) {
        const uint32_t now = value.load(std::memory_order_acquire);
        if (now != old) return now;
        pause_cpu();
    }
    value.wait(old, std::memory_order_acquire);
    return value.load(std::memory_order_acquire);
}

}  // namespace

ThreadPool::ThreadPool(int n_threads) {
    threads_.reserve(static_cast<size_t>(n_threads > 1 ? n_threads - 1 : 0));
    for (int i = 1; i < n_threads; ++i) {
        try {
            threads_.emplace_back([this, i] { worker_loop(i); });
        } catch (const std::system_error&) {
            break;
        }
    }
}

ThreadPool::~ThreadPool() {
    generation_.fetch_or(kStop, std::memory_order_release);
    generation_.notify_all();
    for (std::thread& t : threads_) t.join();
}

void ThreadPool::run(const std::function<void(int)>& work) {
    work_ = &work;
    generation_.store((generation_.load(std::memory_order_relaxed) + 1) & ~kStop,
                      std::memory_order_release);
    generation_.notify_all();
    work(0);
    barrier();
}

void ThreadPool::barrier() {
    const uint32_t passed = barriers_.load(std::memory_order_acquire);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == static_cast<uint32_t>(size())) {
        arrived_.store(0, std::memory_order_relaxed);
        barriers_.store(passed + 1, std::memory_order_release);
        barriers_.notify_all();
        return;
    }
    wait_for_change(barriers_, passed);
}

void ThreadPool::worker_loop(int worker) {
    uint32_t seen = 0;
    for (;;) {
        const uint32_t now = wait_for_change(generation_, seen);
        if (now & kStop) return;
        seen = now;
        (*work_)(worker);
        barrier();
    }
}

}  // namespace quern
