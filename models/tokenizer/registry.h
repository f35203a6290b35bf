// The tables of tokenizers and pre-tokenizers: one line each in registry.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "models/tokenizer.h"
#include "tokenizer/pre_tokenizers.h"

namespace quern {

struct TokenizerEntry {
    std::string_view model;  ///< tokenizer.ggml.model
    Result<std::unique_ptr<Tokenizer>> (*create)(const Metadata& metadata, int64_t vocab_size);
};
std::span<const TokenizerEntry> tokenizer_entries();

struct PreTokenizerEntry {
    std::string_view pre;  ///< tokenizer.ggml.pre
    PreTokenizer split;
};
std::span<const PreTokenizerEntry> pre_tokenizer_entries();
/// By tokenizer.ggml.pre; an unknown or missing one is refused with the list of known ones.
Result<const PreTokenizerEntry*> find_pre_tokenizer(const Metadata& metadata);

}  // namespace quern
