// Making and removing the folder.
#include "eval/work_folder.h"

#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace quern {

WorkFile::~WorkFile() {
    if (kept_) return;
    std::error_code ignored;
    for (const char* rest : {"", ".partial"}) std::filesystem::remove(path_ + rest, ignored);
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
    const auto fail = [](const std::string& what, const std::string& why) {
        return Status(Code::kFailed, "cannot make a temporary folder " + what + ": " + why +
                                         "; set TMPDIR, or use --keep DIR");
    };
    const std::filesystem::path parent = std::filesystem::temp_directory_path(error);
    if (error) return fail("where TMPDIR says", error.message());
    std::string name = (parent / "quern-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) return fail(name, std::strerror(errno));
    path_ = name;
    kept_ = false;
    return Status();
}

}  // namespace quern
