// GGUF's tensor types: sizes of all, and how to read and write those that a Quern format holds
// exactly. Adding one is a row in gguf_types.cpp and the functions that take its blocks apart and
// put them together.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tensor/block.h"

namespace quern {

struct GgufType {
    uint32_t id;            ///< in the file
    std::string_view name;  ///< "Q4_1"
    uint32_t block_elements;
    uint32_t block_bytes;
    /// The Quern format that holds it exactly; empty: cannot be read yet.
    std::string_view format;
    /// Takes one row of stored blocks apart into out, sized for `format`. nullptr for other types.
    void (*to_blocks)(const uint8_t* stored, int64_t cols, BlockRow* out);
    /// Expands one row of plain floating-point numbers. nullptr for other types.
    void (*to_values)(const uint8_t* stored, int64_t cols, float* out);
    /// The inverse of to_blocks for a row with one scale for every `group` elements, a multiple of
    /// block_elements.
    void (*from_blocks)(const BlockRow& in, int64_t group, int64_t cols, uint8_t* stored) = nullptr;
    uint32_t file_type = 0;  ///< general.file_type of a file mostly of this type; of readable types

    bool readable() const { return to_blocks || to_values; }
    /// Of a row; cols must be a multiple of block_elements.
    uint64_t row_bytes(int64_t cols) const {
        return static_cast<uint64_t>(cols) / block_elements * block_bytes;
    }
};

std::span<const GgufType> gguf_types();
const GgufType* find_gguf_type(uint32_t id);
const GgufType* find_gguf_type(std::string_view name);
/// The type that holds matrices of the format exactly, if their rows are whole blocks; nullptr:
/// none.
const GgufType* gguf_type_for(const Format& format);

/// "type Q4_K is not supported yet; ..." with the types that are.
std::string gguf_unsupported_text(std::string_view name);

}  // namespace quern
