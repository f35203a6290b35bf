// Two levels of scales: the unit of a row, the error of a count, and what that costs in accuracy.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "support/aligned.h"
#include "support/pseudo_random.h"
#include "tensor/block.h"
#include "tensor/kv_cache.h"
#include "tensor/numeric.h"

using namespace quern;
using namespace quern::test;

namespace {

/// Groups of 32 whose sizes spread over a factor of 16.
std::vector<float> uneven_row(uint64_t seed, int64_t cols) {
    std::vector<float> w = uniform(seed, cols);
    const std::vector<float> sizes = uniform(seed + 1, cols / 32);
    for (int64_t k = 0; k < cols; ++k) w[k] *= std::exp2(2 * sizes[k / 32]);
    return w;
}

BlockRow encoded(const Format& f, const std::vector<float>& w) {
    const auto cols = static_cast<int64_t>(w.size());
    Aligned tile(f.tile_bytes(f, cols));
    f.encode_row(f, w.data(), 7, cols, tile.data());
    BlockRow row;
    unpack_row(f, tile.data(), 7, cols, &row);
    return row;
}

double squared_error(const Format& f, const std::vector<float>& w) {
    const auto cols = static_cast<int64_t>(w.size());
    Aligned tile(f.tile_bytes(f, cols));
    f.encode_row(f, w.data(), 0, cols, tile.data());
    std::vector<float> written(w.size());
    f.decode_row(f, tile.data(), 0, cols, written.data());
    double sum = 0;
    for (size_t k = 0; k < w.size(); ++k) {
        sum += std::pow(static_cast<double>(w[k]) - static_cast<double>(written[k]), 2);
    }
    return sum;
}

}  // namespace

TEST_CASE("two levels: the unit is the smallest f16 of which 127 reach the largest scale") {
    CHECK(unit_of(0) == 0);
    for (uint16_t bits = 1; bits < 0x7C00; ++bits) {
        const double largest = static_cast<double>(f16_to_f32(bits));
        const uint16_t unit = unit_of(f16_to_f32(bits));
        REQUIRE(127 * static_cast<double>(f16_to_f32(unit)) >= largest);
        REQUIRE(127 * static_cast<double>(f16_to_f32(unit - 1)) < largest);
    }
}

TEST_CASE("two levels: every count is found again, signs are kept, and only 0 becomes 0") {
    const Format& f = *find_format("q4m_g32d");
    for (const uint16_t unit : {uint16_t{0x0001}, uint16_t{0x1234}, uint16_t{0x7BFF}}) {
        for (int count = -127; count <= 127; ++count) {
            const auto bits = static_cast<uint8_t>(count);
            const float value = stored_value(f, bits, unit);
            CHECK(value == f16_to_f32(unit) * static_cast<float>(count));
            CHECK(stored_bits(f, value, unit) == bits);
        }
        const float size = f16_to_f32(unit);
        CHECK(stored_value(f, stored_bits(f, 0.01f * size, unit), unit) == size);
        CHECK(stored_value(f, stored_bits(f, -0.01f * size, unit), unit) == -size);
        CHECK(stored_value(f, stored_bits(f, -1000 * size, unit), unit) == -127 * size);
    }
    CHECK(stored_bits(f, 1.0f, 0) == 0);
}

TEST_CASE("two levels: scales and minima are off by less than 1 % of the row's largest") {
    constexpr int64_t kCols = 4096;
    for (const char* name : {"nf4_g32", "q2_g32", "q3m_g32", "q4_g32", "q4m_g32", "q6m_g32"}) {
        CAPTURE(name);
        const Format& plain = *find_format(name);
        const Format& two_level = *find_format(std::string(name) + "d");
        const std::vector<float> w = uneven_row(5, kCols);
        const BlockRow a = encoded(plain, w), b = encoded(two_level, w);
        const auto check = [&](const std::vector<uint16_t>& expected,
                               const std::vector<uint16_t>& counts, uint16_t unit) {
            float largest = 0, worst = 0;
            for (size_t g = 0; g < expected.size(); ++g) {
                const float v = f16_to_f32(expected[g]);
                largest = std::max(largest, std::fabs(v));
                worst = std::max(worst, std::fabs(v - stored_value(two_level, counts[g], unit)));
            }
            CHECK(worst < 0.005f * largest);
            CHECK(worst > 0);
        };
        check(a.scales, b.scales, b.scale_unit);
        if (plain.zero == Zero::kMinimum) check(a.offsets, b.offsets, b.minimum_unit);
    }
}

TEST_CASE("two levels: cached values, written one by one, cannot have them") {
    CHECK(KvCache::can_hold_values(*find_format("q4_g32")));
    CHECK(!KvCache::can_hold_values(*find_format("q4_g32d")));
}

TEST_CASE("two levels: weights lose little by them") {
    for (const char* name : {"nf4_g64", "q3m_g64", "q4_g32", "q4m_g32", "q5m_g64"}) {
        CAPTURE(name);
        double plain = 0, two_level = 0;
        for (uint64_t seed = 0; seed < 20; ++seed) {
            const std::vector<float> w = uneven_row(10 * seed, 2048);
            plain += squared_error(*find_format(name), w);
            two_level += squared_error(*find_format(std::string(name) + "d"), w);
        }
        CHECK(two_level < 1.03 * plain);
    }
}
