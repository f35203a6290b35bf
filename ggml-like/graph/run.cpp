// Running a planned graph: workers claim units of the current stage; whoever completes the last
// unit opens the next stage. The claim word holds stage and unclaimed units together, so a worker
// that wakes up late can never take a unit of a stage that is over.
//
// Half of the workers claim from the front, half from the back: rows that a worker has written are
// in the cache of its own core when the next stage reads them.
//
// Stages that multiply a few rows wait for memory, which is idle between them. A worker's first
// claim there, unless the stage is long, is most of its share, so that it is known where it begins
// (with more than two workers, guessed from its index). While the worker waits for that stage it
// asks for those weights.
//
// A cancelled run goes on to its end in the same way, but its units are claimed without being
// computed: that takes microseconds and leaves nobody waiting.
#include <algorithm>
#include <chrono>
#include <exception>
#include <mutex>
#include <span>
#include <stdexcept>
#include <thread>

#include "graph/schedule.h"
#include "tensor/thread_pool.h"

namespace quern {

class GraphRun {
  public:
    /// With a profile every op is a stage of its own.
    GraphRun(const Graph& graph, const Kernels& kernels, int workers, Profile* profile,
             const std::atomic<bool>* cancel)
        : kernels_(kernels),
          workers_(workers),
          profile_(profile),
          cancel_(cancel),
          schedule_(profile == nullptr ? *graph.schedule_ : graph.make_schedule(true)) {
        schedule_.count_varying();
        for (const Stage& stage : stages_) {
            if (stage.units > Claim::kMostUnits) throw std::length_error("too many units");
        }
        if (std::ssize(stages_) > Claim::kMostStages) throw std::length_error("too many stages");
        open_stage(0);
    }

    void work(int index) {
        const Worker worker{index, &kernels_};
        Ahead ahead;
        size_t begun = stages_.size();  // the last stage that this worker has claimed units of
        for (;;) {
            uint64_t word = claim_.load(std::memory_order_acquire);
            Claim open = Claim::of(word);
            const auto stage = open.stage;
            if (stage == stages_.size()) return;
            const Stage& s = stages_[stage];
            if (open.begin == open.end) {
                if (ask_ahead(stage, index, &ahead)) continue;
                if (stage_.load(std::memory_order_acquire) == stage) {
                    wait_for_change(stage_, stage);
                } else {  // open_stage() lost its CPU between its stores, perhaps to this thread
                    std::this_thread::yield();
                }
                continue;
            }
            const int64_t n = claim_size(s, open.end - open.begin, begun != stage);
            const bool front = claims_from_front(index);
            const int64_t begin = front ? open.begin : open.end - n;
            (front ? open.begin : open.end) += front ? n : -n;
            if (!claim_.compare_exchange_weak(word, open.word(), std::memory_order_acq_rel)) {
                continue;
            }
            begun = stage;
            keep_error([&] { compute(s, begin, begin + n, worker); });
            const int64_t done = done_.fetch_add(n, std::memory_order_acq_rel);
            if (done + n == s.units) {
                if (profile_ != nullptr) {
                    keep_error([&] { record(*values_[s.first_value].tensor); });
                }
                open_stage(stage + 1);
            }
        }
    }

    /// After work(): were all units computed?
    bool finish() const {
        if (error_) std::rethrow_exception(error_);
        return !skipping_.load(std::memory_order_relaxed);
    }

  private:
    /// What is not claimed yet: units [begin, end) of the stage.
    struct Claim {
        static constexpr int64_t kMostStages = (1 << 16) - 1, kMostUnits = (1 << 24) - 1;
        uint32_t stage;
        int64_t begin, end;

        static Claim of(uint64_t word) {
            return {static_cast<uint32_t>(word >> 48),
                    static_cast<int64_t>(word >> 24) & kMostUnits,
                    static_cast<int64_t>(word) & kMostUnits};
        }
        uint64_t word() const {
            return static_cast<uint64_t>(stage) << 48 | static_cast<uint64_t>(begin) << 24 |
                   static_cast<uint64_t>(end);
        }
    };

    using Stage = Schedule::Stage;
    using Value = Schedule::Value;
    /// What a worker asks memory for: the weights that it reads first in the next stage that waits
    /// for them.
    struct Ahead {
        size_t stage = 0;
        std::span<const uint8_t> left;
    };

    static bool claims_from_front(int worker) { return worker % 2 == 0; }

    /// Units of a worker's first claim, where claims are long. The rest of its share goes to
    /// whoever is done first: memory does not always serve cores equally, and what
    /// is claimed later may still even that out.
    int64_t first_claim(const Stage& s) const {
        return std::max<int64_t>(1, s.units * 3 / (4 * workers_));
    }

    /// Memory is read fastest where a worker's part is in one piece. In long stages a worker may
    /// lose its CPU, and the others are to take over what it has not begun.
    static bool has_long_claims(const Stage& s) {
        constexpr double kLong = 1e9;
        return s.streams_weights && s.operations < kLong;
    }

    /// Large claims first, so that they are rare; small ones last, so that workers finish together.
    int64_t claim_size(const Stage& s, int64_t left, bool first) const {
        if (!has_long_claims(s)) return std::max<int64_t>(1, left / (3 * workers_));
        const int64_t claim = first_claim(s);
        const bool on_time = left >= s.units - (workers_ - 1) * claim;
        return first && on_time ? claim : std::max<int64_t>(1, left / workers_);
    }

    /// The weights that a worker reads first in a stage of few rows, at most so many bytes.
    std::span<const uint8_t> first_weights(const Stage& s, int worker, size_t most) const {
        const int64_t before = worker / 2 * first_claim(s);
        int64_t unit = claims_from_front(worker) ? before : s.units - before - first_claim(s);
        for (size_t i = s.first_value; i < s.end_value; ++i) {
            const Value& v = values_[i];
            if (unit >= 0 && unit < v.units) {
                const Tensor& w = *v.tensor->sources[0];
                const std::span bytes(w.row<uint8_t>(0), w.bytes());
                const auto at = static_cast<int64_t>(bytes.size()) / v.units * unit;
                const auto rest = bytes.subspan(static_cast<size_t>(at));
                return rest.first(std::min(most, rest.size()));
            }
            unit -= v.units;
        }
        return {};  // more workers than units
    }

    /// Brings the next kBytes of what the worker will read to its L2 cache: few, so that it sees
    /// soon when there is work. Memory takes longer for kMostBytes than most waits last. False:
    /// nothing is left to ask for.
    bool ask_ahead(size_t stage, int worker, Ahead* ahead) const {
        constexpr size_t kMostBytes = 64 << 10, kBytes = 2 << 10;
        if (ahead->stage <= stage) {
            const auto waits = [](const Stage& s) { return s.few_rows && has_long_claims(s); };
            size_t next = stage + 1;
            while (next < stages_.size() && !waits(stages_[next])) ++next;
            *ahead = {next, {}};
            if (next < stages_.size()) {
                ahead->left = first_weights(stages_[next], worker, kMostBytes);
            }
        }
        if (ahead->left.empty()) return false;
        const auto now = ahead->left.first(std::min(kBytes, ahead->left.size()));
        for (size_t line = 0; line < now.size(); line += 64) {
            __builtin_prefetch(&now[line], 0, 2);
        }
        ahead->left = ahead->left.subspan(now.size());
        return true;
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

    /// Once true always true, for every later stage: nothing is computed from what was left out,
    /// whatever becomes of the caller's flag.
    bool cancelled() {
        if (cancel_ != nullptr && cancel_->load(std::memory_order_relaxed)) {
            skipping_.store(true, std::memory_order_relaxed);
        }
        return skipping_.load(std::memory_order_relaxed);
    }

    /// Units are counted through the halves of all values of the stage.
    void compute(const Stage& s, int64_t begin, int64_t end, const Worker& worker) {
        for (const bool second : {false, true}) {
            for (size_t i = s.first_value; i < s.end_value; ++i) {
                const Value& v = values_[i];
                const int64_t first = second ? v.half : 0;
                const int64_t n = (second ? v.units : v.half) - first;
                const int64_t stop = first + std::min(end, n);
                for (int64_t at = first + std::max<int64_t>(begin, 0); at < stop;
                     at += v.units_per_look) {
                    if (cancelled()) return;
                    v.tensor->op->forward(*v.tensor, at, std::min(at + v.units_per_look, stop),
                                          worker);
                }
                begin -= n;
                end -= n;
            }
        }
    }

    void open_stage(uint32_t next) {
        while (next < stages_.size() && stages_[next].units == 0) ++next;  // inputs decide
        // stage_ before claim_: once claim_ is out others may finish the stage and open the one
        // after it, and a late store would then put stage_ back, on which somebody may sleep
        // forever. Who sees the first store and not the second yields, see work().
        done_.store(0, std::memory_order_relaxed);
        stage_.store(next, std::memory_order_release);
        const int64_t units = next < stages_.size() ? stages_[next].units : 0;
        claim_.store(Claim{next, 0, units}.word(), std::memory_order_release);
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
    Schedule schedule_;
    const std::vector<Stage>& stages_ = schedule_.stages;
    const std::vector<Value>& values_ = schedule_.values;
    Clock::time_point last_ = Clock::now();
    // Lines of their own: one worker writes them while others read, and would wait for, what lies
    // beside them.
    alignas(64) std::atomic<uint64_t> claim_{0};  ///< Claim::word()
    std::atomic<uint32_t> stage_{0};              ///< the same stage, to sleep on
    alignas(64) std::atomic<int64_t> done_{0};    ///< units of the stage that are computed
    alignas(64) std::atomic<bool> skipping_{false};
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
