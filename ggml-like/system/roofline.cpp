// The kernel table's peak loops, timed.
#include "tensor/roofline.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <numeric>
#include <vector>

#include "kernels/kernels.h"
#include "tensor/system.h"
#include "tensor/thread_pool.h"

namespace quern {
namespace {

constexpr double kShortest = 0.01;  ///< seconds of a try: waking the workers takes no visible part
constexpr int kTries = 4;

/// work(worker, rounds) returns what it did; the result is the best sum over workers per second.
double best_rate(ThreadPool& pool, const std::function<double(int, int64_t)>& work) {
    std::vector<double> done(static_cast<size_t>(pool.size()));
    double best = 0;
    int64_t rounds = 1;
    for (int tries = 0; tries < kTries;) {
        const auto start = std::chrono::steady_clock::now();
        pool.run([&](int worker) { done[static_cast<size_t>(worker)] = work(worker, rounds); });
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
        if (seconds.count() < kShortest) {
            rounds *= 2;
            continue;
        }
        best = std::max(best, std::accumulate(done.begin(), done.end(), 0.0) / seconds.count());
        ++tries;
    }
    return best;
}

}  // namespace

double measure_int8_peak(ThreadPool& pool) {
    const Peaks& peaks = active_kernels().peaks;
    return best_rate(pool, [&](int, int64_t rounds) { return peaks.int8(rounds); });
}

double measure_f32_peak(ThreadPool& pool) {
    const Peaks& peaks = active_kernels().peaks;
    return best_rate(pool, [&](int, int64_t rounds) { return peaks.f32(rounds); });
}

double measure_read_bandwidth(ThreadPool& pool, const uint8_t* data, uint64_t bytes) {
    const Peaks& peaks = active_kernels().peaks;
    const uint64_t share = bytes / static_cast<uint64_t>(pool.size()) / 256 * 256;
    return best_rate(pool, [&](int worker, int64_t rounds) {
        const uint8_t* begin = data + static_cast<uint64_t>(worker) * share;
        for (int64_t i = 0; i < rounds; ++i) peaks.read(begin, share);
        return static_cast<double>(share) * static_cast<double>(rounds);
    });
}

}  // namespace quern
