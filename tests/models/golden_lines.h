// Golden files of text: a line holds fields with TAB between them, a line that begins with # is a
// remark, and bytes that cannot be printed are written \xHH.
#pragma once

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "support/temp_dir.h"

namespace quern::test {

inline std::string unescape(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\') {
            out += static_cast<char>(std::stoi(std::string(text.substr(i + 2, 2)), nullptr, 16));
            i += 3;
        } else {
            out += text[i];
        }
    }
    return out;
}

/// The fields of every line, unescaped.
inline std::vector<std::vector<std::string>> read_golden_lines(const std::string& path) {
    std::vector<std::vector<std::string>> lines;
    std::istringstream in(read_file(path));
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with('#')) continue;
        lines.emplace_back();
        std::istringstream parts(line + '\t');
        for (std::string field; std::getline(parts, field, '\t');) {
            lines.back().push_back(unescape(field));
        }
    }
    return lines;
}

}  // namespace quern::test
