// Typed key/value metadata of a model file. GGUF's types, numbering and key names are used for both
// file kinds, so architectures and tokenizers read one vocabulary of keys ("llama.block_count").
// Getters check type and range and return messages that name the key, found and expected.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "tensor/status.h"
#include "tensor/string_list.h"

namespace quern {

/// GGUF's value types; the numbers are those in the file.
enum class MetaType : uint8_t {
    kU8 = 0,
    kI8,
    kU16,
    kI16,
    kU32,
    kI32,
    kF32,
    kBool,
    kString,
    kArray,
    kU64,
    kI64,
    kF64,
};
std::string_view meta_type_name(MetaType type);

/// A value: integers widen to 64 bits (bool is 0 or 1), f32 to double; `type` keeps the stored
/// type. An array of strings that was read from a file is a view of the file.
struct MetaValue {
    MetaType type = MetaType::kU64;
    MetaType element = MetaType::kU64;  ///< of an array; arrays of arrays are not supported
    std::variant<uint64_t, int64_t, double, std::string, std::vector<uint64_t>,
                 std::vector<int64_t>, std::vector<double>, StringList>
        value;
};

class Metadata {
  public:
    /// Adds a key; false if it is there already.
    bool add(std::string key, MetaValue value);
    /// Adds or replaces.
    void set(std::string key, MetaValue value);
    void set_string(std::string key, std::string value);
    void set_u64(std::string key, uint64_t value);
    void set_strings(std::string key, const std::vector<std::string>& values);
    /// Does nothing if there is no such key.
    void remove(std::string_view key);

    const MetaValue* find(std::string_view key) const;
    const std::vector<std::pair<std::string, MetaValue>>& entries() const { return entries_; }

    /// Any integer type, in [min, max]; a missing key is an error unless `fallback` is given.
    Result<int64_t> get_int(std::string_view key, int64_t min, int64_t max,
                            std::optional<int64_t> fallback = {}) const;
    /// A finite number in [min, max].
    Result<double> get_real(std::string_view key, double min, double max,
                            std::optional<double> fallback = {}) const;
    Result<bool> get_bool(std::string_view key, std::optional<bool> fallback = {}) const;
    Result<std::string> get_string(std::string_view key,
                                   std::optional<std::string> fallback = {}) const;
    /// Arrays; a missing key is an error. The pointer lives as long as the metadata is not changed.
    Result<const StringList*> get_strings(std::string_view key) const;
    /// Any integer element type, widened.
    Result<std::vector<int64_t>> get_ints(std::string_view key) const;

  private:
    std::vector<std::pair<std::string, MetaValue>>
        entries_;  // in file order; looked up by a sorted index
    std::vector<uint32_t> sorted_;
};

}  // namespace quern
