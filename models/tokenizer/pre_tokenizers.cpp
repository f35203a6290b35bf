// Hand-written scanners for the regular expressions of pre_tokenizers.h. They look at each
// character a bounded number of times, so a hostile text cannot make them slow.
#include "tokenizer/pre_tokenizers.h"

#include "tokenizer/unicode.h"

namespace quern {
namespace {

constexpr std::string_view kContractions[] = {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"};

// End of the run of characters of one class that begins at `begin`.
size_t run_end(std::string_view text, size_t begin, CharClass kind) {
    while (begin < text.size()) {
        const Character next = character_at(text, begin);
        if (char_class(next.code_point) != kind) break;
        begin += next.bytes;
    }
    return begin;
}

// \s+(?!\S)|\s+ : white space, but its last character is left to the word after it, unless it is
// alone.
size_t space_end(std::string_view text, size_t begin) {
    size_t last = begin;
    size_t end = begin;
    while (end < text.size()) {
        const Character next = character_at(text, end);
        if (char_class(next.code_point) != CharClass::kSpace) break;
        last = end;
        end += next.bytes;
    }
    return end == text.size() || last == begin ? end : last;
}

size_t gpt2_word_end(std::string_view text, size_t begin) {
    for (const std::string_view contraction : kContractions) {
        if (text.substr(begin).starts_with(contraction)) return begin + contraction.size();
    }
    const size_t body = begin + (text[begin] == ' ' && begin + 1 < text.size() ? 1 : 0);
    const CharClass kind = char_class(character_at(text, body).code_point);
    return kind == CharClass::kSpace ? space_end(text, begin) : run_end(text, body, kind);
}

}  // namespace

void split_gpt2(std::string_view text, std::vector<std::string_view>* words) {
    for (size_t begin = 0; begin < text.size();) {
        const size_t end = gpt2_word_end(text, begin);
        words->push_back(text.substr(begin, end - begin));
        begin = end;
    }
}

void split_smollm(std::string_view text, std::vector<std::string_view>* words) {
    size_t begin = 0;
    for (size_t position = 0; position < text.size();) {
        const Character next = character_at(text, position);
        if (char_class(next.code_point) == CharClass::kNumber) {
            split_gpt2(text.substr(begin, position - begin), words);
            words->push_back(text.substr(position, next.bytes));
            begin = position + next.bytes;
        }
        position += next.bytes;
    }
    split_gpt2(text.substr(begin), words);
}

}  // namespace quern
