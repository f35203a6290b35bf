// Text from a file: the input of evaluation and calibration.
#pragma once

#include <string>

#include "tensor/status.h"

namespace quern::cli {

/// The whole file, which must be UTF-8 and not empty. "-" reads the standard input.
Result<std::string> read_text_file(const std::string& path);

}  // namespace quern::cli
