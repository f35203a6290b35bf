// Over AtomicFile.
#include "common/output_file.h"

namespace quern::cli {

Status OutputFile::open(const std::string& path) {
    if (path.empty()) return {};
    auto file = AtomicFile::create(path);
    if (!file.ok()) return file.status();
    file_ = std::move(*file);
    return {};
}

Status OutputFile::finish(const std::string& text) {
    if (!file_) return {};
    Status status = file_->write(text.data(), text.size());
    return status.ok() ? file_->commit() : status;
}

}  // namespace quern::cli
