// NF4: the code book against its formula, the integers of the kernels, nearest codes and ties.
#include "formats/nf4.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "support/aligned.h"
#include "tensor/block.h"

using namespace quern;
using namespace quern::test;

namespace {

/// x with P(N(0, 1) < x) = p, by bisection of the error function.
double normal_quantile(double p) {
    double low = -10, high = 10;
    for (int i = 0; i < 100; ++i) {
        const double middle = (low + high) / 2;
        (std::erfc(-middle / std::sqrt(2.0)) / 2 < p ? low : high) = middle;
    }
    return low;
}

std::vector<double> derived_book() {
    const double offset = (1 - 1.0 / 30 + 1 - 1.0 / 32) / 2;
    std::vector<double> book = {0};
    for (int i = 0; i < 8; ++i) book.push_back(normal_quantile(offset + (0.5 - offset) * i / 8));
    for (int i = 0; i < 7; ++i) book.push_back(-normal_quantile(offset + (0.5 - offset) * i / 7));
    for (double& v : book) v /= normal_quantile(offset);
    std::sort(book.begin(), book.end());
    return book;
}

}  // namespace

TEST_CASE("nf4: the code book follows from its formula") {
    const std::vector<double> book = derived_book();
    for (int i = 0; i < 16; ++i) {
        CHECK(std::fabs(static_cast<double>(kNf4Book[i]) - book[static_cast<size_t>(i)]) < 2e-7);
    }
}

TEST_CASE("nf4: sorted, from -1 to 1, one zero, eight values above it and seven below") {
    CHECK(std::is_sorted(std::begin(kNf4Book), std::end(kNf4Book)));
    CHECK(kNf4Book[0] == -1.0f);
    CHECK(kNf4Book[15] == 1.0f);
    CHECK(std::count(std::begin(kNf4Book), std::end(kNf4Book), 0.0f) == 1);
    CHECK(kNf4Book[kNf4Zero] == 0.0f);
    CHECK(std::count_if(std::begin(kNf4Book), std::end(kNf4Book), [](float v) { return v > 0; }) ==
          8);
}

TEST_CASE("nf4: the kernels' integers are the book times 127, rounded") {
    for (int i = 0; i < 16; ++i) {
        CHECK(kNf4Values[i] == std::lround(127.0 * static_cast<double>(kNf4Book[i])) + kTableZero);
    }
}

TEST_CASE("nf4: a decoded code is found again; a tie takes the lower code") {
    const Format& f = *find_format("nf4_g32");
    BlockRow row;
    row.resize(f, 32);
    for (size_t i = 0; i < 32; ++i) row.codes[i] = static_cast<uint8_t>(i % 16);
    Aligned tile(f.tile_bytes(f, 32)), again(f.tile_bytes(f, 32));
    for (uint16_t scale :
         {uint16_t{0x3C00}, uint16_t{0x0001}, uint16_t{0x2CCD}, uint16_t{0x7BFF}}) {
        CAPTURE(scale);
        row.scales[0] = scale;
        pack_row(f, row, 32, tile.data(), 3);
        std::vector<float> w(32);
        f.decode_row(f, tile.data(), 3, 32, w.data());
        f.encode_row(f, w.data(), 5, 32, again.data());
        BlockRow back;
        unpack_row(f, again.data(), 5, 32, &back);
        CHECK(back.codes == row.codes);
        CHECK(back.scales == row.scales);
    }
    for (int i = 0; i < 15; ++i) {
        const float middle = (kNf4Book[i] + kNf4Book[i + 1]) / 2;
        const float w[3] = {std::nextafter(middle, -2.0f), middle, std::nextafter(middle, 2.0f)};
        uint8_t codes[3];
        nf4_codes(w, 3, 1.0f, codes);
        CHECK(codes[0] == i);
        CHECK(codes[1] == i);
        CHECK(codes[2] == i + 1);
    }
}
