// --cache-k and --cache-v: the formats of the KV cache, the same in every program that runs a
// model.
#pragma once

#include <vector>

#include "common/options.h"
#include "models/session.h"

namespace quern::cli {

/// Both options; they fill in cache_keys and cache_values, whose values are the default.
std::vector<Option> cache_options(SessionOptions* target);

}  // namespace quern::cli
