// --method taken apart: transforms in their order, then one rounding.
#pragma once

#include <string>
#include <vector>

#include "quantize/quantize.h"

namespace quern {

struct MethodSpec {
    std::vector<const Transform*> transforms;
    const Method* rounding = nullptr;

    /// The most that any part wants to know.
    Needs needs() const;
};

/// "awq+gptq", "gptq", "awq" (rounds with rtn).
Result<MethodSpec> parse_method(const std::string& text);

/// Options that have no effect on this rounding are refused.
Status check_rounding_options(const MethodSpec& spec, const RoundingOptions& options);

}  // namespace quern
