// Threads per loop, not a pool: a loop here takes milliseconds and more.
#include "parallel.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace quern {
namespace {

/// What the workers of one loop share.
struct Loop {
    Loop(const std::function<Status(int, int64_t)>& item_, int64_t n_,
         const std::atomic<bool>* cancel_)
        : item(item_), n(n_), cancel(cancel_) {}

    const std::function<Status(int, int64_t)>& item;
    int64_t n;
    const std::atomic<bool>* cancel;
    std::atomic<int64_t> next{0};
    std::atomic<bool> stop{false};
    std::mutex mutex;  // guards what follows
    int64_t failed_at = 0;
    Status failure;
    std::exception_ptr exception;

    void record(int64_t i, Status status) {
        const std::lock_guard lock(mutex);
        if (failure.ok() || i < failed_at) {
            failed_at = i;
            failure = std::move(status);
        }
        stop = true;
    }

    void work(int worker) {
        try {
            while (!stop && !(cancel && cancel->load())) {
                const int64_t i = next.fetch_add(1);
                if (i >= n) return;
                Status status = item(worker, i);
                if (!status.ok()) record(i, std::move(status));
            }
        } catch (...) {
            const std::lock_guard lock(mutex);
            exception = std::current_exception();
            stop = true;
        }
    }
};

}  // namespace

Status parallel_for(int threads, int64_t n, const std::atomic<bool>* cancel,
                    const std::function<Status(int, int64_t)>& item) {
    Loop loop(item, n, cancel);
    const auto workers = static_cast<int>(std::min<int64_t>(threads, n));
    std::vector<std::thread> others;
    others.reserve(static_cast<size_t>(std::max(0, workers - 1)));
    for (int worker = 1; worker < workers; ++worker) {
        try {
            others.emplace_back([&loop, worker] { loop.work(worker); });
        } catch (const std::exception&) {
            break;  // no more threads or no memory for one: those there are do the work
        }
    }
    loop.work(0);
    for (std::thread& t : others) t.join();
    if (loop.exception) std::rethrow_exception(loop.exception);
    if (loop.failure.ok() && loop.next < n) return {Code::kInterrupted, "interrupted"};
    return loop.failure;
}

}  // namespace quern
