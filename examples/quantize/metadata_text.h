// Metadata values for people and as JSON. Long arrays and texts are shortened: a vocabulary has a
// hundred thousand entries.
#pragma once

#include <string>

#include "common/json.h"
#include "tensor/metadata.h"

namespace quern {

/// "u32", "array of 49152 string".
std::string metadata_type(const MetaValue& value);
/// The value on one line, at most `limit` characters for a text; arrays show their first elements.
std::string metadata_text(const MetaValue& value, size_t limit);
/// Scalars as JSON values, arrays as {"length": N, "first": [...]}.
void metadata_json(cli::Json* json, const MetaValue& value);

}  // namespace quern
