// Reading JSON: what the texts of other tests do not show.
#include "common/json_reader.h"

#include <doctest/doctest.h>

#include <ctime>

using namespace quern;
using namespace quern::cli;

namespace {

/// {"n0": 0, "n1": 1, ...}
std::string object_of(int names) {
    std::string text = "{";
    for (int i = 0; i < names; ++i) {
        const std::string number = std::to_string(i);
        text += (i ? ", \"n" : "\"n") + number + "\": " + number;
    }
    return text + "}";
}

/// Of this process, so that a busy machine does not count.
double seconds_to_parse(const std::string& text) {
    const std::clock_t start = std::clock();
    CHECK(parse_json(text).ok());
    return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

}  // namespace

TEST_CASE("json: a name that comes twice is refused where it comes again") {
    auto twice = parse_json(R"({"a": 1, "b": {"a": 2}, "a": 3})");
    REQUIRE(!twice.ok());
    CHECK(twice.status().code() == Code::kBadFile);
    CHECK(twice.status().message().find("column 25: found") == 0);
    CHECK(twice.status().message().find("expected each name once") != std::string::npos);
    CHECK(parse_json(R"({"a": {"a": {"a": 1}}})").ok());
}

TEST_CASE("json: four times the names take about four times as long, not sixteen") {
    constexpr int kNames = 25'000;
    const std::string small = object_of(kNames), large = object_of(4 * kNames);
    auto read = parse_json(large);
    REQUIRE(read.ok());
    CHECK(read->items.size() == 4 * kNames);
    CHECK(read->find("n99999")->number == 99'999);
    CHECK(seconds_to_parse(large) < 9 * seconds_to_parse(small) + 0.1);
}
