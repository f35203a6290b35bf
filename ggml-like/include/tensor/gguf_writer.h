// Writes a GGUF v3 file that holds exactly the values of Quern's tensors, where GGUF has a type
// for their format: plain floats, and blocks of 32 codes for symmetric and minimum formats of 4, 5
// and 8 bits with groups of 32 or more (a group's scale is repeated in each of its blocks). The
// tensors are named beforehand, since GGUF describes them in front of the data; what cannot be held
// is refused then, before a file exists. Provenance goes to a key of Quern's own
// (files/gguf_report.h); checksums have no place in GGUF.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "tensor/metadata.h"
#include "tensor/model_writer.h"
#include "tensor/status.h"

namespace quern {

/// A tensor that will be written.
struct GgufSource {
    std::string name;
    int rank = 0;  ///< 1: f32; 2: a matrix in tiles of `format`
    std::array<int64_t, 4> shape{1, 1, 1, 1};
    const Format* format = nullptr;
};

/// What becomes of it in the file.
struct GgufStorage {
    std::string_view type;  ///< "Q4_1"
    uint64_t bytes = 0;
};

class GgufWriter : public ModelWriter {
  public:
    /// `path` is for the message if no type holds the tensor exactly, kWrongUse: it names the
    /// tensor, its format and those that fit.
    static Result<GgufStorage> storage(const std::string& path, const GgufSource& tensor);

    /// All tensors in the order in which they will be written. Metadata passes through, except that
    /// general.file_type, .quantization_version and .alignment tell about this file.
    static Result<std::unique_ptr<GgufWriter>> create(const std::string& path,
                                                      const Metadata& metadata,
                                                      std::span<const GgufSource> tensors);
};

}  // namespace quern
