// Finds texts of special tokens, the longest at each place. The texts are kept sorted: those that
// share the first n bytes stand together, so a match narrows a range byte by byte.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

class SpecialMatcher {
  public:
    struct Token {
        std::string text;
        int32_t id;
    };
    struct Match {
        size_t position;  ///< text.size() if there is none
        size_t bytes;
        int32_t id;
    };

    SpecialMatcher() = default;
    /// Empty texts never match; of equal texts the lowest id does.
    explicit SpecialMatcher(std::vector<Token> tokens);

    /// The first match at or after `position`. Time: the bytes passed over, times the length of the
    /// longest token text in the worst case.
    Match find(std::string_view text, size_t position) const;

  private:
    Match longest_at(std::string_view text, size_t position) const;

    std::vector<Token> tokens_;  // sorted by text, then id
    std::array<uint32_t, 257>
        first_byte_{};  // tokens_[first_byte_[b] .. first_byte_[b + 1]) begin with b
};

}  // namespace quern
