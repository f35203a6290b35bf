// Text <-> token ids. A tokenizer is built from a model file's metadata (GGUF's tokenizer.ggml.*
// keys) and is immutable: safe to share between threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/metadata.h"
#include "tensor/status.h"

namespace quern {

class Tokenizer {
  public:
    /// Chooses the implementation by tokenizer.ggml.model and tokenizer.ggml.pre through the
    /// registry in tokenizer/registry.cpp; an unknown one is refused by name. `vocab_size` is the
    /// model's number of embedding rows, which must equal the number of tokens.
    static Result<std::unique_ptr<Tokenizer>> create(const Metadata& metadata, int64_t vocab_size);
    virtual ~Tokenizer() = default;

    /// How encode() treats the text of control tokens such as "<|im_start|>". User-defined tokens,
    /// which control nothing, are always found.
    enum class Special {
        kParse,  ///< becomes the token: for text that the program itself wrote (templates)
        kText,   ///< is ordinary text: for what a user typed
    };
    /// Token ids of UTF-8 text, without BOS or EOS. Fails on invalid UTF-8, naming the byte offset.
    virtual Result<std::vector<int32_t>> encode(std::string_view text, Special special) const = 0;

    /// Bytes of a token; a token may hold part of a character, so join pieces before showing them
    /// (see utf8.h). Control tokens give their text if `show_special`, else nothing. id out of
    /// range: empty.
    virtual std::string decode(int32_t id, bool show_special = false) const = 0;

    int64_t vocab_size() const { return vocab_size_; }
    int32_t bos() const { return bos_; }  ///< -1: none
    int32_t eos() const { return eos_; }  ///< -1: none
    /// What texts begin with; -1: nothing.
    int32_t text_bos() const { return add_bos_ ? bos_ : -1; }
    /// True for every token that ends an answer: EOS, EOT and the template's end-of-turn token.
    bool is_end(int32_t id) const;

  protected:
    int64_t vocab_size_ = 0;
    int32_t bos_ = -1;
    int32_t eos_ = -1;
    bool add_bos_ = false;
    std::vector<int32_t> ends_;
};

}  // namespace quern
