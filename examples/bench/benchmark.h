// A benchmark of one model: load, warm up, then several times all runs in turn. The machine's
// limits are measured with the same number of threads before and after every repetition, as those
// of a shared machine change meanwhile.
//
//   prompt     N tokens at once behind `depth` tokens in the cache, logits of the last
//   generate   N tokens one by one behind `depth` tokens in the cache
//   batch      the same for several sequences together; tokens of all of them are counted
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "bench/statistics.h"
#include "bench/work.h"
#include "models/session.h"
#include "tensor/profile.h"
#include "tensor/status.h"

namespace quern {

struct BenchmarkOptions {
    std::string model;                ///< a path; or empty and then
    std::string synthetic;            ///< the name of a shape (bench/synthetic.h)
    std::string format = "q4z_g128";  ///< of the synthetic model
    int64_t prompt = 512;             ///< tokens; 0: no such run
    int64_t generate = 64;
    int64_t batch = 1;  ///< sequences that generate together, besides the run of one; 1: none
    int64_t depth = 0;
    int64_t repeat = 5;
    bool ops = false;              ///< fill Run::profile
    uint64_t buffer = 1ull << 30;  ///< bytes for the read bandwidth
    SessionOptions session;        ///< context and sequences are chosen here
    std::function<void(const struct Benchmark&)> planned;  ///< called when `memory` is known
    std::function<void(int64_t done, int64_t total, const std::string& what)> progress;
    const std::atomic<bool>* cancel = nullptr;
};

struct Run {
    std::string name;       ///< "prompt", "generate", "batch"
    int64_t steps = 0;      ///< tokens of a sequence
    int64_t sequences = 1;  ///< of a batch
    int64_t tokens() const { return steps * sequences; }
    Cost cost;  ///< of one repetition
    Spread tokens_per_s;
    Spread percent_of_limit;  ///< each repetition's, of what its own two samples allow
    double times_one = 1;     ///< of a batch: tokens/s over those of one sequence
    Limits limits;            ///< medians
    Limit limit;              ///< the one of them that binds; percent_of_limit has each its own
    Profile profile;          ///< of `repeat` more repetitions
    Limits profile_limits;    ///< medians of the samples beside those

    double seconds() const { return static_cast<double>(tokens()) / tokens_per_s.median; }
};

struct Repetition {
    double seconds = 0;
    Limits limits;  ///< means of the samples before and after it
};
/// Speeds, percents and limits from all repetitions of a run. `format`: as for limit_of().
void summarize(std::span<const Repetition> repetitions, const Format& format, Run* run);
/// How many times the tokens/s of one sequence a batch of `sequences` makes: the median over pairs
/// of repetitions, which ran one after the other. Each has the same steps.
double times_one(std::span<const Repetition> one, std::span<const Repetition> batch,
                 int64_t sequences);

struct MachineLimits {
    Spread int8, f32, bf16;         ///< operations per second
    Spread read_large, read_small;  ///< bytes per second
    Spread stage;                   ///< seconds
    uint64_t large_bytes = 0, small_bytes = 0;
};

struct Benchmark {
    std::string model;   ///< path, "synthetic:llama-1b"
    std::string format;  ///< of most weights
    std::string cache_keys, cache_values;
    uint64_t model_hash = 0;
    int64_t n_parameters = 0;
    int threads = 0;
    int64_t depth = 0, repeat = 0;
    double load_seconds = 0;  ///< from the call to a session that can evaluate
    uint64_t file_bytes = 0;
    Session::Memory memory{};  ///< planned before anything is evaluated
    uint64_t planned_memory() const { return file_bytes + memory.cache + memory.scratch; }
    uint64_t peak_memory = 0;  ///< after the warm-up, before any buffer of the benchmark
    MachineLimits machine;
    std::vector<Run> runs;
};

Result<Benchmark> run_benchmark(const BenchmarkOptions& options);

}  // namespace quern
