// Where quantized files lie while they are measured: a folder of its own that disappears with its
// owner, or a folder of the user's in which they stay.
#pragma once

#include <string>
#include <utility>

#include "tensor/status.h"

namespace quern {

/// The name of a file to be made; unless it is kept, the file goes when this goes, and what a run
/// that failed left beside it.
class WorkFile {
  public:
    WorkFile(std::string path, bool kept) : path_(std::move(path)), kept_(kept) {}
    ~WorkFile();
    WorkFile(const WorkFile&) = delete;
    WorkFile& operator=(const WorkFile&) = delete;
    const std::string& path() const { return path_; }

  private:
    std::string path_;
    bool kept_;
};

class WorkFolder {
  public:
    WorkFolder() = default;
    ~WorkFolder();
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;

    /// `keep`: the user's folder, made if it is not there; empty: a new one in the system's folder
    /// for temporary files (TMPDIR).
    Status open(const std::string& keep);
    WorkFile file(const std::string& name) const { return {path_ + "/" + name, kept_}; }
    bool is_kept() const { return kept_; }

  private:
    std::string path_;
    bool kept_ = true;
};

}  // namespace quern
