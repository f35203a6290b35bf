// A tiny seeded llama as a GGUF file, with a token per byte and ChatML: for tests of what works on
// text.
#pragma once

#include <string>
#include <vector>

#include "support/byte_alphabet.h"
#include "support/gguf_builder.h"
#include "support/pseudo_random.h"

namespace quern::test {

/// The byte alphabet, the control tokens of ChatML, and what the one merge makes.
inline std::vector<std::string> byte_tokens() {
    std::vector<std::string> tokens = byte_alphabet();
    tokens.insert(tokens.end(), {"<|im_start|>", "<|im_end|>", "ab"});
    return tokens;
}

struct ByteLlama {
    static constexpr int32_t kStart = 256, kEnd = 257;
    static constexpr uint64_t kVocab = 259, kEmbd = 32, kFf = 64;

    static std::string gguf() {
        GgufBuilder b;
        b.string("general.architecture", "llama").string("general.name", "tiny");
        b.u32("llama.block_count", 1)
            .u32("llama.context_length", 256)
            .u32("llama.embedding_length", kEmbd);
        b.u32("llama.feed_forward_length", kFf).u32("llama.attention.head_count", 4);
        b.f32("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        b.string("tokenizer.ggml.model", "gpt2").string("tokenizer.ggml.pre", "gpt-2");
        b.strings("tokenizer.ggml.tokens", byte_tokens());
        b.strings("tokenizer.ggml.merges", {"a b"});
        std::vector<int32_t> types(kVocab, 1);
        types[kStart] = types[kEnd] = 3;
        b.array("tokenizer.ggml.token_type", 5, types);
        b.u32("tokenizer.ggml.bos_token_id", kStart).u32("tokenizer.ggml.eos_token_id", kEnd);
        b.string("tokenizer.chat_template",
                 "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + "
                 "message['content'] + "
                 "'<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ "
                 "'<|im_start|>assistant\n' }}"
                 "{% endif %}");
        uint64_t seed = 7;
        auto matrix = [&](const std::string& name, uint64_t rows, uint64_t cols) {
            b.tensor_f32(name, {cols, rows}, uniform(++seed, static_cast<int64_t>(rows * cols)));
        };
        auto vector = [&](const std::string& name) {
            b.tensor_f32(name, {kEmbd}, std::vector<float>(kEmbd, 1.0f));
        };
        matrix("token_embd.weight", kVocab, kEmbd);
        vector("output_norm.weight");
        vector("blk.0.attn_norm.weight");
        for (const char* name : {"q", "k", "v", "output"}) {
            matrix("blk.0.attn_" + std::string(name) + ".weight", kEmbd, kEmbd);
        }
        vector("blk.0.ffn_norm.weight");
        matrix("blk.0.ffn_gate.weight", kFf, kEmbd);
        matrix("blk.0.ffn_up.weight", kFf, kEmbd);
        matrix("blk.0.ffn_down.weight", kEmbd, kFf);
        return b.build();
    }
};

}  // namespace quern::test
