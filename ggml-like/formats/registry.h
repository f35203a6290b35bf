// The lists that make up the registry of formats; registry.cpp joins them.
#pragma once

#include <vector>

#include "tensor/format.h"

namespace quern {

std::vector<Format> real_formats();   // real.cpp
std::vector<Format> block_formats();  // block.cpp

}  // namespace quern
