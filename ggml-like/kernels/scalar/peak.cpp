// The peaks of plain C++: what the compiler makes of the simplest loops over data in the first
// cache. The empty assembly keeps it from computing a loop once instead of every round.
#include "kernels/scalar/scalar.h"

namespace quern::scalar {
namespace {

constexpr int64_t kLength = 1024;

void touch(const void* data) { asm volatile("" : : "r"(data) : "memory"); }

template <class A, class B, class Sum>
double dot_products(int64_t rounds) {
    A a[kLength];
    B b[kLength];
    Sum sums[16] = {};
    for (int64_t k = 0; k < kLength; ++k) {
        a[k] = static_cast<A>(k % 16);
        b[k] = static_cast<B>(k % 9 - 4);
    }
    for (int64_t i = 0; i < rounds; ++i) {
        touch(a);
        touch(b);
        for (int64_t k = 0; k < kLength; k += 16) {
            for (int64_t j = 0; j < 16; ++j) sums[j] += static_cast<Sum>(a[k + j] * b[k + j]);
        }
        touch(sums);
    }
    return 2.0 * kLength * static_cast<double>(rounds);
}

}  // namespace

double peak_int8(int64_t rounds) { return dot_products<uint8_t, int8_t, uint32_t>(rounds); }

double peak_f32(int64_t rounds) { return dot_products<float, float, float>(rounds); }

void peak_read(const uint8_t* data, uint64_t bytes) {
    const auto* words = reinterpret_cast<const uint64_t*>(data);
    uint64_t any[8] = {};
    for (uint64_t i = 0; i + 8 <= bytes / 8; i += 8) {
        for (uint64_t j = 0; j < 8; ++j) any[j] |= words[i + j];
    }
    touch(any);
}

}  // namespace quern::scalar
