// Lines of five tabs.
#include "files/gguf_report.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <map>
#include <string_view>

#include "files/limits.h"

namespace quern {
namespace {

constexpr size_t kLineBytes = 512;  ///< a name has 256 at most
constexpr size_t kFields = 6;

/// Without what separates fields and lines.
std::string field(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\t' || c == '\n'; }, ' ');
    return text;
}

/// The fields of a line; false: it has another number of them.
bool split(std::string_view line, std::string_view (&fields)[kFields]) {
    for (size_t i = 0; i < kFields; ++i) {
        const size_t tab = line.find('\t');
        if ((tab == std::string_view::npos) != (i + 1 == kFields)) return false;
        fields[i] = line.substr(0, tab);
        if (i + 1 < kFields) line.remove_prefix(tab + 1);
    }
    return true;
}

bool read_error(std::string_view text, double* error) {
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), *error);
    return code == std::errc() && end == text.data() + text.size() && std::isfinite(*error) &&
           (*error >= 0 || *error == -1);
}

}  // namespace

size_t gguf_report_room(size_t tensors) {
    return std::min<size_t>(tensors * kLineBytes, kMaxStringBytes);
}

std::string gguf_report_line(const std::string& name, const Provenance& p) {
    char error[32];
    std::snprintf(error, sizeof error, "%.9g", p.relative_error);
    std::string line = field(name) + "\t" + field(p.source) + "\t" + field(p.method) + "\t" +
                       error + "\t" + field(p.calibration) + "\t" + field(p.settings);
    line.resize(std::min(line.size(), kLineBytes - 1));
    return line + "\n";
}

void take_gguf_report(Metadata* metadata, std::vector<FileTensor>* tensors) {
    const auto text = metadata->get_string(kGgufReportKey, "");
    metadata->remove(kGgufReportKey);
    if (!text.ok() || text.value().empty()) return;
    std::map<std::string_view, FileTensor*> by_name;
    for (FileTensor& t : *tensors) by_name[t.name] = &t;
    const std::string_view all = text.value();
    for (size_t begin = 0, end; begin < all.size(); begin = end + 1) {
        end = std::min(all.find('\n', begin), all.size());
        if (end - begin >= kLineBytes) continue;  // not one that gguf_report_line() made
        std::string_view fields[kFields];
        if (!split(all.substr(begin, end - begin), fields)) continue;
        const auto found = by_name.find(fields[0]);
        Provenance p;
        if (found == by_name.end() || !read_error(fields[3], &p.relative_error)) continue;
        p.source = fields[1];
        p.method = fields[2];
        p.calibration = fields[4];
        p.settings = fields[5];
        found->second->provenance = std::move(p);
    }
}

}  // namespace quern
