// Making and removing the folder.
#include "eval/work_folder.h"

#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace quern {

WorkFile::~WorkFile() {
    std::error_code ignored;
    if (!kept_) std::filesystem::remove(path_, ignored);
}

WorkFolder::~WorkFolder() {
    std::error_code ignored;
    if (!kept_) std::filesystem::remove_all(path_, ignored);
}

Status WorkFolder::open(const std::string& keep) {
    std::error_code error;
    if (!keep.empty()) {
        path_ = keep;
        std::filesystem::create_directories(keep, error);
        if (!error) return Status();
        return {Code::kFailed, "cannot make the folder " + keep + ": " + error.message()};
    }
    std::string name = (std::filesystem::temp_directory_path(error) / "quern-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        return {Code::kFailed, "cannot make a temporary folder " + name + ": " +
                                   std::strerror(errno) + "; set TMPDIR, or use --keep DIR"};
    }
    path_ = name;
    kept_ = false;
    return Status();
}

}  // namespace quern
