// Messages about files; the system's own words come from std::generic_category, which unlike
// strerror() is safe to call from several threads.
#include "files/file_error.h"

#include <cerrno>
#include <system_error>

namespace quern {

Status bad_file(const std::string& path, const std::string& detail) {
    return {Code::kBadFile, path + ": " + detail};
}

Status system_error(const std::string& path, const std::string& action, int error_number) {
    std::string message =
        path + ": " + action + ": " + std::generic_category().message(error_number);
    if (error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG) {
        message += "; free some space or choose another folder";
        return {Code::kOutOfSpace, std::move(message)};
    }
    return {error_number == ENOMEM ? Code::kOutOfSpace : Code::kFailed, std::move(message)};
}

Status unreadable(const std::string& path, const std::string& action, int error_number) {
    const Status s = system_error(path, action, error_number);
    return {s.code() == Code::kFailed ? Code::kBadFile : s.code(), s.message()};
}

std::string hex(uint64_t value, int digits) {
    std::string out;
    while (value != 0 || digits > 0) {
        out.insert(out.begin(), "0123456789ABCDEF"[value & 15]);
        value >>= 4;
        --digits;
    }
    return "0x" + out;
}

}  // namespace quern
