// The methods, one file each in this folder; registry.cpp lists them.
#pragma once

#include "quantize/method.h"

namespace quern {

Method rtn_method();

}  // namespace quern
