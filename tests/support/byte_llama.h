// A tiny seeded llama as a GGUF file, with a token per byte and ChatML: for tests of what works on
// text.
#pragma once

#include <string>
#include <vector>

#include "support/gguf_builder.h"
#include "support/pseudo_random.h"

namespace quern::test {

/// GPT-2's alphabet: bytes that are printable in Latin-1 stand for themselves, the others are
/// numbered from U+0100. Then the control tokens of ChatML.
inline std::vector<std::string> byte_tokens() {
    std::vector<std::string> tokens;
    uint32_t next = 0x100;
    for (uint32_t b = 0; b < 256; ++b) {
        const bool itself = (b >= 0x21 && b <= 0x7E) || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
        const uint32_t c = itself ? b : next++;
        std::string text;
        if (c < 0x80) {
            text += static_cast<char>(c);
        } else {
            text += static_cast<char>(0xC0 | (c >> 6));
            text += static_cast<char>(0x80 | (c & 0x3F));
        }
        tokens.push_back(text);
    }
    tokens.push_back("<|im_start|>");
    tokens.push_back("<|im_end|>");
    tokens.push_back("ab");  // what the one merge makes
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
