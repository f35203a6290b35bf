// The worker pool: a generation counter starts a run, a count of those inside ends it.
#include "tensor/thread_pool.h"

#include <utility>

namespace quern {
namespace {

constexpr uint32_t kStop = 1u << 31;
constexpr uint32_t kClosed = 1u << 31;
/// 5 to 15 microseconds: longer than most waits within a run, far shorter than a time slice.
constexpr int kSpins = 400;
/// 75 to 225 microseconds, in which a token is chosen: to wake up takes as long.
constexpr int kSpinsBetweenRuns = 6000;

void pause_cpu() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

void spin_then_wait(const std::atomic<uint32_t>& value, uint32_t old, int spins) {
    for (int i = 0; i < spins; ++i) {
        if (value.load(std::memory_order_acquire) != old) return;
        pause_cpu();
    }
    value.wait(old, std::memory_order_acquire);
}

}  // namespace

void wait_for_change(const std::atomic<uint32_t>& value, uint32_t old) {
    spin_then_wait(value, old, kSpins);
}

ThreadPool::ThreadPool(int n_threads) : inside_(kClosed) {
    threads_.reserve(static_cast<size_t>(n_threads > 1 ? n_threads - 1 : 0));
    for (int i = 1; i < n_threads; ++i) {
        try {
            threads_.emplace_back([this, i] { worker_loop(i); });
        } catch (...) {  // no thread or no memory for it; those that run must not be left behind
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
    inside_.store(0, std::memory_order_release);
    generation_.store((generation_.load(std::memory_order_relaxed) + 1) & ~kStop,
                      std::memory_order_release);
    generation_.notify_all();
    call(0);
    for (uint32_t now = inside_.fetch_or(kClosed) | kClosed; now != kClosed;) {
        wait_for_change(inside_, now);
        now = inside_.load(std::memory_order_acquire);
    }
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

void ThreadPool::call(int worker) {
    try {
        (*work_)(worker);
    } catch (...) {
        const std::lock_guard lock(mutex_);
        error_ = std::current_exception();
    }
}

bool ThreadPool::enter() {
    uint32_t now = inside_.load(std::memory_order_acquire);
    while ((now & kClosed) == 0) {
        if (inside_.compare_exchange_weak(now, now + 1, std::memory_order_acquire)) return true;
    }
    return false;
}

void ThreadPool::leave() {
    inside_.fetch_sub(1, std::memory_order_acq_rel);
    inside_.notify_all();
}

void ThreadPool::worker_loop(int worker) {
    for (uint32_t seen = 0;;) {
        spin_then_wait(generation_, seen, kSpinsBetweenRuns);
        seen = generation_.load(std::memory_order_acquire);
        if (seen & kStop) return;
        if (!enter()) continue;
        call(worker);
        leave();
    }
}

}  // namespace quern
