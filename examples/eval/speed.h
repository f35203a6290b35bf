// A short measurement of how fast a model runs, next to its quality; quern-bench measures more, and
// against the machine's limits.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "models/session.h"

namespace quern {

inline constexpr int64_t kSpeedPrompt = 512;   ///< tokens, evaluated in chunks
inline constexpr int64_t kSpeedGenerate = 64;  ///< tokens evaluated one by one, from an empty cache
inline constexpr int kSpeedRounds = 5;         ///< of both, after one to warm up

struct Speed {
    double prompt = 0, generate = 0;  ///< tokens per second, medians
};

/// `options`: context is chosen here.
Result<Speed> measure_speed(std::shared_ptr<const Model> model, SessionOptions options,
                            const std::atomic<bool>* cancel);

}  // namespace quern
