// --method taken apart: transforms in their order, then one rounding.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "quantize/quantize.h"

namespace quern {

struct MethodSpec {
    std::vector<const Transform*> transforms;
    const Method* rounding = nullptr;

    /// The most that any part wants to know.
    Needs needs() const;
    bool has(std::string_view transform) const;
};

/// "awq+gptq", "gptq", "awq" (rounds with rtn). A transform can be there once.
Result<MethodSpec> parse_method(const std::string& text);

/// Does a run with these options want its formats chosen?
bool wants_allocation(const QuantizeOptions& options);
/// Does it round layer by layer, on measured activations?
bool needs_calibration(const MethodSpec& spec, const QuantizeOptions& options);

/// Options that have no effect on this rounding, or are of transforms that are not there, are
/// refused, and values out of their range.
Status check_method_options(const MethodSpec& spec, const QuantizeOptions& options);

}  // namespace quern
