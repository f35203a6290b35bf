// tokenizer.ggml.model = "gpt2": byte-level BPE (Radford et al. 2019, "Language Models are
// Unsupervised Multitask Learners").
#pragma once

#include <cstdint>
#include <memory>

#include "models/tokenizer.h"

namespace quern {

Result<std::unique_ptr<Tokenizer>> create_byte_level_bpe(const Metadata& metadata,
                                                         int64_t vocab_size);

}  // namespace quern
