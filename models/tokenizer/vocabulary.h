// The vocabulary part of a model file's metadata, checked: what every tokenizer needs whatever its
// algorithm.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tensor/metadata.h"
#include "tensor/status.h"

namespace quern {

/// tokenizer.ggml.token_type; the numbers are GGUF's.
enum class TokenType : uint8_t {
    kNormal = 1,       ///< a piece of text, made by the algorithm
    kUnknown = 2,      ///< stands for text without tokens; never made and never shown
    kControl = 3,      ///< "<|im_end|>": made from text only where control tokens are parsed
    kUserDefined = 4,  ///< a text that is always one token, matched before the algorithm runs
    kUnused = 5,       ///< padding of the table; never made and never shown
    kByte = 6,         ///< one byte of a SentencePiece vocabulary
};

struct Vocabulary {
    /// tokenizer.ggml.tokens as stored, valid as long as the metadata. UTF-8, at most 4096 bytes
    /// each; an empty text is legal and never matches.
    std::vector<std::string_view> texts;
    std::vector<TokenType> types;  ///< as many as texts
    int32_t bos = -1;              ///< -1: none
    int32_t eos = -1;              ///< -1: none
    bool add_bos = false;
    std::vector<int32_t> ends;  ///< tokens that end an answer, rising
};

Result<Vocabulary> read_vocabulary(const Metadata& metadata, int64_t vocab_size);

}  // namespace quern
