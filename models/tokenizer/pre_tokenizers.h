// Pre-tokenizers cut text into words; merging never crosses a word's border. Each is named by
// tokenizer.ggml.pre and registered in tokenizer/registry.cpp.
#pragma once

#include <string_view>
#include <vector>

namespace quern {

/// Appends the words of valid UTF-8 text; together they are the text. Time is linear in its length.
using PreTokenizer = void (*)(std::string_view text, std::vector<std::string_view>* words);

/// The rule of GPT-2 (Radford et al. 2019), the first alternative that matches, longest within it:
///   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
void split_gpt2(std::string_view text, std::vector<std::string_view>* words);

/// Every numeric character \p{N} is a word; GPT-2's rule for each text between them.
void split_smollm(std::string_view text, std::vector<std::string_view>* words);

}  // namespace quern
