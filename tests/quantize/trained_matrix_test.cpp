// TrainedMatrix: which numbers of a tile a step changes, by how much, and that codes stay.
#include "training/trained_matrix.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "support/check_status.h"
#include "support/pseudo_random.h"
#include "tensor/numeric.h"

using namespace quern;
using namespace quern::test;

namespace {

constexpr int64_t kMatrixRows = 20, kMatrixCols = 160;
constexpr float kRate = 0.125f;

AlignedMemory encoded(const Format& f) {
    const std::vector<float> w = uniform(5, kMatrixRows * kMatrixCols);
    AlignedMemory memory = allocate_aligned(f.matrix_bytes(kMatrixRows, kMatrixCols));
    REQUIRE(memory);
    std::memset(memory.get(), 0, f.matrix_bytes(kMatrixRows, kMatrixCols));
    for (int64_t r = 0; r < kMatrixRows; ++r) {
        auto* tile = reinterpret_cast<uint8_t*>(memory.get()) +
                     static_cast<uint64_t>(r / kTileRows) * f.tile_bytes(f, kMatrixCols);
        f.encode_row(f, &w[static_cast<size_t>(r * kMatrixCols)], r % kTileRows, kMatrixCols, tile);
    }
    return memory;
}

BlockRow row_of(const TrainedMatrix& m, int64_t row) {
    const Format& f = m.format();
    const auto* tile = reinterpret_cast<const uint8_t*>(m.tiles()) +
                       static_cast<uint64_t>(row / kTileRows) * f.tile_bytes(f, kMatrixCols);
    BlockRow block;
    unpack_row(f, tile, row % kTileRows, kMatrixCols, &block);
    return block;
}

std::vector<float> decoded(const TrainedMatrix& m) {
    const Format& f = m.format();
    std::vector<float> values(kMatrixRows * kMatrixCols);
    for (int64_t r = 0; r < kMatrixRows; ++r) {
        const auto* tile = reinterpret_cast<const uint8_t*>(m.tiles()) +
                           static_cast<uint64_t>(r / kTileRows) * f.tile_bytes(f, kMatrixCols);
        f.decode_row(f, tile, r % kTileRows, kMatrixCols,
                     &values[static_cast<size_t>(r * kMatrixCols)]);
    }
    return values;
}

/// A scale or minimum as it is stored, as a number: of two levels its units.
double number(const Format& f, uint16_t bits) {
    return f.two_level ? double{static_cast<double>(static_cast<int8_t>(bits))}
                       : static_cast<double>(f16_to_f32(bits));
}

/// Is `after` as near to factor * before as it can be stored? Units end at 127.
void check_scaled(const Format& f, uint16_t before, uint16_t after, double factor) {
    const double expected = factor * number(f, before), found = number(f, after);
    if (f.two_level) {
        CHECK(std::fabs(found - std::clamp(expected, -127.0, 127.0)) <= 0.5);
    } else {
        CHECK(std::fabs(found - expected) <= std::fabs(expected) / 1024);
    }
}

}  // namespace

TEST_CASE("trained matrix: the first step multiplies groups by e^rate against their gradients") {
    for (const std::string name :
         {"q4_g32", "q4z_g64", "q4m_g64", "q3m_g64d", "nf4_g64", "nf4_g64d", "q8_row"}) {
        CAPTURE(name);
        const Format& f = *find_format(name);
        TrainedMatrix m(f, kMatrixRows, kMatrixCols, encoded(f), false);
        const std::vector<float> values = decoded(m);
        std::vector<BlockRow> before;
        for (int64_t r = 0; r < kMatrixRows; ++r) before.push_back(row_of(m, r));
        // Of even groups scales should fall, of odd ones grow; group 2 stays.
        const auto direction = [](int64_t group) { return group == 2 ? 0 : group % 2 ? 1 : -1; };
        std::vector<float> gradient(values.size());
        for (size_t i = 0; i < gradient.size(); ++i) {
            const int64_t group = static_cast<int64_t>(i) % kMatrixCols / f.group_size(kMatrixCols);
            gradient[i] = -static_cast<float>(direction(group)) * values[i];
        }
        check_ok(m.step(gradient.data(), {0, std::ldexp(kRate, f.bits)}, 1, nullptr));
        for (int64_t r = 0; r < kMatrixRows; ++r) {
            const BlockRow &old = before[static_cast<size_t>(r)], now = row_of(m, r);
            CHECK(now.codes == old.codes);
            for (int64_t group = 0; group < f.n_groups(kMatrixCols); ++group) {
                const auto g = static_cast<size_t>(group);
                const double factor = std::exp(direction(group) * double{kRate});
                check_scaled(f, old.scales[g], now.scales[g], factor);
                if (f.zero == Zero::kMinimum) {
                    check_scaled(f, old.offsets[g], now.offsets[g], factor);
                } else {
                    CHECK(now.offsets == old.offsets);
                }
            }
        }
    }
}

TEST_CASE("trained matrix: steps follow Adam, which forgets, for any number of threads") {
    const Format& f = *find_format("q4z_g32");
    TrainedMatrix one(f, kMatrixRows, kMatrixCols, encoded(f), false),
        three(f, kMatrixRows, kMatrixCols, encoded(f), false);
    const float scale = f16_to_f32(row_of(one, 0).scales[0]);
    double t = 0, mean = 0, square = 0;
    for (int64_t i = 0; i < 5; ++i) {
        const std::vector<float> w = decoded(one), gradient = uniform(static_cast<uint64_t>(i),
                                                                      kMatrixRows * kMatrixCols);
        double g = 0;
        for (size_t k = 0; k < 32; ++k) {
            g += static_cast<double>(gradient[k]) * static_cast<double>(w[k]);
        }
        mean = 0.9 * mean + 0.1 * g;
        square = 0.999 * square + 0.001 * g * g;
        const double n = static_cast<double>(i + 1);
        t -= static_cast<double>(kRate) * (mean / (1 - std::pow(0.9, n))) /
             std::sqrt(square / (1 - std::pow(0.999, n)));
        check_ok(one.step(gradient.data(), {i, std::ldexp(kRate, f.bits)}, 1, nullptr));
        check_ok(three.step(gradient.data(), {i, std::ldexp(kRate, f.bits)}, 3, nullptr));
        CHECK(static_cast<double>(f16_to_f32(row_of(one, 0).scales[0])) ==
              doctest::Approx(static_cast<double>(scale) * std::exp(t)).epsilon(2e-3));
    }
    CHECK(std::memcmp(one.tiles(), three.tiles(), one.bytes()) == 0);
}

TEST_CASE(
    "trained matrix: codes go where gradients send them, and no further than there are codes") {
    for (const std::string name : {"q4_g32", "q3z_g64", "q4m_g64", "q3_g32d", "nf4_g64"}) {
        CAPTURE(name);
        const Format& f = *find_format(name);
        TrainedMatrix m(f, kMatrixRows, kMatrixCols, encoded(f), true);
        // Of even columns weights should fall by a code, of odd ones grow by far too much, every
        // fifth stays. A gradient of one sign moves by the rate in every step of Adam.
        const auto direction = [](int64_t k) { return k % 5 == 0 ? 0 : k % 2 ? 1 : -1; };
        std::vector<float> gradient(kMatrixRows * kMatrixCols);
        for (size_t i = 0; i < gradient.size(); ++i) {
            gradient[i] = -static_cast<float>(direction(static_cast<int64_t>(i) % kMatrixCols));
        }
        std::vector<BlockRow> before;
        for (int64_t r = 0; r < kMatrixRows; ++r) before.push_back(row_of(m, r));
        for (const auto& [steps, distance] :
             {std::pair{int64_t{10}, 1}, std::pair{int64_t{200}, 20}}) {
            TrainedMatrix moved(f, kMatrixRows, kMatrixCols, encoded(f), true);
            for (int64_t i = 0; i < steps; ++i) {
                check_ok(moved.step(gradient.data(), {i, 0, 0.1f}, 2, nullptr));
            }
            const int top = (1 << f.bits) - 1;
            for (int64_t r = 0; r < kMatrixRows; ++r) {
                const BlockRow& old = before[static_cast<size_t>(r)];
                const BlockRow now = row_of(moved, r);
                CHECK(now.scales == old.scales);
                for (int64_t k = 0; k < kMatrixCols; ++k) {
                    const auto i = static_cast<size_t>(k);
                    const uint16_t bits =
                        old.scales[i / static_cast<size_t>(f.group_size(kMatrixCols))];
                    const bool negative = stored_value(f, bits, old.scale_unit) < 0;
                    const int sign = negative ? -direction(k) : direction(k);
                    REQUIRE(int{now.codes[i]} ==
                            std::clamp(int{old.codes[i]} + sign * distance, 0, top));
                }
            }
        }
    }
}
