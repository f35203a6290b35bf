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

}  // namespace quern
