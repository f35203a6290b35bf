// Text of a normal token -> its id, to read merges with: a hash table of ids with open addressing.
// The texts stay where they are.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tokenizer/vocabulary.h"

namespace quern {

class TextIndex {
  public:
    /// Of equal texts the lowest id counts; the others can only be decoded. The vocabulary must
    /// outlive the index.
    explicit TextIndex(const Vocabulary& vocabulary);
    /// -1: no normal token has this text.
    int32_t find(std::string_view text) const;

  private:
    struct Slot {
        uint32_t hash = 0;  // most slots of other texts differ in it, without a look at the text
        int32_t id = -1;
    };
    /// The slot that has the text, or the free one where it belongs.
    size_t slot_of(std::string_view text, uint64_t hash) const;

    const Vocabulary& vocabulary_;
    std::vector<Slot> slots_;  // a power of two, at most half of them taken
};

}  // namespace quern
