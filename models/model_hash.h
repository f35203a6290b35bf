// The identity of a model file: what a saved chat belongs to.
#pragma once

#include <cstdint>

#include "tensor/model_file.h"

namespace quern {

/// XXH64 over metadata and tensor directory. Tensors without a checksum are sampled in a few
/// places.
uint64_t hash_model(const ModelFile& file);

}  // namespace quern
