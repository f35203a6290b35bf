// A folder of its own for a test, removed with all it holds, and whole-file reading and writing.
#pragma once

#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace quern::test {

class TempDir {
  public:
    TempDir() {
        std::string name = (std::filesystem::temp_directory_path() / "quern-test-XXXXXX").string();
        if (const char* made = ::mkdtemp(name.data())) path_ = made;
    }
    ~TempDir() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    const std::string& path() const { return path_; }
    std::string file(const std::string& name) const { return path_ + "/" + name; }
    /// Writes a file and returns its path. An old one is removed first: some file systems wait for
    /// the disk when a file is truncated and written again, and tests do this by the thousand.
    std::string write(const std::string& name, const std::string& bytes) const {
        std::error_code ignored;
        std::filesystem::remove(file(name), ignored);
        std::ofstream(file(name), std::ios::binary) << bytes;
        return file(name);
    }

  private:
    std::string path_;
};

/// Number of files in a folder: what is left after a failure.
inline int64_t files_in(const TempDir& dir) {
    using Iterator = std::filesystem::directory_iterator;
    return std::distance(Iterator(dir.path()), Iterator());
}

inline std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace quern::test
