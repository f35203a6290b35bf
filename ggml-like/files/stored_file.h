// What the readers of all file kinds share: the mapped bytes and the checks of the tensor
// directory. Each kind of check exists once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "files/mapped_file.h"
#include "tensor/model_file.h"

namespace quern {

/// "tensor 'blk.0.attn_q.weight'", for messages.
std::string tensor_text(std::string_view name);

/// Name, rank and dimensions within the caps of limits.h, the product of dimensions included.
Status check_tensor_shape(const std::string& path, const FileTensor& tensor);

class StoredFile : public ModelFile {
  public:
    Status check_unchanged() const override { return file_.check_unchanged(path_); }

  protected:
    StoredFile(MappedFile file, const std::string& path, const Options& options);

    /// Completes tensors_, whose sizes are known and whose offsets in the file are given: refuses
    /// duplicate names and data that is misaligned, overlaps or leaves [begin, end); sets data.
    Status place_tensors(const std::vector<uint64_t>& offsets, uint64_t alignment, uint64_t begin,
                         uint64_t end);

    /// May tiles [begin, end) of the tensor be packed: rank 2, a known format, in range, the file
    /// still whole?
    Status check_tiles(const FileTensor& tensor, int64_t begin, int64_t end) const;
    /// May the tensor be read as a vector?
    Status check_vector(const FileTensor& tensor) const;

    /// "<path>: tensor 'x': <detail>".
    Status tensor_error(const FileTensor& tensor, const std::string& detail) const;
    Status nonfinite_error(const FileTensor& tensor, int64_t row, const std::string& what) const;
    /// Are the n values of row `row` finite, or need not be?
    Status check_values_finite(const FileTensor& tensor, int64_t row, const float* values,
                               int64_t n) const;

    MappedFile file_;
    bool allow_nonfinite_;

  private:
    Status index_names();
    Status check_disjoint(const std::vector<uint64_t>& offsets) const;
};

}  // namespace quern
