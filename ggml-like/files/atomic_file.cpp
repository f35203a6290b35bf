// AtomicFile over POSIX open(O_EXCL), write, fsync, rename. Every call that can report a full disk
// is checked, close() included: network file systems report a quota only there.
#include "files/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "files/file_error.h"

namespace quern {
namespace {

constexpr size_t kBufferBytes = size_t{1} << 20;

std::string folder_of(const std::string& path) {
    const size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

AtomicFile::AtomicFile(const std::string& path) : path_(path), folder_(folder_of(path)) {
    buffer_.reserve(kBufferBytes);
}

Result<std::unique_ptr<AtomicFile>> AtomicFile::create(const std::string& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
        return Status(Code::kFailed, path + ": is " +
                                         (S_ISDIR(info.st_mode) ? "a directory" : "a device") +
                                         ", expected a file name; choose another name");
    }
    std::unique_ptr<AtomicFile> file(new AtomicFile(path));
    if (Status s = file->open_temporary(); !s.ok()) return s;
    return file;
}

AtomicFile::~AtomicFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!committed_ && !temporary_.empty()) ::unlink(temporary_.c_str());
}

Status AtomicFile::open_temporary() {
    constexpr int kAttempts = 1000;
    for (int i = 0; i < kAttempts; ++i) {
        const std::string name =
            path_ + ".part-" + std::to_string(::getpid()) + "-" + std::to_string(i);
        descriptor_ = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor_ >= 0) {
            temporary_ = name;
            return {};
        }
        if (errno != EEXIST) break;
    }
    const Status s = system_error(path_, "no file can be created in the folder " + folder_, errno);
    if (s.code() != Code::kFailed) return s;
    return {s.code(), s.message() + "; choose a folder that exists and that you may write to"};
}

Status AtomicFile::fail(const std::string& action, int error_number) {
    failure_ = system_error(path_, action, error_number);
    return failure_;
}

Status AtomicFile::write_out(const uint8_t* data, uint64_t bytes) {
    while (bytes > 0) {
        const ssize_t n = ::write(descriptor_, data, bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return fail("cannot be written", n == 0 ? EIO : errno);
        data += n;
        bytes -= static_cast<uint64_t>(n);
    }
    return {};
}

Status AtomicFile::flush() {
    if (!failure_.ok()) return failure_;
    Status s = write_out(buffer_.data(), buffer_.size());
    buffer_.clear();
    return s;
}

Status AtomicFile::write(const void* data, uint64_t bytes) {
    if (!failure_.ok()) return failure_;
    if (bytes == 0) return {};
    const auto* p = static_cast<const uint8_t*>(data);
    size_ += bytes;
    if (buffer_.size() + bytes > kBufferBytes) {
        if (Status s = flush(); !s.ok()) return s;
    }
    if (bytes >= kBufferBytes) return write_out(p, bytes);
    buffer_.insert(buffer_.end(), p, p + bytes);
    return {};
}

Status AtomicFile::write_at(uint64_t offset, const void* data, uint64_t bytes) {
    if (Status s = flush(); !s.ok()) return s;
    const auto* p = static_cast<const uint8_t*>(data);
    while (bytes > 0) {
        const ssize_t n = ::pwrite(descriptor_, p, bytes, static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return fail("cannot be written", n == 0 ? EIO : errno);
        p += n;
        offset += static_cast<uint64_t>(n);
        bytes -= static_cast<uint64_t>(n);
    }
    return {};
}

Status AtomicFile::commit() {
    if (Status s = flush(); !s.ok()) return s;
    if (::fsync(descriptor_) != 0) return fail("cannot be synced to the disk", errno);
    if (::close(std::exchange(descriptor_, -1)) != 0) return fail("cannot be closed", errno);
    if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
        return fail("cannot be renamed from " + temporary_, errno);
    }
    committed_ = true;
    return sync_folder();
}

Status AtomicFile::sync_folder() {
    const int folder = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return {};  // a folder may be writable and not readable; the file is in place
    const int error = ::fsync(folder) == 0 ? 0 : errno;
    ::close(folder);
    // Some file systems cannot sync folders and say EINVAL.
    return error == 0 || error == EINVAL ? Status()
                                         : fail("its folder cannot be synced to the disk", error);
}

}  // namespace quern
