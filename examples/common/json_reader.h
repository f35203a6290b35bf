// A reader of JSON (RFC 8259) for small untrusted texts, such as a line of a file: strict, nesting
// limited, duplicate names refused. The text must be valid UTF-8, which read_text_file() checks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tensor/status.h"

namespace quern::cli {

struct JsonValue {
    enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };
    Kind kind = Kind::kNull;
    bool truth = false;
    double number = 0;
    std::string text;
    std::vector<JsonValue> items;    ///< of an array or an object
    std::vector<std::string> names;  ///< of an object's items

    /// An item of an object by name; nullptr if there is none, or if this is no object.
    const JsonValue* find(std::string_view name) const;
};

/// Exactly one value. kBadFile names the column (in bytes, from 1), what was found and expected.
Result<JsonValue> parse_json(std::string_view text);

}  // namespace quern::cli
