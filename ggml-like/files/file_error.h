// How messages about files are put together: "<path>: <what is wrong>". Text taken from a file is
// quoted with everything unprintable escaped, since it may be hostile.
#pragma once

#include <cstdint>
#include <string>

#include "tensor/quoted.h"
#include "tensor/status.h"

namespace quern {

Status bad_file(const std::string& path, const std::string& detail);

/// A failed system call: "<path>: <action>: <the system's words>". A full disk, an exceeded quota
/// or file size limit gives kOutOfSpace with advice, ENOMEM kOutOfSpace, everything else kFailed.
Status system_error(const std::string& path, const std::string& action, int error_number);

/// The same for an input file, which gives kBadFile instead of kFailed.
Status unreadable(const std::string& path, const std::string& action, int error_number);

/// "0x1A2B", at least `digits` digits.
std::string hex(uint64_t value, int digits);

}  // namespace quern
