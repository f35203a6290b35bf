// GPT-2's alphabet: 256 printable characters that stand for the 256 bytes in token texts, so that a
// vocabulary is readable and holds no space. Bytes 21..7E, A1..AC and AE..FF stand for themselves
// (as code points); the others are numbered in rising order from U+0100: space (20) is U+0120,
// written "Ġ".
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace quern {

class ByteAlphabet {
  public:
    ByteAlphabet();
    /// The byte a code point stands for; -1: none.
    int32_t byte(uint32_t code_point) const {
        return code_point < bytes_.size() ? bytes_[code_point] : -1;
    }
    /// The byte a text of one character stands for; -1: none.
    int32_t byte(std::string_view text) const;
    /// Appends the bytes of a token text in valid UTF-8. Characters outside of the alphabet stay as
    /// they are.
    void decode(std::string_view text, std::string* out) const;

  private:
    std::array<int16_t, 0x144> bytes_;  // the last one, U+0143, is byte AD
};

}  // namespace quern
