// Model files, written one tensor at a time in bounded memory: one interface over .quern
// (tensor/quern_writer.h) and GGUF (tensor/gguf_writer.h). Everything goes to a temporary name
// beside the path; finish() completes, syncs and renames the file, so a reader sees the whole file
// or none. Destruction without finish() removes the temporary file.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "tensor/format.h"
#include "tensor/model_file.h"
#include "tensor/status.h"

namespace quern {

class ModelWriter {
  public:
    virtual ~ModelWriter() = default;
    /// Starts a tensor. rank 1: plain f32 (format must be f32); rank 2: tiles of `format`.
    virtual Status begin_tensor(const std::string& name, int rank,
                                const std::array<int64_t, 4>& shape, const Format& format) = 0;
    /// Appends bytes to the current tensor, of a matrix whole tiles.
    virtual Status append(const uint8_t* data, uint64_t bytes) = 0;
    /// Ends the current tensor; fails if it did not get exactly the bytes its shape asks for.
    virtual Status end_tensor(const Provenance& provenance) = 0;
    virtual Status finish() = 0;
    /// Size of the finished file, valid after finish().
    virtual uint64_t file_bytes() const = 0;
};

}  // namespace quern
