// By device and inode where both files are there, else by their names without links and dots.
#include "common/same_file.h"

#include <filesystem>
#include <system_error>

namespace quern::cli {
namespace {

bool is_file(const NamedFile& file) { return !file.path.empty() && file.path != "-"; }

}  // namespace

bool same_file(const std::string& a, const std::string& b) {
    std::error_code error;
    if (std::filesystem::equivalent(a, b, error)) return true;
    const auto normal = [&](const std::string& path) {
        return std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
    };
    return normal(a) == normal(b);
}

Status check_outputs(const std::vector<NamedFile>& outputs, const std::vector<NamedFile>& inputs) {
    for (size_t i = 0; i < outputs.size(); ++i) {
        std::vector<NamedFile> others = inputs;
        others.insert(others.end(), outputs.begin(), outputs.begin() + static_cast<long>(i));
        for (const NamedFile& other : others) {
            if (!is_file(outputs[i]) || !is_file(other)) continue;
            if (!same_file(outputs[i].path, other.path)) continue;
            return {Code::kWrongUse, outputs[i].what + " " + outputs[i].path +
                                         " is the same file as " + other.what + " " + other.path +
                                         "; give it another name"};
        }
    }
    return {};
}

}  // namespace quern::cli
