// A model whose residual stream is rotated: x' = Q x (tensor/rotation.h) between the embedding and
// the final norm. Layers store weights that expect and make x', so only the two ends have work to
// do; embedding and head stay as they are and may be one matrix (QuaRot, Ashkboos et al. 2024,
// 2404.00456, section 4, rotates them too). The key ARCH.residual_rotation holds Q's seed.
#pragma once

#include <optional>
#include <string>

#include "tensor/metadata.h"
#include "tensor/rotation.h"
#include "tensor/status.h"

namespace quern {

inline constexpr int64_t kMaxRotationSeed = (int64_t{1} << 32) - 1;  ///< the least is 1

std::string residual_rotation_key(const std::string& architecture);

/// Nothing if the file does not have the key.
Result<std::optional<Rotation>> read_residual_rotation(const Metadata& metadata,
                                                       const std::string& architecture,
                                                       int64_t n_embd);

/// The key of a model that is rotated, by its general.architecture; empty: it is not.
std::string find_residual_rotation(const Metadata& metadata);

}  // namespace quern
