// Workers that run one function together. The caller is worker 0. Workers spin briefly for the next
// run or at a barrier, then sleep; nothing spins between calls.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace quern {

class ThreadPool {
  public:
    /// n_threads >= 1. Threads that the system refuses to start are done without.
    explicit ThreadPool(int n_threads);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    int size() const { return static_cast<int>(threads_.size()) + 1; }
    /// Runs work(worker) on all workers and returns when all are done. One caller at a time.
    void run(const std::function<void(int worker)>& work);
    /// Inside work: waits until all workers are here.
    void barrier();

  private:
    void worker_loop(int worker);

    std::vector<std::thread> threads_;
    const std::function<void(int)>* work_ = nullptr;
    std::atomic<uint32_t> generation_{0};  ///< counts runs; bit 31 stops the workers
    std::atomic<uint32_t> arrived_{0};
    std::atomic<uint32_t> barriers_{0};  ///< counts barriers passed
};

}  // namespace quern
