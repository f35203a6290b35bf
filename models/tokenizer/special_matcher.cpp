// Longest match by narrowing a range of sorted texts, see special_matcher.h.
#include "tokenizer/special_matcher.h"

#include <algorithm>

namespace quern {
namespace {

using Token = SpecialMatcher::Token;

uint8_t byte_of(std::string_view text, size_t i) { return static_cast<uint8_t>(text[i]); }

}  // namespace

SpecialMatcher::SpecialMatcher(std::vector<Token> tokens) : tokens_(std::move(tokens)) {
    std::erase_if(tokens_, [](const Token& t) { return t.text.empty(); });
    std::sort(tokens_.begin(), tokens_.end(), [](const Token& a, const Token& b) {
        return a.text != b.text ? a.text < b.text : a.id < b.id;
    });
    const auto same = [](const Token& a, const Token& b) { return a.text == b.text; };
    tokens_.erase(std::unique(tokens_.begin(), tokens_.end(), same), tokens_.end());
    for (const Token& token : tokens_) ++first_byte_[byte_of(token.text, 0) + size_t{1}];
    for (size_t b = 0; b < 256; ++b) first_byte_[b + 1] += first_byte_[b];
}

SpecialMatcher::Match SpecialMatcher::longest_at(std::string_view text, size_t position) const {
    Match best{text.size(), 0, -1};
    const uint8_t first = byte_of(text, position);
    auto begin = tokens_.begin() + first_byte_[first];
    auto end = tokens_.begin() + first_byte_[first + size_t{1}];
    // All of [begin, end) agree with the text in `matched` bytes; one that ends there comes first.
    for (size_t matched = 1; begin != end; ++matched) {
        if (begin->text.size() == matched) {
            best = {position, matched, begin->id};
            ++begin;
        }
        if (position + matched == text.size()) break;
        const uint8_t next = byte_of(text, position + matched);
        begin = std::lower_bound(begin, end, next, [&](const Token& token, uint8_t byte) {
            return byte_of(token.text, matched) < byte;
        });
        end = std::upper_bound(begin, end, next, [&](uint8_t byte, const Token& token) {
            return byte < byte_of(token.text, matched);
        });
    }
    return best;
}

SpecialMatcher::Match SpecialMatcher::find(std::string_view text, size_t position) const {
    for (; position < text.size() && !tokens_.empty(); ++position) {
        const uint8_t first = byte_of(text, position);
        if (first_byte_[first] == first_byte_[first + size_t{1}]) continue;
        const Match match = longest_at(text, position);
        if (match.bytes > 0) return match;
    }
    return {text.size(), 0, -1};
}

}  // namespace quern
