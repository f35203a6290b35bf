// Over AtomicFile.
#include "common/output_file.h"

namespace quern::cli {

Status OutputFile::open(const std::string& path) {
    if (path.empty()) return {};
    auto file = AtomicFile::create(path);
    if (!file.ok()) return failure(file.status());
    file_ = std::move(*file);
    return {};
}

Status OutputFile::finish(const std::string& text) {
    if (!file_) return {};
    Status status = file_->write(text.data(), text.size());
    if (status.ok()) status = file_->commit();
    return status.ok() ? status : failure(status);
}

Status OutputFile::failure(const Status& status) const {
    return {status.code(), what_ + " cannot be written: " + status.message()};
}

}  // namespace quern::cli
