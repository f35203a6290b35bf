// What is known of the input is compared before it is used.
#pragma once

#include "tensor/model_file.h"

namespace quern {

/// A .quern file has checksums, and damage must not be passed on under a new one.
inline Status verify_input(const ModelFile& in, const FileTensor& tensor) {
    return in.is_tiled() ? in.verify_tensor(tensor) : Status();
}

}  // namespace quern
