// Parsing of --method.
#include "method_spec.h"

#include <algorithm>
#include <utility>

namespace quern {
namespace {

Status unknown(const std::string& part, const std::string& text) {
    std::string known;
    for (const Method& m : methods()) known += (known.empty() ? "" : ", ") + std::string(m.name);
    std::string before;
    for (const Transform& t : transforms()) {
        before += (before.empty() ? "" : ", ") + std::string(t.name);
    }
    return {Code::kWrongUse, "unknown method '" + part + "'" +
                                 (part == text ? "" : " in '" + text + "'") +
                                 "; this version has " + known +
                                 ", and before one of them, joined "
                                 "by '+', " +
                                 before};
}

}  // namespace

Needs MethodSpec::needs() const {
    Needs most = rounding->needs;
    for (const Transform* t : transforms) most = std::max(most, t->needs);
    return most;
}

Result<MethodSpec> parse_method(const std::string& text) {
    MethodSpec spec;
    for (size_t begin = 0; begin <= text.size();) {
        const size_t end = std::min(text.find('+', begin), text.size());
        const std::string part = text.substr(begin, end - begin);
        begin = end + 1;
        const Transform* transform = find_transform(part);
        const Method* method = find_method(part);
        if (!transform && !method) return unknown(part, text);
        if (spec.rounding) {
            return Status(Code::kWrongUse, "method '" + text + "': '" + part + "' comes after '" +
                                               std::string(spec.rounding->name) +
                                               "', which rounds and must be the last");
        }
        if (transform) spec.transforms.push_back(transform);
        if (method) spec.rounding = method;
    }
    if (!spec.rounding) spec.rounding = find_method("rtn");
    return spec;
}

Status check_rounding_options(const MethodSpec& spec, const RoundingOptions& options) {
    if (spec.rounding->passes_errors_on) return {};
    constexpr RoundingOptions kUsual;
    const std::pair<const char*, bool> given[] = {
        {"--refine", options.refine_sweeps != kUsual.refine_sweeps},
        {"--order", options.order != kUsual.order},
        {"--damping", options.damping != kUsual.damping}};
    for (const auto& [option, is_given] : given) {
        if (!is_given) continue;
        std::string able;
        for (const Method& m : methods()) {
            if (m.passes_errors_on) able += (able.empty() ? "" : ", ") + std::string(m.name);
        }
        return {Code::kWrongUse, "method '" + std::string(spec.rounding->name) +
                                     "' has no use for " + option +
                                     "; leave it out, or choose a method that has: " + able};
    }
    return {};
}

}  // namespace quern
