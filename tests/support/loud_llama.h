// A small seeded llama whose channels differ much in size, as in real models, with a tokenizer of
// single bytes, as a GGUF file: what calibration needs.
#pragma once

#include <string>
#include <vector>

#include "support/byte_alphabet.h"
#include "support/gguf_builder.h"
#include "support/pseudo_random.h"

namespace quern::test {

struct LoudLlama {
    int64_t embd = 64, layers = 3, heads = 4, kv_heads = 2, ff = 96;
    static constexpr int64_t kVocab = 256;
    int64_t embedding_rows = kVocab;  ///< fewer than tokens in a damaged file
    uint64_t seed = 900;
    bool tied = true;  ///< the head is the embedding

    std::string build() const {
        GgufBuilder gguf;
        gguf.string("general.architecture", "llama");
        const auto set = [&](const char* key, int64_t value) {
            gguf.u32(std::string("llama.") + key, static_cast<uint32_t>(value));
        };
        set("block_count", layers);
        set("vocab_size", embedding_rows);
        set("context_length", 128);
        set("embedding_length", embd);
        set("feed_forward_length", ff);
        set("attention.head_count", heads);
        set("attention.head_count_kv", kv_heads);
        gguf.f32("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        gguf.string("tokenizer.ggml.model", "gpt2").string("tokenizer.ggml.pre", "gpt-2");
        gguf.strings("tokenizer.ggml.tokens", byte_alphabet());
        gguf.array("tokenizer.ggml.token_type", 5, std::vector<int32_t>(kVocab, 1));
        gguf.strings("tokenizer.ggml.merges", {});
        gguf.u32("tokenizer.ggml.eos_token_id", 0);
        add_tensors(&gguf);
        return gguf.build();
    }

  private:
    void add_tensors(GgufBuilder* gguf) const {
        uint64_t next = seed;
        const int64_t kv = embd / heads * kv_heads;
        const auto matrix = [&](const std::string& name, int64_t rows, int64_t cols) {
            std::vector<float> w = uniform(++next, rows * cols);
            for (float& v : w) v *= 0.5f;
            gguf->tensor_f32(name, {static_cast<uint64_t>(cols), static_cast<uint64_t>(rows)}, w);
        };
        // Some channels are far louder than others, as in real models.
        const auto norm = [&](const std::string& name) {
            std::vector<float> w = uniform(++next, embd);
            for (size_t i = 0; i < w.size(); ++i) w[i] = (1 + w[i]) * (i % 9 == 0 ? 6.0f : 1.0f);
            gguf->tensor_f32(name, {static_cast<uint64_t>(embd)}, w);
        };
        matrix("token_embd.weight", embedding_rows, embd);
        norm("output_norm.weight");
        if (!tied) matrix("output.weight", embedding_rows, embd);
        for (int64_t i = 0; i < layers; ++i) {
            const std::string block = "blk." + std::to_string(i) + ".";
            norm(block + "attn_norm.weight");
            matrix(block + "attn_q.weight", embd, embd);
            matrix(block + "attn_k.weight", kv, embd);
            matrix(block + "attn_v.weight", kv, embd);
            matrix(block + "attn_output.weight", embd, embd);
            norm(block + "ffn_norm.weight");
            matrix(block + "ffn_gate.weight", ff, embd);
            matrix(block + "ffn_up.weight", ff, embd);
            matrix(block + "ffn_down.weight", embd, ff);
        }
    }
};

}  // namespace quern::test
