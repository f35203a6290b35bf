// Repeats what was interrupted or done in part.
#include "tensor/positioned_io.h"

#include <unistd.h>

#include <cerrno>

namespace quern {
namespace {

/// `call(done)` is one system call for what is left.
template <class Call>
bool repeat(uint64_t bytes, const Call& call) {
    for (uint64_t done = 0; done < bytes;) {
        const ssize_t n = call(done);
        if (n < 0 && errno == EINTR) continue;
        if (n == 0) errno = EIO;
        if (n <= 0) return false;
        done += static_cast<uint64_t>(n);
    }
    return true;
}

}  // namespace

bool read_at(int descriptor, void* data, uint64_t bytes, uint64_t offset) {
    return repeat(bytes, [&](uint64_t done) {
        return ::pread(descriptor, static_cast<char*>(data) + done, bytes - done,
                       static_cast<off_t>(offset + done));
    });
}

bool write_at(int descriptor, const void* data, uint64_t bytes, uint64_t offset) {
    return repeat(bytes, [&](uint64_t done) {
        return ::pwrite(descriptor, static_cast<const char*>(data) + done, bytes - done,
                        static_cast<off_t>(offset + done));
    });
}

}  // namespace quern
