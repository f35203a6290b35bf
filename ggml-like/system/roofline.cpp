// The kernel table's peak loops, timed. Workers claim small pieces until the time is over, as they
// claim units of an op: one that comes late costs what it does not do, and nothing more.
#include "tensor/roofline.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>

#include "kernels/kernels.h"
#include "tensor/system.h"
#include "tensor/thread_pool.h"

namespace quern {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kWindow{20};  ///< waking the workers takes no visible part
constexpr int kTries = 4;
constexpr int64_t kRoundsPerPiece = 10000;

/// work(i) does piece i and returns how much that is; the result is the most per second.
double best_rate(ThreadPool& pool, const std::function<double(int64_t)>& work) {
    std::atomic<int64_t> next{0};
    double best = 0;
    for (int i = 0; i < kTries; ++i) {
        std::atomic<double> done{0};
        const Clock::time_point start = Clock::now();
        pool.run([&](int) {
            double sum = 0;
            while (Clock::now() < start + kWindow) sum += work(next.fetch_add(1));
            done.fetch_add(sum);
        });
        const std::chrono::duration<double> seconds = Clock::now() - start;
        best = std::max(best, done.load() / seconds.count());
    }
    return best;
}

}  // namespace

double measure_int8_peak(ThreadPool& pool) {
    const Peaks& peaks = active_kernels().peaks;
    return best_rate(pool, [&](int64_t) { return peaks.int8(kRoundsPerPiece); });
}

double measure_f32_peak(ThreadPool& pool) {
    const Peaks& peaks = active_kernels().peaks;
    return best_rate(pool, [&](int64_t) { return peaks.f32(kRoundsPerPiece); });
}

double measure_bf16_peak(ThreadPool& pool) {
    const Peaks& peaks = active_kernels().peaks;
    if (peaks.bf16 == nullptr) return 0;
    return best_rate(pool, [&](int64_t) { return peaks.bf16(kRoundsPerPiece); });
}

double measure_read_bandwidth(ThreadPool& pool, const uint8_t* data, uint64_t bytes) {
    constexpr uint64_t kMostPerPiece = 4 << 20, kAlignment = 256;
    const Peaks& peaks = active_kernels().peaks;
    const uint64_t shares = 4 * static_cast<uint64_t>(pool.size());
    const uint64_t piece = std::min(bytes / shares, kMostPerPiece) / kAlignment * kAlignment;
    if (piece == 0) return 0;
    const auto pieces = static_cast<int64_t>(bytes / piece);
    return best_rate(pool, [&](int64_t i) {
        peaks.read(data + static_cast<uint64_t>(i % pieces) * piece, piece);
        return static_cast<double>(piece);
    });
}

}  // namespace quern
