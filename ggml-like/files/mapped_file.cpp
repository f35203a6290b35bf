// MappedFile over POSIX open, fstat, mmap. The private copy is an anonymous mapping, so both kinds
// are page-aligned and released the same way.
#include "files/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "files/file_error.h"
#include "tensor/aligned_memory.h"

namespace quern {

Result<MappedFile> MappedFile::open(const std::string& path, bool map) {
    MappedFile file;
    // O_NONBLOCK: opening a pipe that nobody writes to must not hang.
    file.descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file.descriptor_ < 0) return unreadable(path, "cannot be opened", errno);
    struct stat info {};
    if (::fstat(file.descriptor_, &info) != 0) {
        return unreadable(path, "its size cannot be read", errno);
    }
    if (S_ISDIR(info.st_mode)) {
        return bad_file(path, "is a directory, expected a model file; name a file in it");
    }
    if (!S_ISREG(info.st_mode)) {
        return bad_file(path, "is a device or pipe, expected a regular file that can be mapped");
    }
    if (info.st_size == 0) {
        return bad_file(path, "is empty, expected a model file; fetch or write it again");
    }
    const auto size = static_cast<size_t>(info.st_size);
    void* memory =
        map ? ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.descriptor_, 0)
            : ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        const int error = errno;
        return unreadable(path, std::to_string(size) + " bytes cannot be mapped into memory",
                          error);
    }
    wish_for_huge_pages(memory, size);
    file.data_ = static_cast<uint8_t*>(memory);
    file.size_ = size;
    if (!map) {
        if (Status s = file.read_copy(path); !s.ok()) return s;
    }
    return file;
}

MappedFile::~MappedFile() {
    if (data_) ::munmap(data_, size_);
    if (descriptor_ >= 0) ::close(descriptor_);
}

Status MappedFile::check_unchanged(const std::string& path) const {
    if (descriptor_ < 0) return {};
    struct stat info {};
    if (::fstat(descriptor_, &info) != 0) {
        return unreadable(path, "its size cannot be read", errno);
    }
    if (static_cast<uint64_t>(info.st_size) == size_) return {};
    return bad_file(path, "had " + std::to_string(size_) + " bytes when it was opened and has " +
                              std::to_string(info.st_size) +
                              " now; another program changed it, open it again");
}

void MappedFile::release(const uint8_t* begin, uint64_t size) const {
    // The system maps the aligned 64 KiB around a page that is touched, or its huge page: whole
    // windows are released.
    constexpr uintptr_t kWindow = 65536;
    if (descriptor_ < 0) return;
    const auto at = reinterpret_cast<uintptr_t>(begin), all = reinterpret_cast<uintptr_t>(data_);
    const uintptr_t first = std::max(at & ~(kWindow - 1), all);
    const uintptr_t last = std::min((at + size + kWindow - 1) & ~(kWindow - 1), all + size_);
    ::madvise(data_ + (first - all), last - first, MADV_DONTNEED);  // it is only advice
}

Status MappedFile::read_copy(const std::string& path) {
    constexpr size_t kStep = size_t{64} << 20;
    for (size_t done = 0; done < size_;) {
        const ssize_t n = ::read(descriptor_, data_ + done, std::min(kStep, size_ - done));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return unreadable(path, "cannot be read", errno);
        if (n == 0) {
            return bad_file(path, "ended after " + std::to_string(done) + " of " +
                                      std::to_string(size_) +
                                      " bytes; another program changed it, open it again");
        }
        done += static_cast<size_t>(n);
    }
    ::close(std::exchange(descriptor_, -1));
    return {};
}

void MappedFile::swap(MappedFile& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
}

}  // namespace quern
