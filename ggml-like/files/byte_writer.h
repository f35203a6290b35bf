// The counterpart of ByteReader: appends little-endian numbers and length-prefixed strings.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace quern {

class ByteWriter {
  public:
    template <class T>
    void put(T value) {
        raw({reinterpret_cast<const char*>(&value), sizeof(T)});
    }
    void string(std::string_view text) {
        put<uint64_t>(text.size());
        raw(text);
    }
    void raw(std::string_view bytes) { bytes_.append(bytes); }

    const std::string& bytes() const { return bytes_; }

  private:
    std::string bytes_;
};

}  // namespace quern
