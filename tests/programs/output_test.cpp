// What programs print: JSON, tables, short numbers, progress lines.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "common/json.h"
#include "common/progress.h"
#include "common/table.h"

using namespace quern::cli;

TEST_CASE("json: escapes, nesting, numbers") {
    CHECK(json_quoted("a\"b\\c\n\t\r\b\f") == R"("a\"b\\c\n\t\r\b\f")");
    CHECK(json_quoted(std::string("\0\x1f\x7f", 3)) == R"("\u0000\u001f\u007f")");
    CHECK(json_quoted("größe 🙂") == "\"größe 🙂\"");
    CHECK(json_quoted("a\xff"
                      "b") ==
          "\"a\xEF\xBF\xBD"
          "b\"");

    Json json;
    json.begin_object().member("text", "x").member("n", int64_t{-3}).member("yes", true);
    json.key("list").begin_array().value(1).value(2.5).begin_array().end_array().end_array();
    json.member("nan", std::nan("")).member("inf", std::numeric_limits<double>::infinity());
    json.key("empty").begin_object().end_object().member("max", UINT64_MAX).end_object();
    CHECK(json.text() ==
          R"({"text": "x", "n": -3, "yes": true, "list": [1, 2.5, []], "nan": null, )"
          R"("inf": null, "empty": {}, "max": 18446744073709551615})");
}

TEST_CASE("json: numbers read back exactly") {
    for (const double x : {0.1, 23.586123456789012, 1e-300, -1.0 / 3, 1e22}) {
        CHECK(std::stod(Json().value(x).text()) == x);
    }
}

TEST_CASE("table: columns align by characters, lines have no trailing spaces") {
    Table table({{"format", Align::kLeft}, {"size", Align::kRight}});
    table.add_row({"q4z_g128", "7"});
    table.add_row({"größe", "1234"});
    table.add_rule();
    table.add_row({"total"});
    CHECK(table.text() ==
          "format    size\n"
          "--------------\n"
          "q4z_g128     7\n"
          "größe     1234\n"
          "--------------\n"
          "total\n");
}

TEST_CASE("numbers for people") {
    CHECK(human_bytes(0) == "0 B");
    CHECK(human_bytes(999) == "999 B");
    CHECK(human_bytes(1000) == "1.0 kB");
    CHECK(human_bytes(98'440'000) == "98.4 MB");
    CHECK(human_bytes(999'960'000) == "1.0 GB");  // not "1000.0 MB"
    CHECK(human_bytes(UINT64_MAX) == "18.4 EB");
    CHECK(human_count(134'515'008) == "134.5 M");
    CHECK(human_count(960) == "960");
    CHECK(human_seconds(0.44) == "0.4 s");
    CHECK(human_seconds(9.96) == "10 s");
    CHECK(human_seconds(59.7) == "1 min 00 s");
    CHECK(human_seconds(185) == "3 min 05 s");
    CHECK(human_seconds(7620) == "2 h 07 min");
    CHECK(human_seconds(-1) == "?");
    CHECK(human_seconds(std::numeric_limits<double>::infinity()) == "?");
    CHECK(short_number(0.7f) == "0.7");
    CHECK(fixed(23.58612, 4) == "23.5861");
}

TEST_CASE("wrap: breaks at spaces, indents the rest, keeps long words whole") {
    CHECK(wrap("one two three", 7, 0) == "one two\nthree");
    CHECK(wrap("one two three", 9, 2) == "one two\n  three");
    CHECK(wrap("unbreakable x", 4, 0) == "unbreakable\nx");
    CHECK(wrap("", 10, 0).empty());
}

TEST_CASE("progress: the bar shows share, rate, remaining time and note, and fits the width") {
    const ProgressState half{"quantizing", "weights",   "blk.3.ffn_up.weight",
                             50'000'000,   100'000'000, 5.0};
    CHECK(progress_bar(half, 120) ==
          "quantizing [############............]  50 %  10.0 M weights/s  ETA 5.0 s  "
          "blk.3.ffn_up.weight");
    CHECK(progress_line(half) ==
          "quantizing: 50 %, 10.0 M weights/s, ETA 5.0 s, blk.3.ffn_up.weight");
    for (size_t width = 5; width < 120; ++width) {
        CHECK(display_width(progress_bar(half, width)) <= width);
    }
    const std::string narrow = progress_bar(half, 50);
    CHECK(narrow.find('[') == std::string::npos);
    CHECK(narrow.find("50 %") != std::string::npos);
}

TEST_CASE("progress: the first and last moments are well formed") {
    const ProgressState start{"evaluating", "tokens", "", 0, 10, 0.0};
    CHECK(progress_line(start) == "evaluating: 0 %");
    const ProgressState unknown{"evaluating", "tokens", "", 0, 0, 1.0};
    CHECK(progress_line(unknown) == "evaluating: 0 %");
    const ProgressState over{"evaluating", "tokens", "", 12, 10, 2.0};
    CHECK(progress_line(over) == "evaluating: 100 %, 6 tokens/s, ETA 0.0 s");
}
