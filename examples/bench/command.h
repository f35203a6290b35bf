// The command of quern-bench: command.cpp makes it, main.cpp runs it.
#pragma once

#include "common/program.h"

namespace quern {

cli::Command bench_command();

}  // namespace quern
