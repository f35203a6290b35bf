// Small models in memory for the tests of quantization: f32 GGUF files with a few matrices.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "quantize/quantize.h"
#include "support/check_status.h"
#include "support/gguf_builder.h"
#include "support/pseudo_random.h"
#include "support/read_tensor.h"
#include "support/temp_dir.h"

namespace quern::test {

/// n numbers of N(0, 1), by Box and Muller.
inline std::vector<float> gaussian(uint64_t seed, int64_t n) {
    constexpr double kTwoPi = 6.283185307179586;
    const std::vector<float> u = uniform(seed, 2 * n);
    std::vector<float> v(static_cast<size_t>(n));
    for (size_t i = 0; i < v.size(); ++i) {
        const double radius = std::sqrt(-2 * std::log(static_cast<double>(u[2 * i]) + 0.5 + 1e-9));
        v[i] = static_cast<float>(radius * std::cos(kTwoPi * static_cast<double>(u[2 * i + 1])));
    }
    return v;
}

inline uint64_t size_of(int64_t n) { return static_cast<uint64_t>(n); }

/// A GGUF file of one f32 matrix "blk.0.attn_q.weight" [rows, cols].
inline GgufBuilder one_matrix(const std::vector<float>& values, int64_t rows, int64_t cols) {
    GgufBuilder gguf;
    gguf.string("general.architecture", "llama");
    gguf.tensor_f32("blk.0.attn_q.weight", {size_of(cols), size_of(rows)}, values);
    return gguf;
}

/// Embedding, attention, MLP, norm and head, with odd shapes.
inline GgufBuilder small_model() {
    GgufBuilder gguf;
    gguf.string("general.architecture", "llama").u32("general.file_type", 0);
    gguf.strings("tokenizer.ggml.tokens", {"a", "b"});
    struct Matrix {
        const char* name;
        int64_t rows, cols;
    };
    uint64_t seed = 1;
    for (const Matrix& m :
         {Matrix{"token_embd.weight", 50, 96}, Matrix{"blk.0.attn_q.weight", 96, 96},
          Matrix{"blk.0.ffn_down.weight", 96, 200}, Matrix{"output.weight", 50, 96}}) {
        gguf.tensor_f32(m.name, {size_of(m.cols), size_of(m.rows)},
                        gaussian(seed++, m.rows * m.cols));
    }
    gguf.tensor_f32("blk.0.attn_norm.weight", {96}, gaussian(seed, 96));
    return gguf;
}

inline std::unique_ptr<ModelFile> open_model(const std::string& path) {
    auto file = ModelFile::open(path, {});
    check_ok(file.status());
    REQUIRE(file.ok());
    return std::move(*file);
}

inline std::vector<float> values_of(const ModelFile& file, const std::string& name) {
    const FileTensor* t = file.find(name);
    REQUIRE(t != nullptr);
    return values_of(file, *t);
}

inline QuantizeOptions with_format(const std::string& format) {
    QuantizeOptions options;
    options.recipe = default_recipe(*find_format(format), {});
    options.threads = 1;
    return options;
}

/// Quantizes and expects success.
inline QuantizeReport quantized(const std::string& in, const std::string& out,
                                const QuantizeOptions& options) {
    auto report = quantize_file(in, out, options);
    check_ok(report.status());
    REQUIRE(report.ok());
    return *report;
}

}  // namespace quern::test
