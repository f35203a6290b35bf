// Look-up of character classes: a table for ASCII, binary search over the ranges for the rest.
#include "tokenizer/unicode.h"

#include <algorithm>
#include <array>

namespace quern {
namespace {

CharClass search(uint32_t code_point) {
    const auto found = std::lower_bound(kCharRanges.begin(), kCharRanges.end(), code_point,
                                        [](const CharRange& r, uint32_t c) { return r.last < c; });
    const bool inside = found != kCharRanges.end() && found->first <= code_point;
    return inside ? found->kind : CharClass::kOther;
}

std::array<CharClass, 128> ascii_classes() {
    std::array<CharClass, 128> classes;
    for (uint32_t c = 0; c < classes.size(); ++c) classes[c] = search(c);
    return classes;
}

}  // namespace

CharClass char_class(uint32_t code_point) {
    static const std::array<CharClass, 128> kAscii = ascii_classes();
    return code_point < kAscii.size() ? kAscii[code_point] : search(code_point);
}

Character character_at(std::string_view text, size_t position) {
    const auto byte = [&](size_t i) {
        return static_cast<uint32_t>(static_cast<uint8_t>(text[position + i]));
    };
    const auto low = [&](size_t i) { return byte(i) & 0x3F; };
    if (byte(0) < 0x80) return {byte(0), 1};
    if (byte(0) < 0xE0) return {(byte(0) & 0x1F) << 6 | low(1), 2};
    if (byte(0) < 0xF0) return {(byte(0) & 0x0F) << 12 | low(1) << 6 | low(2), 3};
    return {(byte(0) & 0x07) << 18 | low(1) << 12 | low(2) << 6 | low(3), 4};
}

}  // namespace quern
