// Metadata in bytes, the same in GGUF and .quern files. An entry is
//   key string | u32 type | value        scalar: 1, 2, 4 or 8 bytes; string: u64 length, bytes
//                                        array: u32 element type, u64 count, elements
// with MetaType's numbers as types (GGUF specification, ggml/docs/gguf.md).
#pragma once

#include <cstdint>
#include <string>

#include "files/byte_reader.h"
#include "files/byte_writer.h"
#include "tensor/metadata.h"

namespace quern {

/// Reads `count` entries into an empty `out`.
Status read_metadata(ByteReader& in, uint64_t count, Metadata* out);

/// Appends all entries to out. Fails if a value does not fit its type, or if the reader would
/// refuse them; `path` is for the message.
Status write_metadata(const Metadata& metadata, const std::string& path, ByteWriter* out);

}  // namespace quern
