// Workers that run one function together. The caller is worker 0.
//
// A worker that the operating system does not schedule in time takes no part in a run, and nobody
// waits for it: work must be claimed by whoever is there, never dealt in advance. Workers spin
// briefly for the next run, then sleep.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace quern {

/// Returns when value differs from `old`: spins for some microseconds, then sleeps.
void wait_for_change(const std::atomic<uint32_t>& value, uint32_t old);

class ThreadPool {
  public:
    /// n_threads >= 1. Threads that the system refuses to start are done without.
    explicit ThreadPool(int n_threads);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    int size() const { return static_cast<int>(threads_.size()) + 1; }
    /// Runs work(0) here and work(i) on the workers that come while it lasts; returns when all that
    /// came are done. A worker that wakes up late may come twice. An exception of any call is
    /// thrown here when all are done. One caller at a time.
    void run(const std::function<void(int worker)>& work);

  private:
    void worker_loop(int worker);
    void call(int worker);
    bool enter();
    void leave();

    std::vector<std::thread> threads_;
    const std::function<void(int)>* work_ = nullptr;
    std::mutex mutex_;
    std::exception_ptr error_;             ///< the last one of the current run
    std::atomic<uint32_t> generation_{0};  ///< counts runs; bit 31 stops the workers
    std::atomic<uint32_t> inside_;         ///< workers in the current run; bit 31: none may enter
};

}  // namespace quern
