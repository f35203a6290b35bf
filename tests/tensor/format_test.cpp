// Formats: tiles against the goldens of an independent implementation, exact round trips, sizes,
// names.
#include "tensor/format.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <sstream>

#include "support/aligned.h"
#include "support/data.h"
#include "support/pseudo_random.h"
#include "tensor/block.h"
#include "tensor/numeric.h"

using namespace quern;
using namespace quern::test;

namespace {

constexpr int64_t kGoldenRows = 5, kGoldenCols = 584;  // the matrix of make_format_golden.py

std::vector<float> golden_matrix() {
    std::vector<float> w = uniform(7, kGoldenRows * kGoldenCols);
    for (int64_t i = 0; i < kGoldenRows * kGoldenCols; ++i) {
        const int64_t row = i / kGoldenCols;
        w[i] = row == 3 ? 0.0f : std::ldexp(w[i], -static_cast<int>(row));
    }
    return w;
}

}  // namespace

TEST_CASE("tiles equal the golden ones, bit for bit, for every format") {
    std::ifstream file(golden("formats.golden"));
    REQUIRE(file.good());
    const std::vector<float> w = golden_matrix();
    size_t n = 0;
    for (std::string line; std::getline(file, line); ++n) {
        std::istringstream in(line);
        std::string name, hash, values[4];
        uint64_t bytes = 0;
        in >> name >> bytes >> hash >> values[0] >> values[1] >> values[2] >> values[3];
        CAPTURE(name);
        const Format* f = find_format(name);
        REQUIRE(f != nullptr);
        REQUIRE(f->tile_bytes(*f, kGoldenCols) == bytes);
        Aligned tile(bytes);
        f->encode_tile(w.data(), kGoldenRows, kGoldenCols, tile.data());
        CHECK(fnv1a(tile.data(), bytes) == std::stoull(hash, nullptr, 16));
        std::vector<float> row(kGoldenCols);
        f->decode_row(*f, tile.data(), 1, kGoldenCols, row.data());
        for (int i = 0; i < 4; ++i) CHECK(row[i] == std::strtof(values[i].c_str(), nullptr));
        f->decode_row(*f, tile.data(), 3, kGoldenCols, row.data());
        CHECK(row == std::vector<float>(kGoldenCols, 0.0f));
    }
    CHECK(n == formats().size());
}

TEST_CASE("pack_row and unpack_row are inverse for every code, scale and offset") {
    for (const Format& f : formats()) {
        if (!f.is_block()) continue;
        CAPTURE(f.name);
        for (int64_t cols : {1, 31, 32, 33, 128, 300, 512, 513, 1100}) {
            CAPTURE(cols);
            Aligned tile(f.tile_bytes(f, cols));
            std::vector<BlockRow> rows(16);
            uint64_t seed = 1;
            const auto next = [&](uint64_t n) { return splitmix64(seed++) % n; };
            for (int r = 0; r < 16; ++r) {
                rows[r].resize(f, cols);
                for (uint8_t& c : rows[r].codes) c = static_cast<uint8_t>(next(1u << f.bits));
                const uint64_t n_scales = f.two_level ? 256 : 1 << 16;
                for (uint16_t& s : rows[r].scales) s = static_cast<uint16_t>(next(n_scales));
                const uint64_t n_offsets = f.zero == Zero::kInteger ? 256 : n_scales;
                for (uint16_t& o : rows[r].offsets) o = static_cast<uint16_t>(next(n_offsets));
                if (f.two_level) {
                    rows[r].scale_unit = static_cast<uint16_t>(next(1 << 16));
                    if (f.zero == Zero::kMinimum) rows[r].minimum_unit = rows[r].scale_unit ^ 1;
                }
                pack_row(f, rows[r], cols, tile.data(), r);
            }
            for (int r = 0; r < 16; ++r) {
                BlockRow back;
                unpack_row(f, tile.data(), r, cols, &back);
                CHECK(back.codes == rows[r].codes);
                CHECK(back.scales == rows[r].scales);
                CHECK(back.offsets == rows[r].offsets);
                CHECK(back.scale_unit == rows[r].scale_unit);
                CHECK(back.minimum_unit == rows[r].minimum_unit);
            }
        }
    }
}

TEST_CASE("encoding what was decoded changes nothing") {
    // True where the grid is found again from its own points: floats, and symmetric groups that use
    // their extreme code.
    for (const char* name : {"f32", "f16", "bf16", "f8_e4m3", "f8_e5m2", "q4_g32", "q8_g32"}) {
        CAPTURE(name);
        const Format& f = *find_format(name);
        const std::vector<float> w = uniform(3, 16 * 64);
        Aligned first(f.tile_bytes(f, 64)), second(f.tile_bytes(f, 64));
        std::vector<float> once(16 * 64), twice(16 * 64);
        f.encode_tile(w.data(), 16, 64, first.data());
        for (int r = 0; r < 16; ++r) f.decode_row(f, first.data(), r, 64, &once[r * 64]);
        f.encode_tile(once.data(), 16, 64, second.data());
        for (int r = 0; r < 16; ++r) f.decode_row(f, second.data(), r, 64, &twice[r * 64]);
        CHECK(once == twice);
    }
}

TEST_CASE("sizes: bits per weight of the family") {
    const auto bits = [](const char* name) {
        return find_format(name)->bits_per_weight(4096, 4096);
    };
    CHECK(bits("f16") == 16.0);
    CHECK(bits("q4_g32") == 4.5);
    CHECK(bits("q4z_g128") == doctest::Approx(4.1875));
    CHECK(bits("q4m_g32") == 5.0);
    CHECK(bits("q8_g32") == 8.5);
    CHECK(bits("q3z_g64") == 3.375);
    CHECK(bits("q2_g128") == 2.125);
    // Two levels: 8 bits per scale or minimum, 16 per row and unit, tiles padded to 64 bytes.
    CHECK(bits("nf4_g64d") == 4 + 8.0 / 64 + 32.0 / 4096);
    CHECK(bits("q4m_g32d") == 4 + 16.0 / 32 + 32.0 / 4096);
    CHECK(bits("q3m_g64d") == 3 + 16.0 / 64 + 32.0 / 4096);
}

TEST_CASE("non-finite scales and values and zero points that are no codes are found") {
    for (const Format& f : formats()) {
        CAPTURE(f.name);
        const std::vector<float> w = uniform(3, 16 * 40);
        Aligned tile(f.tile_bytes(f, 40));
        f.encode_tile(w.data(), 16, 40, tile.data());
        CHECK(f.is_valid(f, tile.data(), 40));
        BlockRow row;
        if (f.is_block()) {
            unpack_row(f, tile.data(), 2, 40, &row);
            Aligned bad(f.tile_bytes(f, 40));
            (f.two_level ? row.scale_unit : row.scales[0]) = 0x7C00;
            pack_row(f, row, 40, bad.data(), 2);
            CHECK(!f.is_valid(f, bad.data(), 40));
            if (f.zero != Zero::kInteger || f.bits == 8) continue;
            unpack_row(f, tile.data(), 2, 40, &row);
            row.offsets[0] = static_cast<uint16_t>((1 << f.bits) - 1);
            pack_row(f, row, 40, bad.data(), 2);
            CHECK(f.is_valid(f, bad.data(), 40));
            row.offsets[0] = static_cast<uint16_t>(1 << f.bits);
            pack_row(f, row, 40, bad.data(), 2);
            CHECK(!f.is_valid(f, bad.data(), 40));
        } else {
            std::vector<float> broken = w;
            broken[3 * 40 + 7] = NAN;
            f.encode_tile(broken.data(), 16, 40, tile.data());
            CHECK(!f.is_valid(f, tile.data(), 40));
        }
    }
}

TEST_CASE("names: unique, aliases resolve, unknown ones do not") {
    for (const Format& f : formats()) CHECK(find_format(f.name) == &f);
    for (const FormatAlias& a : format_aliases()) {
        CAPTURE(a.alias);
        REQUIRE(find_format(a.alias) != nullptr);
        CHECK(find_format(a.alias)->name == a.name);
    }
    CHECK(find_format("q4_0")->name == "q4_g32");
    CHECK(find_format("int8")->name == "q8_row");
    CHECK(find_format("q7_g32") == nullptr);
    CHECK(find_format("") == nullptr);
}
