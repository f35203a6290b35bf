// The commands of quern-quantize: one file makes each, main.cpp lists them.
#pragma once

#include "common/program.h"

namespace quern {

cli::Command quantize_command();  ///< the one without a name
cli::Command convert_command();
cli::Command inspect_command();
cli::Command verify_command();
cli::Command formats_command();
cli::Command methods_command();

}  // namespace quern
