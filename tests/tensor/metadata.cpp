// Metadata: order, replacement, and getters that check type and range.
#include "tensor/metadata.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "support/check_status.h"

using namespace quern;
using quern::test::check_error;

namespace {

MetaValue real(double v) { return {MetaType::kF32, MetaType::kF32, v}; }
MetaValue integer(int64_t v) { return {MetaType::kI32, MetaType::kI32, v}; }
MetaValue boolean(uint64_t v) { return {MetaType::kBool, MetaType::kBool, v}; }

}  // namespace

TEST_CASE("metadata keeps the order of entries and finds each key") {
    Metadata m;
    for (const char* key : {"m", "z", "a", "q", "b"}) CHECK(m.add(key, integer(*key)));
    CHECK_FALSE(m.add("q", integer(0)));
    REQUIRE(m.entries().size() == 5);
    CHECK(m.entries()[0].first == "m");
    CHECK(m.entries()[4].first == "b");
    for (const char* key : {"m", "z", "a", "q", "b"}) CHECK(*m.get_int(key, 0, 255) == *key);
    CHECK(m.find("c") == nullptr);
    CHECK(m.find("") == nullptr);
    m.set("q", integer(7));
    m.set_string("new", "text");
    CHECK(*m.get_int("q", 0, 9) == 7);
    CHECK(*m.get_string("new") == "text");
    CHECK(m.entries().size() == 6);
}

TEST_CASE("integers: any integer type, range, fallback") {
    Metadata m;
    m.set_u64("big", std::numeric_limits<uint64_t>::max());
    m.set("negative", integer(-5));
    m.set("real", real(1));
    m.set("bool", boolean(1));
    CHECK(*m.get_int("negative", -5, -5) == -5);
    CHECK(*m.get_int("absent", 1, 2, 2) == 2);
    check_error(m.get_int("negative", 0, 10).status(), Code::kBadFile,
                "'negative' is -5, expected an integer from 0 to 10");
    check_error(m.get_int("big", 0, INT64_MAX).status(), Code::kBadFile, "is 18446744073709551615");
    check_error(m.get_int("real", 0, 1).status(), Code::kBadFile, "'real' is of type f32");
    check_error(m.get_int("bool", 0, 1).status(), Code::kBadFile, "is of type bool");
    check_error(m.get_int("absent", 1, 2).status(), Code::kBadFile, "'absent' is missing");
    // A fallback is for absent keys; it does not excuse a wrong one.
    CHECK_FALSE(m.get_int("negative", 0, 10, 1).ok());
}

TEST_CASE("reals must be finite and in range") {
    Metadata m;
    m.set("eps", real(0.5));
    m.set("nan", real(std::nan("")));
    m.set("infinite", real(INFINITY));
    m.set("integer", integer(3));
    CHECK(*m.get_real("eps", 0, 1) == 0.5);
    CHECK(*m.get_real("integer", 0, 10) == 3);
    CHECK(*m.get_real("absent", 0, 1, 0.25) == 0.25);
    check_error(m.get_real("eps", 0.6, 1).status(), Code::kBadFile, "is 0.5, expected a number");
    CHECK_FALSE(m.get_real("nan", -INFINITY, INFINITY).ok());
    CHECK_FALSE(m.get_real("infinite", -INFINITY, INFINITY).ok());
}

TEST_CASE("bools, strings and arrays") {
    Metadata m;
    m.set("yes", boolean(1));
    m.set_string("text", "hello");
    m.set_strings("list", {"a", "b"});
    m.set("ints", {MetaType::kArray, MetaType::kU32, std::vector<uint64_t>{1, 2}});
    m.set("signed", {MetaType::kArray, MetaType::kI8, std::vector<int64_t>{-1}});
    m.set("bools", {MetaType::kArray, MetaType::kBool, std::vector<uint64_t>{1}});
    m.set("huge", {MetaType::kArray, MetaType::kU64, std::vector<uint64_t>{1, UINT64_MAX}});
    CHECK(*m.get_bool("yes"));
    CHECK_FALSE(*m.get_bool("absent", false));
    CHECK(*m.get_string("absent", "default") == "default");
    CHECK(**m.get_strings("list") == std::vector<std::string>{"a", "b"});
    CHECK(*m.get_ints("ints") == std::vector<int64_t>{1, 2});
    CHECK(*m.get_ints("signed") == std::vector<int64_t>{-1});
    check_error(m.get_bool("text").status(), Code::kBadFile, "is of type string");
    check_error(m.get_string("list").status(), Code::kBadFile, "is of type array of string");
    check_error(m.get_strings("ints").status(), Code::kBadFile, "is of type array of u32");
    check_error(m.get_ints("bools").status(), Code::kBadFile, "is of type array of bool");
    check_error(m.get_ints("huge").status(), Code::kBadFile, "holds 18446744073709551615");
    check_error(m.get_strings("absent").status(), Code::kBadFile, "is missing");
}

TEST_CASE("hostile keys are escaped in messages") {
    Metadata m;
    check_error(m.get_bool("a\x1b[2J\xff").status(), Code::kBadFile, R"('a\x1B[2J\xFF')");
}
