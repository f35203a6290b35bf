// A bounds-checked little-endian cursor over untrusted bytes. The first read that does not fit
// makes the cursor fail for good: later reads give zeros and move nothing, so a caller may read a
// whole record and ask ok() once, but must ask before it uses a value as a count.
//
// Strings are a 64-bit length and the bytes, as in GGUF.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "files/file_error.h"
#include "tensor/status.h"

namespace quern {

static_assert(std::endian::native == std::endian::little, "model files are read in place");

inline std::optional<uint64_t> checked_add(uint64_t a, uint64_t b) {
    if (b > UINT64_MAX - a) return std::nullopt;
    return a + b;
}
inline std::optional<uint64_t> checked_multiply(uint64_t a, uint64_t b) {
    if (b != 0 && a > UINT64_MAX / b) return std::nullopt;
    return a * b;
}
/// The next multiple of `alignment`, a power of two.
inline std::optional<uint64_t> checked_align(uint64_t value, uint64_t alignment) {
    const auto sum = checked_add(value, alignment - 1);
    if (!sum) return std::nullopt;
    return *sum & ~(alignment - 1);
}

class ByteReader {
  public:
    /// `begin` is the offset of the first byte in the file at `path`, for messages. Both references
    /// must outlive the reader.
    ByteReader(const std::string& path, std::span<const uint8_t> bytes, uint64_t begin = 0)
        : path_(path), bytes_(bytes), begin_(begin) {}

    const std::string& path() const { return path_; }
    bool ok() const { return !failed_; }
    /// Offset in the file.
    uint64_t position() const { return begin_ + at_; }
    uint64_t remaining() const { return bytes_.size() - at_; }

    /// A number of any plain type.
    template <class T>
    T get() {
        T value{};
        const std::string_view raw = bytes(sizeof(T));
        if (raw.size() == sizeof(T)) std::memcpy(&value, raw.data(), sizeof(T));
        return value;
    }

    /// The next n bytes; empty if they are not there.
    std::string_view bytes(uint64_t n) {
        if (failed_) return {};
        if (n > remaining()) {
            failed_ = true;
            needed_ = n;
            return {};
        }
        const auto* first = reinterpret_cast<const char*>(bytes_.data()) + at_;
        at_ += n;
        return {first, static_cast<size_t>(n)};
    }

    /// A string of at most `limit` bytes.
    std::string_view string(uint64_t limit) {
        const auto length = get<uint64_t>();
        if (failed_) return {};
        if (length > limit) {
            failed_ = true;
            needed_ = length;
            limit_ = limit;
            return {};
        }
        return bytes(length);
    }

    /// The bytes from a position that the cursor had before to where it is now.
    std::string_view since(uint64_t position) const {
        return {reinterpret_cast<const char*>(bytes_.data()) + (position - begin_),
                static_cast<size_t>(begin_ + at_ - position)};
    }

    /// Why reading `what` failed.
    Status error(const std::string& what) const {
        const std::string at = " at offset " + std::to_string(position());
        if (limit_ != 0) {
            return bad_file(path_, what + " has a string of " + std::to_string(needed_) + " bytes" +
                                       at + ", at most " + std::to_string(limit_) +
                                       " are allowed; the file is damaged");
        }
        return bad_file(path_, "the file ends inside " + what + ": " + std::to_string(needed_) +
                                   " bytes are needed" + at + ", " + std::to_string(remaining()) +
                                   " are left; it is truncated or damaged, fetch it again");
    }

  private:
    const std::string& path_;
    std::span<const uint8_t> bytes_;
    uint64_t begin_;
    uint64_t at_ = 0;
    bool failed_ = false;
    uint64_t needed_ = 0;  // by the read that failed
    uint64_t limit_ = 0;   // not 0: the failure is a string longer than this
};

}  // namespace quern
