// Text from a file: the input of evaluation and calibration.
#include "common/text_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "models/utf8.h"

namespace quern::cli {

Result<std::string> read_text_file(const std::string& path) {
    const bool standard = path == "-";
    const std::string name = standard ? "the standard input" : path;
    auto close = [](FILE* f) {
        if (f != stdin) std::fclose(f);
    };
    std::unique_ptr<FILE, decltype(close)> file(standard ? stdin : std::fopen(path.c_str(), "rb"),
                                                close);
    if (!file) {
        return Status(Code::kBadFile, "cannot open the text " + name + ": " + std::strerror(errno));
    }
    std::string text;
    std::array<char, 65536> buffer;
    while (const size_t n = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
        text.append(buffer.data(), n);
    }
    if (std::ferror(file.get())) {
        return Status(Code::kBadFile, "cannot read the text " + name + ": " + std::strerror(errno));
    }
    if (text.empty()) {
        return Status(Code::kBadFile, name + " is empty; expected UTF-8 text");
    }
    if (const size_t bad = find_invalid_utf8(text); bad != std::string::npos) {
        return Status(Code::kBadFile, name + " is not UTF-8 text: the byte at offset " +
                                          std::to_string(bad) +
                                          " cannot be part of a character; convert it to UTF-8");
    }
    return text;
}

}  // namespace quern::cli
