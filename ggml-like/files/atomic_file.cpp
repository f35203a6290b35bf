// AtomicFile over POSIX open(O_EXCL), write, fsync, rename, on Linux O_TMPFILE and linkat() (see
// open(2)). Every call that can report a full disk is checked, close() included: network file
// systems report a quota only there.
#include "tensor/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "files/file_error.h"
#include "tensor/positioned_io.h"

namespace quern {
namespace {

constexpr size_t kBufferBytes = size_t{1} << 20;

/// The absolute path of what exists, without links; empty if it does not exist.
std::string real_path(const std::string& path) {
    std::error_code error;
    const std::string real = std::filesystem::canonical(path, error).string();
    return error ? "" : real;
}

/// Entries of these folders stand for something else, even where a link leads to a regular file:
/// /dev/stdout is the standard output. Folders below /dev may hold real files (/dev/shm).
bool is_system_folder(const std::string& folder) {
    return folder == "/dev" || folder == "/proc" || folder.compare(0, 6, "/proc/") == 0;
}

/// Where to write so that `path` names the result.
Result<std::string> real_target(const std::string& path) {
    const auto refused = [&](const std::string& what) {
        return Status(Code::kFailed,
                      path + ": is " + what + ", expected a file name; choose another name");
    };
    struct stat info {};
    const bool exists = ::stat(path.c_str(), &info) == 0;
    if (exists && S_ISDIR(info.st_mode)) return refused("a directory");
    const std::string folder = real_path(folder_of(path));
    if ((exists && !S_ISREG(info.st_mode)) || is_system_folder(folder)) return refused("a device");
    if (exists) {
        const std::string real = real_path(path);
        return is_system_folder(folder_of(real)) ? Result<std::string>(refused("a device")) : real;
    }
    if (::lstat(path.c_str(), &info) == 0) return refused("a link to nothing");
    if (folder.empty()) return path;  // opening the temporary file says what is wrong
    const std::string name = path.substr(path.rfind('/') + 1);
    return folder == "/" ? folder + name : folder + "/" + name;
}

/// What linkat() gives a name to.
std::string descriptor_path(int descriptor) {
    return "/proc/self/fd/" + std::to_string(descriptor);
}

/// linkat() cannot replace a file, so this is not the target's name yet.
int link_to(int descriptor, const char* name) {
    return ::linkat(AT_FDCWD, descriptor_path(descriptor).c_str(), AT_FDCWD, name,
                    AT_SYMLINK_FOLLOW);
}

/// A file without a name; -1: there is no such thing here.
int open_unnamed([[maybe_unused]] const std::string& folder) {
#if defined(O_TMPFILE)
    return ::open(folder.c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
#else
    return -1;
#endif
}

/// Can such a file get this name? No: without /proc, and where a file system or sandbox forbids it,
/// which is better known before the work. A file can be given a name once, so this takes another.
bool can_be_named(const std::string& folder, const std::string& name) {
    const int probe = open_unnamed(folder);
    if (probe < 0) return false;
    const bool linked = link_to(probe, name.c_str()) == 0;
    const bool can = linked ? ::unlink(name.c_str()) == 0 : errno == EEXIST;
    ::close(probe);
    return can;
}

}  // namespace

std::string folder_of(const std::string& path) {
    const size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

AtomicFile::AtomicFile(const std::string& path, const std::string& target)
    : path_(path), target_(target), folder_(folder_of(target)) {
    buffer_.reserve(kBufferBytes);
}

Result<std::unique_ptr<AtomicFile>> AtomicFile::create(const std::string& path) {
    const Result<std::string> target = real_target(path);
    if (!target.ok()) return target.status();
    std::unique_ptr<AtomicFile> file(new AtomicFile(path, target.value()));
    if (Status s = file->open_temporary(); !s.ok()) return s;
    return file;
}

AtomicFile::~AtomicFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!committed_ && !temporary_.empty()) ::unlink(temporary_.c_str());
}

std::string AtomicFile::temporary_name(int number) const {
    return target_ + ".part-" + std::to_string(::getpid()) + "-" + std::to_string(number);
}

/// make() with temporary names until one is free; false: errno says why there is none.
bool AtomicFile::take_name(const std::function<int(const char* name)>& make) {
    constexpr int kAttempts = 1000;
    for (int i = 0; i < kAttempts; ++i) {
        const std::string name = temporary_name(i);
        if (make(name.c_str()) >= 0) {
            temporary_ = name;
            return true;
        }
        if (errno != EEXIST) break;
    }
    return false;
}

Status AtomicFile::open_temporary() {
    // That a name is too long is told now, not after the work.
    const bool too_long = ::access(temporary_name(0).c_str(), F_OK) != 0 && errno == ENAMETOOLONG;
    if (!too_long && can_be_named(folder_, temporary_name(0))) descriptor_ = open_unnamed(folder_);
    const auto open_named = [this](const char* name) {
        descriptor_ = ::open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        return descriptor_;
    };
    if (descriptor_ >= 0 || take_name(open_named)) return {};
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
    if (!quern::write_at(descriptor_, data, bytes, offset)) return fail("cannot be written", errno);
    return {};
}

Status AtomicFile::commit() {
    if (Status s = flush(); !s.ok()) return s;
    if (::fsync(descriptor_) != 0) return fail("cannot be synced to the disk", errno);
    if (temporary_.empty() &&
        !take_name([this](const char* name) { return link_to(descriptor_, name); })) {
        return fail("cannot be given a name", errno);
    }
    if (::close(std::exchange(descriptor_, -1)) != 0) return fail("cannot be closed", errno);
    if (std::rename(temporary_.c_str(), target_.c_str()) != 0) {
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
