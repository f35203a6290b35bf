// A loaded language model: configuration, weights, tokenizer, chat template. Immutable after load
// and safe to share between threads; every Session keeps it alive.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "models/chat_template.h"
#include "models/tokenizer.h"
#include "tensor/model_file.h"
#include "tensor/status.h"

namespace quern {

class Architecture;  // arch/architecture.h: config, weights and forward of one family
class Weights;       // arch/weights.h: the tensors, mapped or packed

struct ModelOptions {
    bool map = true;               ///< false: private copy in memory instead of a file mapping
    bool allow_nonfinite = false;  ///< let NaN and infinite scales pass
    /// Products with block formats take int8 inputs, those with bf16 and f8 bf16; where the CPU has
    /// a dot product of bf16, f16 weights are rounded to it and take bf16, too.
    ///
    /// Matrices whose products quantize their inputs (Format::inputs) are expanded to f32 in
    /// memory, so that they take them as they are: the error of the weights without that of int8 or
    /// bf16. Up to 8 times the memory. f16 stays as it is, and is not rounded to bf16.
    bool exact_inputs = false;
    bool need_tokenizer =
        true;         ///< false: one that cannot be read is no error; for work on ids only
    int threads = 0;  ///< for loading, up to 1024; 0: default_threads()
};

/// Sizes that every architecture has.
struct ModelShape {
    int64_t n_layers = 0, n_embd = 0, n_heads = 0, n_kv_heads = 0, head_dim = 0, n_ff = 0;
    int64_t vocab_size = 0;
    int64_t context_length = 0;  ///< tokens it was trained for
};

struct ModelInfo : ModelShape {
    std::string name;  ///< general.name, or the file's name; quoted if it is not fit to be printed
    std::string architecture;   ///< "llama"
    int64_t n_parameters = 0;   ///< weights in all tensors
    uint64_t weight_bytes = 0;  ///< of all tensors as held in memory (mapped or not)
    /// Identity: XXH64 over metadata and tensor directory (names, types, shapes, checksums; samples
    /// of the data where a file has no checksums).
    uint64_t hash = 0;
};

class Model {
  public:
    static Result<std::shared_ptr<const Model>> load(const std::string& path,
                                                     const ModelOptions& options);
    /// Of a file that is open already, or made in memory.
    static Result<std::shared_ptr<const Model>> load(std::unique_ptr<ModelFile> file,
                                                     const ModelOptions& options);
    ~Model();

    const ModelInfo& info() const { return info_; }
    const ModelFile& file() const { return *file_; }
    /// Absent only if ModelOptions::need_tokenizer was false.
    const Tokenizer& tokenizer() const { return *tokenizer_; }
    /// nullptr if the model has none or an unknown one; chat_template_error() says which.
    const ChatTemplate* chat_template() const { return chat_template_.get(); }
    const Status& chat_template_error() const { return chat_template_error_; }
    const Architecture& architecture() const { return *architecture_; }

  private:
    Model() = default;
    std::unique_ptr<ModelFile> file_;
    std::unique_ptr<Weights> weights_;
    std::unique_ptr<Architecture> architecture_;
    std::unique_ptr<Tokenizer> tokenizer_;
    std::unique_ptr<ChatTemplate> chat_template_;
    Status chat_template_error_;
    ModelInfo info_;
};

}  // namespace quern
