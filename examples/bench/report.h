// A benchmark's figures, for people and for programs.
#pragma once

#include <string>

#include "bench/benchmark.h"

namespace quern {

/// What the model, its cache and its graphs will take, before anything is evaluated.
std::string planned_text(const Benchmark& b);

/// Model, memory, the machine's limits, a line per run; with profiles a table of ops per run.
std::string benchmark_text(const Benchmark& b);

/// A line with one JSON object per run. Speeds are per second, `bytes` and `ops` (operations) of
/// one repetition; `spread` holds the slowest and the fastest repetition in tokens/s.
std::string benchmark_json(const Benchmark& b);

}  // namespace quern
