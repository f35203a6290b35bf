// Figures for people: aligned text tables and short numbers.
#include "common/table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace quern::cli {
namespace {

std::string formatted(const char* format, double value) {
    std::array<char, 64> buffer;
    const int n = std::snprintf(buffer.data(), buffer.size(), format, value);
    return std::string(buffer.data(), static_cast<size_t>(std::clamp(n, 0, 63)));
}

/// 98.44e6 -> "98.4 M": one decimal below 1000 after scaling; nothing is scaled below 1000.
std::string scaled(double value) {
    constexpr std::array<const char*, 7> kPrefixes = {"", " k", " M", " G", " T", " P", " E"};
    size_t prefix = 0;
    // 999.95 would print as 1000.0.
    while (value >= 999.95 && prefix + 1 < kPrefixes.size()) {
        value /= 1000;
        ++prefix;
    }
    return formatted(prefix == 0 ? "%.0f" : "%.1f", value) + kPrefixes[prefix];
}

std::string padded(const std::string& cell, size_t width, Align align) {
    const std::string spaces(width - std::min(width, display_width(cell)), ' ');
    return align == Align::kLeft ? cell + spaces : spaces + cell;
}

std::string trimmed(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

}  // namespace

void Table::add_row(std::vector<std::string> cells) {
    cells.resize(columns_.size());
    rows_.push_back(std::move(cells));
}

void Table::add_rule() { rows_.emplace_back(); }

std::string Table::text() const {
    std::vector<std::string> titles;
    std::vector<size_t> widths;
    for (const Column& column : columns_) {
        titles.push_back(column.title);
        widths.push_back(display_width(column.title));
    }
    size_t total = 2 * (columns_.size() - std::min<size_t>(1, columns_.size()));
    for (size_t c = 0; c < columns_.size(); ++c) {
        for (const auto& row : rows_) {
            if (!row.empty()) widths[c] = std::max(widths[c], display_width(row[c]));
        }
        total += widths[c];
    }

    auto line = [&](const std::vector<std::string>& cells) {
        std::string out;
        for (size_t c = 0; c < columns_.size(); ++c) {
            out += (c ? "  " : "") + padded(cells[c], widths[c], columns_[c].align);
        }
        return trimmed(out) + "\n";
    };
    const std::string rule = std::string(total, '-') + "\n";
    std::string out = line(titles) + rule;
    for (const auto& row : rows_) out += row.empty() ? rule : line(row);
    return out;
}

std::string human_bytes(uint64_t bytes) {
    const std::string number = scaled(static_cast<double>(bytes));
    return number + (number.find(' ') == std::string::npos ? " B" : "B");
}

std::string human_count(double count) { return scaled(count); }

std::string human_seconds(double seconds) {
    if (!std::isfinite(seconds) || seconds < 0) return "?";
    if (seconds < 9.95) return formatted("%.1f s", seconds);
    const int64_t whole = static_cast<int64_t>(std::min(std::round(seconds), 1e15));
    if (whole < 60) return std::to_string(whole) + " s";
    auto two_digits = [](int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    if (whole < 3600) return std::to_string(whole / 60) + " min " + two_digits(whole % 60) + " s";
    return std::to_string(whole / 3600) + " h " + two_digits(whole / 60 % 60) + " min";
}

std::string fixed(double value, int digits) {
    std::array<char, 400> buffer;
    const int n = std::snprintf(buffer.data(), buffer.size(), "%.*f", digits, value);
    return std::string(buffer.data(), static_cast<size_t>(std::clamp(n, 0, 399)));
}

std::string short_number(double value) {
    // Six digits: a float shows as the decimal it was written as.
    return formatted("%.6g", value);
}

size_t display_width(std::string_view text) {
    return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;  // not a continuation byte
    }));
}

std::string wrap(std::string_view text, size_t width, size_t indent) {
    std::string out;
    size_t column = indent;  // the caller has printed this much of the first line
    size_t at = 0;
    while (at < text.size()) {
        const size_t space = text.find(' ', at);
        const std::string_view word = text.substr(at, space - at);
        const size_t length = display_width(word);
        const bool first = out.empty();
        if (!first && column + 1 + length > width) {
            out += "\n" + std::string(indent, ' ');
            column = indent;
        } else if (!first) {
            out += ' ';
            ++column;
        }
        out += word;
        column += length;
        at = space == std::string_view::npos ? text.size() : space + 1;
    }
    return out;
}

}  // namespace quern::cli
