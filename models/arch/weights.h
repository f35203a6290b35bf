// Binds a model's weights by name, with their exact shapes. Matrices of a .quern file are used in
// place, those of a GGUF file are packed into tiles in memory of our own. Asking never fails: the
// first problem is remembered and returned by load(), so that binding code reads straight down.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "tensor/aligned_memory.h"
#include "tensor/model_file.h"
#include "tensor/tensor.h"

namespace quern {

class Weights {
  public:
    /// `exact_inputs`: as in ModelOptions.
    Weights(const ModelFile& file, bool allow_nonfinite, bool exact_inputs = false)
        : file_(file),
          allow_nonfinite_(allow_nonfinite),
          exact_inputs_(exact_inputs),
          bound_(file.tensors().size()) {}

    /// A matrix [rows, cols]. The tensor lives as long as this object. `exact`: its products never
    /// round f16.
    const Tensor* matrix(const std::string& name, int64_t rows, int64_t cols, bool exact = false);
    /// A vector of `cols` f32 values, as a tensor [1, cols]. load() checks its values.
    using Check = std::function<Status(const Tensor&)>;
    const Tensor* vector(const std::string& name, int64_t cols, Check check = nullptr);
    /// Of a vector that the file has: its number of values.
    int64_t length(const std::string& name) const { return file_.find(name)->cols(); }
    bool has(const std::string& name) const { return file_.find(name) != nullptr; }

    /// After binding: refuses tensors that are missing, misshapen, or that nobody asked for.
    Status check_bound();
    /// check_bound(), then packs and checks all tensors with `threads` workers.
    Status load(int threads);
    /// Instead of load(), tensor by tensor: the values of a bound tensor are at `data`, in tiles of
    /// `format` (a vector: f32). The caller keeps the memory and records graphs afterwards.
    void place(const std::string& name, const Format& format, std::byte* data);
    uint64_t bytes() const { return bytes_; }

  private:
    const FileTensor* find(const std::string& name, int rank, int64_t rows, int64_t cols);
    Tensor* append(const FileTensor& source);
    std::byte* allocate(uint64_t bytes);
    void fail(std::string message);
    Status load_tiles(size_t i, int64_t begin, int64_t end);
    Status expand_tiles(const FileTensor& source, int64_t begin, int64_t end,
                        const Tensor& t) const;

    const ModelFile& file_;
    bool allow_nonfinite_;
    bool exact_inputs_;
    std::vector<bool> bound_;  ///< of the file's tensors, same index
    std::deque<Tensor> tensors_;
    std::vector<const FileTensor*> sources_;  ///< of tensors_, same index
    std::vector<Check> checks_;               ///< the same
    std::vector<AlignedMemory> memory_;
    uint64_t bytes_ = 0;
    Status error_;
};

}  // namespace quern
