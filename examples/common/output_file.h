// A file for a result, besides what goes to the standard output.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "tensor/atomic_file.h"

namespace quern::cli {

/// Opened before the work, so that a folder that cannot be written to is known at once; without
/// finish() nothing is left.
class OutputFile {
  public:
    /// `what` begins messages: "the report".
    explicit OutputFile(std::string what) : what_(std::move(what)) {}
    /// An empty path: there is no file, and finish() does nothing.
    Status open(const std::string& path);
    bool is_open() const { return file_ != nullptr; }
    Status finish(const std::string& text);

  private:
    Status failure(const Status& status) const;

    std::string what_;
    std::unique_ptr<AtomicFile> file_;
};

}  // namespace quern::cli
