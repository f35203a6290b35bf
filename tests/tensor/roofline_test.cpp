// The measured limits are those of a machine: a loop that the compiler has taken away, or work that
// is counted twice, would exceed them.
#include "tensor/roofline.h"

#include <doctest/doctest.h>

#include <vector>

#include "kernels/kernels.h"
#include "support/aligned.h"
#include "tensor/system.h"
#include "tensor/thread_pool.h"

using namespace quern;
using namespace quern::test;

TEST_CASE("roofline: limits of the active instruction set") {
    // Per thread, several times what the widest cores of today do.
    constexpr double kMostInt8 = 10e12, kMostF32 = 2e12, kMostRead = 2e12;
    constexpr uint64_t kBytes = 1 << 20;
    Aligned data(kBytes);
    for (const int threads : {1, 2}) {
        CAPTURE(threads);
        ThreadPool pool(threads);
        const double int8 = measure_int8_peak(pool);
        const double f32 = measure_f32_peak(pool);
        const double read = measure_read_bandwidth(pool, data.data(), kBytes);
        CHECK(int8 > 1e6);
        CHECK(int8 < threads * kMostInt8);
        CHECK(f32 > 1e6);
        CHECK(f32 < threads * kMostF32);
        CHECK(read > 1e6);
        CHECK(read < threads * kMostRead);
    }
}

TEST_CASE("roofline: operations grow with the rounds") {
    const Peaks& peaks = active_kernels().peaks;
    CHECK(peaks.int8(0) == 0);
    CHECK(peaks.int8(1) > 0);
    CHECK(peaks.int8(7) == 7 * peaks.int8(1));
    CHECK(peaks.f32(7) == 7 * peaks.f32(1));
    ThreadPool pool(1);
    if (measure_bf16_peak(pool) > 0) CHECK(peaks.bf16(7) == 7 * peaks.bf16(1));
}

TEST_CASE("roofline: too little memory has no bandwidth") {
    Aligned data(256);
    ThreadPool pool(2);
    CHECK(measure_read_bandwidth(pool, data.data(), 256) == 0);
}
