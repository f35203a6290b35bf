// A tiny seeded llama written to a .quern file: the model of tests/goldens/make_llama_golden.py.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/aligned.h"
#include "support/pseudo_random.h"
#include "support/temp_dir.h"
#include "tensor/quern_writer.h"

namespace quern::test {

/// A file that disappears with its owner.
class TemporaryFile {
  public:
    explicit TemporaryFile(const std::string& name) : path_(folder_.file(name)) {}
    const std::string& path() const { return path_; }

  private:
    TempDir folder_;
    std::string path_;
};

struct TinyLlama {
    static constexpr int64_t kVocab = 61, kEmbd = 32, kLayers = 2, kHeads = 4, kKvHeads = 2,
                             kFf = 44;
    static constexpr int64_t kHeadDim = 8;

    /// Matrices in `format`; vectors stay f32.
    static void write(const std::string& path, const std::string& format = "f32") {
        Metadata m;
        m.set_string("general.architecture", "llama");
        m.set_u64("llama.block_count", kLayers);
        m.set_u64("llama.context_length", 128);
        m.set_u64("llama.embedding_length", kEmbd);
        m.set_u64("llama.feed_forward_length", kFf);
        m.set_u64("llama.attention.head_count", kHeads);
        m.set_u64("llama.attention.head_count_kv", kKvHeads);
        m.set_u64("llama.vocab_size", kVocab);
        MetaValue eps{MetaType::kF32, {}, 1e-5};
        m.set("llama.attention.layer_norm_rms_epsilon", eps);
        auto writer = QuernWriter::create(path, m);
        REQUIRE(writer.ok());
        TinyLlama out{**writer, *find_format(format)};
        out.matrix("token_embd.weight", kVocab, kEmbd, 2);
        out.vector("output_norm.weight", kEmbd);
        out.matrix("output.weight", kVocab, kEmbd, 2);
        for (int64_t i = 0; i < kLayers; ++i) {
            const std::string block = "blk." + std::to_string(i) + ".";
            out.vector(block + "attn_norm.weight", kEmbd);
            out.matrix(block + "attn_q.weight", kHeads * kHeadDim, kEmbd);
            out.matrix(block + "attn_k.weight", kKvHeads * kHeadDim, kEmbd);
            out.matrix(block + "attn_v.weight", kKvHeads * kHeadDim, kEmbd);
            out.matrix(block + "attn_output.weight", kEmbd, kHeads * kHeadDim);
            out.vector(block + "ffn_norm.weight", kEmbd);
            out.matrix(block + "ffn_gate.weight", kFf, kEmbd);
            out.matrix(block + "ffn_up.weight", kFf, kEmbd);
            out.matrix(block + "ffn_down.weight", kEmbd, kFf);
        }
        REQUIRE(out.writer.finish().ok());
    }

    QuernWriter& writer;
    const Format& format;
    uint64_t seed = 100;

    void matrix(const std::string& name, int64_t rows, int64_t cols, float gain = 1) {
        std::vector<float> w = uniform(++seed, rows * cols);
        for (float& v : w) v *= gain;
        REQUIRE(writer.begin_tensor(name, 2, {rows, cols, 1, 1}, format).ok());
        for (int64_t r = 0; r < rows; r += kTileRows) {
            Aligned tile(format.tile_bytes(format, cols));
            format.encode_tile(&w[r * cols], std::min(kTileRows, rows - r), cols, tile.data());
            REQUIRE(writer.append(tile.data(), format.tile_bytes(format, cols)).ok());
        }
        REQUIRE(writer.end_tensor({}).ok());
    }
    void vector(const std::string& name, int64_t cols) {
        std::vector<float> w = uniform(++seed, cols);
        for (float& v : w) v += 1;
        REQUIRE(writer.begin_tensor(name, 1, {cols, 1, 1, 1}, *find_format("f32")).ok());
        REQUIRE(writer.append(reinterpret_cast<const uint8_t*>(w.data()), w.size() * 4).ok());
        REQUIRE(writer.end_tensor({}).ok());
    }
};

}  // namespace quern::test
