// Running a planned graph: workers claim units of the current stage; whoever completes the last
// unit opens the next stage. The claim word holds stage and next unit together, so a worker that
// wakes up late can never take a unit of a stage that is over.
//
// A cancelled run goes on to its end in the same way, but its units are claimed without being
// computed: that takes microseconds and leaves nobody waiting.
#include <algorithm>
#include <chrono>
#include <exception>
#include <mutex>
#include <thread>

#include "tensor/graph.h"
#include "tensor/thread_pool.h"

namespace quern {

class GraphRun {
  public:
    /// With a profile every op is a stage of its own.
    GraphRun(const Graph& graph, const Kernels& kernels, int workers, Profile* profile,
             const std::atomic<bool>* cancel)
        : kernels_(kernels), workers_(workers), profile_(profile), cancel_(cancel) {
        int last = -1;
        for (size_t i = 0; i < graph.tensors_.size(); ++i) {
            const Tensor& value = graph.tensors_[i];
            if (value.op == nullptr || !graph.nodes_[i].needed || value.op->units(value) == 0) {
                continue;
            }
            if (profile != nullptr || graph.nodes_[i].stage != last) stages_.push_back({});
            last = graph.nodes_[i].stage;
            const int64_t units = value.op->units(value);
            const double operations = value.op->cost(value).operations;
            stages_.back().values.push_back({&value, units, units_per_look(operations, units)});
            stages_.back().units += units;
            stages_.back().operations += operations;
            stages_.back().streams_weights &= value.op->streams_weight;
        }
    }

    void work(int index) {
        const Worker worker{index, &kernels_};
        for (;;) {
            uint64_t claim = claim_.load(std::memory_order_acquire);
            const auto stage = static_cast<uint32_t>(claim >> 32);
            if (stage == stages_.size()) return;
            const Stage& s = stages_[stage];
            const int64_t begin = static_cast<uint32_t>(claim);
            if (begin == s.units) {
                if (stage_.load(std::memory_order_acquire) == stage) {
                    wait_for_change(stage_, stage);
                } else {  // open_stage() lost its CPU between its stores, perhaps to this thread
                    std::this_thread::yield();
                }
                continue;
            }
            // Large claims first, so that they are rare; small ones last, so that workers finish
            // together.
            const int64_t end = begin + std::max<int64_t>(1, (s.units - begin) / shares(s));
            if (!claim_.compare_exchange_weak(claim, claim + static_cast<uint64_t>(end - begin),
                                              std::memory_order_acq_rel)) {
                continue;
            }
            keep_error([&] { compute(s, begin, end, worker); });
            const int64_t done = done_.fetch_add(end - begin, std::memory_order_acq_rel);
            if (done + end - begin == s.units) open_stage(stage + 1);
        }
    }

    /// After work(): were all units computed?
    bool finish() const {
        if (error_) std::rethrow_exception(error_);
        return !skipping_.load(std::memory_order_relaxed);
    }

  private:
    struct Value {
        const Tensor* tensor;
        int64_t units;
        int64_t units_per_look;  ///< that are computed between two looks at the flag
    };
    struct Stage {
        std::vector<Value> values;
        int64_t units = 0;
        double operations = 0;
        bool streams_weights = true;  ///< all values do
    };

    /// A claim takes one of so many shares of what is left. Memory is read fastest where a worker's
    /// part is in one piece. In long stages a worker may lose its CPU, and the others are to take
    /// over what it has not begun.
    int64_t shares(const Stage& s) const {
        constexpr double kLong = 1e9;
        return s.streams_weights && s.operations < kLong ? workers_ : 3 * workers_;
    }

    /// Without memory the run goes on, so that nobody waits for ever, and its result is void.
    template <class Step>
    void keep_error(const Step& step) {
        try {
            step();
        } catch (...) {
            const std::lock_guard lock(mutex_);
            error_ = std::current_exception();
        }
    }

    /// Few enough that the slowest kernels come back in some 50 ms, so many that the fastest, which
    /// take less than a millisecond, do not notice.
    static int64_t units_per_look(double operations, int64_t units) {
        constexpr double kOperations = 1e8;
        const double looks = operations / kOperations;
        return looks <= 1 ? units : std::max<int64_t>(1, static_cast<int64_t>(units / looks));
    }

    /// Once true always true, for every later stage: nothing is computed from what was left out,
    /// whatever becomes of the caller's flag.
    bool cancelled() {
        if (cancel_ != nullptr && cancel_->load(std::memory_order_relaxed)) {
            skipping_.store(true, std::memory_order_relaxed);
        }
        return skipping_.load(std::memory_order_relaxed);
    }

    /// Units are counted through all values of the stage.
    void compute(const Stage& s, int64_t begin, int64_t end, const Worker& worker) {
        for (const Value& v : s.values) {
            const int64_t stop = std::min(end, v.units);
            for (int64_t at = std::max<int64_t>(begin, 0); at < stop; at += v.units_per_look) {
                if (cancelled()) return;
                v.tensor->op->forward(*v.tensor, at, std::min(at + v.units_per_look, stop), worker);
            }
            begin -= v.units;
            end -= v.units;
        }
    }

    void open_stage(uint32_t next) {
        if (profile_ != nullptr) {
            keep_error([&] { record(*stages_[next - 1].values[0].tensor); });
        }
        // stage_ before claim_: once claim_ is out others may finish the stage and open the one
        // after it, and a late store would then put stage_ back, on which somebody may sleep
        // forever. Who sees the first store and not the second yields, see work().
        done_.store(0, std::memory_order_relaxed);
        stage_.store(next, std::memory_order_release);
        claim_.store(static_cast<uint64_t>(next) << 32, std::memory_order_release);
        stage_.notify_all();
    }

    void record(const Tensor& value) {
        const Clock::time_point now = Clock::now();
        const Tensor* weight = value.sources[0];
        const bool product = weight != nullptr && weight->storage == Storage::kTiles;
        profile_->add(value.op->name + (product ? " " + weight->format->name : ""),
                      std::chrono::duration<double>(now - last_).count(), value.op->cost(value));
        last_ = now;
    }

    using Clock = std::chrono::steady_clock;
    const Kernels& kernels_;
    int workers_;
    Profile* profile_;
    const std::atomic<bool>* cancel_;
    Clock::time_point last_ = Clock::now();
    std::vector<Stage> stages_;
    std::atomic<uint64_t> claim_{0};  ///< stage << 32 | next unit
    std::atomic<uint32_t> stage_{0};  ///< the same stage, to sleep on
    std::atomic<int64_t> done_{0};    ///< units of the stage that are computed
    std::atomic<bool> skipping_{false};
    std::mutex mutex_;
    std::exception_ptr error_;
};

bool Graph::run(ThreadPool& pool, const Kernels& kernels, Profile* profile,
                const std::atomic<bool>* cancel) const {
    GraphRun run(*this, kernels, pool.size(), profile, cancel);
    pool.run([&run](int index) { run.work(index); });
    return run.finish();
}

}  // namespace quern
