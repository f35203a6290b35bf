// The registry of methods: adding one is its file and a line here.
#include "methods/methods.h"

namespace quern {

std::span<const Method> methods() {
    static const Method kMethods[] = {rtn_method(), gptq_method()};
    return kMethods;
}

const Method* find_method(std::string_view name) {
    for (const Method& m : methods()) {
        if (m.name == name) return &m;
    }
    return nullptr;
}

Status check_damping(const RoundingOptions& options) {
    if (options.damping >= 0 && options.damping <= 1) return {};
    return {Code::kWrongUse, "damping " + std::to_string(options.damping) +
                                 " is outside of 0 to 1; 0.01 suits nearly every model"};
}

}  // namespace quern
