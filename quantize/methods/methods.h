// The methods, one file each in this folder; registry.cpp lists them.
#pragma once

#include "quantize/method.h"

namespace quern {

Method rtn_method();
Method gptq_method();

/// What RTN prepares, and what other methods fall back to.
std::unique_ptr<const Rounding> nearest_rounding(const Format& format,
                                                 const InputStatistics* statistics,
                                                 GridChoice grid);

}  // namespace quern
