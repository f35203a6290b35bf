// Model files, read: one interface over GGUF v2/v3 (files/gguf.cpp) and .quern
// (files/quern_reader.cpp). Files are untrusted: open() validates the whole structure (counts
// against remaining bytes before any allocation, checked arithmetic, caps, offsets, overlap,
// duplicate names) before it returns. An open ModelFile is immutable and safe to share between
// threads.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/format.h"
#include "tensor/metadata.h"
#include "tensor/status.h"

namespace quern {

/// Where a tensor's values came from; empty in GGUF files that Quern has not made.
struct Provenance {
    std::string source;       ///< format before quantization, e.g. "f16", "GGUF Q4_1"
    std::string method;       ///< "rtn", "convert", ...
    std::string settings;     ///< method settings, free text
    std::string calibration;  ///< hash of the calibration text, or empty
    double relative_error =
        -1;  ///< sqrt(sum (w-w')^2 / sum w^2) against the source; -1: not measured
};

/// One tensor of a file. Rank 1 (norms, biases) is plain f32 in memory; rank 2 is [rows, cols] in
/// tiles of `format`; other ranks are listed but cannot be packed.
struct FileTensor {
    std::string name;
    int rank = 0;
    std::array<int64_t, 4> shape{1, 1, 1, 1};  ///< shape[0..rank), outermost first: {rows, cols}
    std::string stored_as;           ///< the file's own name for the type: "Q4_1", "q4m_g32"
    const Format* format = nullptr;  ///< in memory; for GGUF types the format that holds them
                                     ///< exactly (vectors: f32), nullptr if this type or rank
                                     ///< cannot be read
    const uint8_t* data = nullptr;   ///< the stored bytes, inside the mapping
    uint64_t bytes = 0;
    uint64_t checksum = 0;  ///< XXH64 of the stored bytes (.quern only)
    Provenance provenance;

    int64_t rows() const { return rank == 2 ? shape[0] : 1; }
    int64_t cols() const { return rank == 2 ? shape[1] : shape[0]; }
    int64_t elements() const { return shape[0] * shape[1] * shape[2] * shape[3]; }
};

class ModelFile {
  public:
    struct Options {
        bool map =
            true;  ///< false: read a private copy (for files that others may shrink or replace)
        bool allow_nonfinite = false;  ///< let NaN and infinite scales and weights pass
    };
    /// Recognises the kind by the magic bytes, never by the name.
    static Result<std::unique_ptr<ModelFile>> open(const std::string& path, const Options& options);
    virtual ~ModelFile() = default;

    const std::string& path() const { return path_; }
    /// "GGUF v3", ".quern v2"
    const std::string& kind() const { return kind_; }
    uint64_t file_bytes() const { return file_bytes_; }
    /// Its arrays of strings are views of the file, also in copies: valid as long as this
    /// ModelFile, and in a mapped file only while check_unchanged() holds.
    const Metadata& metadata() const { return metadata_; }
    std::span<const FileTensor> tensors() const { return tensors_; }
    const FileTensor* find(std::string_view name) const;

    /// True if rank-2 data is already in tiles of `format`, so that data can be used in place.
    virtual bool is_tiled() const = 0;
    /// Writes tiles [begin, end) of a rank-2 tensor to out, losslessly. Thread-safe.
    virtual Status pack_tiles(const FileTensor& tensor, int64_t begin, int64_t end,
                              uint8_t* out) const = 0;
    /// Expands a rank-1 tensor to f32.
    virtual Status read_vector(const FileTensor& tensor, float* out) const = 0;
    /// Compares the tensor's checksum and looks for values that are not finite; GGUF has no
    /// checksums.
    virtual Status verify_tensor(const FileTensor& tensor) const = 0;
    /// Fails if the file's size changed since it was opened: a read of a vanished page would kill
    /// the process. Call before a longer use of the data; always succeeds for private copies.
    virtual Status check_unchanged() const = 0;

  protected:
    std::string path_;
    std::string kind_;
    uint64_t file_bytes_ = 0;
    Metadata metadata_;
    std::vector<FileTensor> tensors_;  // in file order; sorted_ looks names up
    std::vector<uint32_t> sorted_;
};

}  // namespace quern
