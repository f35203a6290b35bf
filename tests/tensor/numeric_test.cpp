// Small float types against brute force: every code, every midpoint between neighbours.
#include "tensor/numeric.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <initializer_list>
#include <limits>

using namespace quern;

namespace {

/// Values of codes 0, 1, 2, ... by the textbook formula.
double formula(int code, int exponent_bits, int mantissa_bits) {
    const int bias = (1 << (exponent_bits - 1)) - 1;
    const int exponent = code >> mantissa_bits;
    const int mantissa = code & ((1 << mantissa_bits) - 1);
    if (exponent == 0) return std::ldexp(mantissa, 1 - bias - mantissa_bits);
    return std::ldexp((1 << mantissa_bits) + mantissa, exponent - bias - mantissa_bits);
}

template <class Code>
void check_type(int exponent_bits, int mantissa_bits, int n_finite, float (*decode)(Code),
                Code (*encode)(float)) {
    const int sign = 1 << (exponent_bits + mantissa_bits);
    for (int code = 0; code < n_finite; ++code) {
        const double value = formula(code, exponent_bits, mantissa_bits);
        const auto c = static_cast<Code>(code);
        const auto negative = static_cast<Code>(code | sign);
        REQUIRE(static_cast<double>(decode(c)) == value);
        REQUIRE(static_cast<double>(decode(negative)) == -value);
        REQUIRE(encode(decode(c)) == c);
        REQUIRE(encode(decode(negative)) == negative);
        if (code + 1 == n_finite) continue;
        const double next = formula(code + 1, exponent_bits, mantissa_bits);
        const auto middle = static_cast<float>((value + next) / 2);
        REQUIRE(encode(middle) == (code % 2 == 0 ? code : code + 1));
        REQUIRE(encode(std::nextafter(middle, 1e30f)) == code + 1);
        REQUIRE(encode(std::nextafter(middle, -1e30f)) == code);
    }
}

}  // namespace

TEST_CASE("f16: every code and every midpoint") {
    check_type<uint16_t>(5, 10, 0x7C00, f16_to_f32, f32_to_f16);
    CHECK(f32_to_f16(65519.0f) == 0x7BFF);
    CHECK(f32_to_f16(65520.0f) == 0x7C00);
    CHECK(f32_to_f16(-std::numeric_limits<float>::infinity()) == 0xFC00);
    CHECK(std::isinf(f16_to_f32(0x7C00)));
    CHECK(std::isnan(f16_to_f32(0x7C01)));
    CHECK(std::isnan(f16_to_f32(f32_to_f16(NAN))));
}

TEST_CASE("bf16: rounding to nearest even") {
    CHECK(f32_to_bf16(1.0f) == 0x3F80);
    CHECK(f32_to_bf16(std::bit_cast<float>(0x3F808000u)) == 0x3F80);  // tie to even
    CHECK(f32_to_bf16(std::bit_cast<float>(0x3F818000u)) == 0x3F82);
    CHECK(f32_to_bf16(std::bit_cast<float>(0x3F808001u)) == 0x3F81);
    CHECK(std::isnan(bf16_to_f32(f32_to_bf16(NAN))));
    for (uint32_t code = 0; code < 0x7F80; ++code) {
        REQUIRE(f32_to_bf16(bf16_to_f32(static_cast<uint16_t>(code))) == code);
    }
}

TEST_CASE("f8 e4m3: 254 finite codes, no infinity, saturating") {
    check_type<uint8_t>(4, 3, 0x7F, f8_e4m3_to_f32, f32_to_f8_e4m3);
    CHECK(f8_e4m3_to_f32(0x7E) == 448.0f);
    CHECK(f8_e4m3_to_f32(0x08) == std::ldexp(1.0f, -6));
    CHECK(f8_e4m3_to_f32(0x01) == std::ldexp(1.0f, -9));
    CHECK(std::isnan(f8_e4m3_to_f32(0x7F)));
    CHECK(std::isnan(f8_e4m3_to_f32(0xFF)));
    for (float big : {449.0f, 464.0f, 465.0f, 1e9f, INFINITY}) CHECK(f32_to_f8_e4m3(big) == 0x7E);
    CHECK(f32_to_f8_e4m3(-1e9f) == 0xFE);
    CHECK((f32_to_f8_e4m3(NAN) & 0x7F) == 0x7F);
    double sum = 0;
    for (int c = 0; c < 0x7F; ++c)
        sum += static_cast<double>(f8_e4m3_to_f32(static_cast<uint8_t>(c)));
    CHECK(sum == 5407.875);
}

TEST_CASE("f8 e5m2: 248 finite codes, decodes infinity, saturates") {
    check_type<uint8_t>(5, 2, 0x7C, f8_e5m2_to_f32, f32_to_f8_e5m2);
    CHECK(f8_e5m2_to_f32(0x7B) == 57344.0f);
    CHECK(std::isinf(f8_e5m2_to_f32(0x7C)));
    CHECK(f8_e5m2_to_f32(0xFC) == -INFINITY);
    CHECK(std::isnan(f8_e5m2_to_f32(0x7D)));
    CHECK(f32_to_f8_e5m2(1e9f) == 0x7B);
    CHECK(std::isnan(f8_e5m2_to_f32(f32_to_f8_e5m2(NAN))));
    double sum = 0;
    for (int c = 0; c < 0x7C; ++c)
        sum += static_cast<double>(f8_e5m2_to_f32(static_cast<uint8_t>(c)));
    CHECK(sum == doctest::Approx(360448 - 2.44e-4).epsilon(1e-9));
}
