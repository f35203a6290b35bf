// Figures for people: aligned text tables and short numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quern::cli {

enum class Align { kLeft, kRight };

struct Column {
    std::string title;
    Align align = Align::kLeft;
};

/// Rows of cells under titled columns, padded with spaces, two between columns. Widths count
/// characters of UTF-8, not bytes.
class Table {
  public:
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
    /// Missing cells are empty, surplus ones are dropped.
    void add_row(std::vector<std::string> cells);
    /// A rule across the table, for example above totals.
    void add_rule();
    /// Every line ends with a newline and has no trailing spaces.
    std::string text() const;

  private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;  // an empty row is a rule
};

/// Bytes in SI units: "98.4 MB", "512 B".
std::string human_bytes(uint64_t bytes);
/// A count in SI units: "134.5 M", "960".
std::string human_count(double count);
/// "0.4 s", "12 s", "3 min 05 s", "2 h 07 min".
std::string human_seconds(double seconds);
/// `digits` decimals: fixed(23.5861, 2) = "23.59".
std::string fixed(double value, int digits);
/// As short as six significant digits allow: "0.7", "1", "1e+20".
std::string short_number(double value);

/// Characters of UTF-8 text.
size_t display_width(std::string_view text);
/// Breaks at spaces so that no line is longer than `width`; lines after the first start with
/// `indent` spaces.
std::string wrap(std::string_view text, size_t width, size_t indent);

}  // namespace quern::cli
