// The commands of quern-eval: one file makes each, main.cpp lists them.
#pragma once

#include "common/program.h"

namespace quern {

cli::Command perplexity_command();
cli::Command kl_command();
cli::Command choice_command();
cli::Command compare_command();

}  // namespace quern
