// Parsing of --method.
#include "method_spec.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace quern {
namespace {

bool trains(const QuantizeOptions& options) {
    return options.code_training_steps > 0 || options.scale_training_steps > 0;
}

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

/// Others work on what this file rounds; those at loading do not ask.
Status check_later_format(const MethodSpec& spec, const Format* later) {
    if (!later) return {};
    if (!later->is_quantized()) {
        return {Code::kWrongUse, "--for-format " + later->name +
                                     " keeps more than 8 bits, which needs no preparation; name "
                                     "the format that weights will be rounded to, such as q4_g32"};
    }
    const auto fits = [](const Transform* t) { return t->prepares || t->at_load; };
    const auto& own = spec.transforms;
    if (std::all_of(own.begin(), own.end(), fits) &&
        std::any_of(own.begin(), own.end(), [](const Transform* t) { return t->prepares; })) {
        return {};
    }
    std::string able;
    for (const Transform& t : transforms()) {
        if (t.prepares) able += (able.empty() ? "" : ", ") + std::string(t.name);
    }
    return {Code::kWrongUse, "--for-format is of " + able +
                                 ", and not of transforms that are about what this file rounds; "
                                 "leave it out, or use --method awq"};
}

/// Options of transforms that are not there, and values out of range.
Status check_transform_options(const MethodSpec& spec, const TransformOptions& options) {
    constexpr TransformOptions kUsual;
    for (const Transform& t : transforms()) {
        for (const TransformOption& o : t.options) {
            const float value = options.*o.value;
            if (value == kUsual.*o.value) continue;
            if (!spec.has(t.name)) {
                return {Code::kWrongUse,
                        std::string(o.flag) + " is of " + std::string(t.name) +
                            ", which is not in the method; leave it out, or use --method " +
                            std::string(t.name) + "+" + std::string(spec.rounding->name)};
            }
            if (value >= o.least && value <= o.most) continue;
            char text[96];
            std::snprintf(text, sizeof text, " %g is outside of %g to %g; leave it out",
                          static_cast<double>(value), static_cast<double>(o.least),
                          static_cast<double>(o.most));
            return {Code::kWrongUse, std::string(o.flag) + text};
        }
    }
    return check_later_format(spec, options.later_format);
}

Status check_rounding_options(const MethodSpec& spec, const RoundingOptions& options) {
    if (Status s = check_damping(options); !s.ok()) return s;
    if (spec.rounding->passes_errors_on) return {};
    constexpr RoundingOptions kUsual;
    // A transform that solves for weights has a Hessian to damp, too.
    const bool damps = spec.needs() == Needs::kShift;
    const std::pair<const char*, bool> given[] = {
        {"--refine", options.refine_sweeps != kUsual.refine_sweeps},
        {"--order", options.order != kUsual.order},
        {"--damping", !damps && options.damping != kUsual.damping}};
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

Status check_shrinkage(const MethodSpec& spec, const QuantizeOptions& options) {
    const float shrinkage = options.calibration.shrinkage;
    if (!(shrinkage >= 0 && shrinkage <= 1)) {
        return {Code::kWrongUse, "shrinkage " + std::to_string(shrinkage) +
                                     " is outside of 0 to 1; 0.3 suits most models"};
    }
    if (spec.needs() >= Needs::kHessian || shrinkage == CalibrationOptions().shrinkage) return {};
    return {Code::kWrongUse,
            "method '" + options.method +
                "' has no use for --shrinkage; leave it out, or choose a method that "
                "measures how inputs go together, such as gptq"};
}

/// Columns that are kept out of rounding have no gradient.
Status check_training(const MethodSpec& spec, const QuantizeOptions& options) {
    if (options.code_training_steps > 0 && !options.static_activations.empty()) {
        return {Code::kWrongUse,
                "--train-codes cannot be combined with --static-activations, whose ranges are "
                "those of the layer as it was rounded; leave one of them out"};
    }
    if (!trains(options)) return {};
    for (const Transform* t : spec.transforms) {
        if (!t->adds_tensors) continue;
        return {Code::kWrongUse,
                "--train-codes and --train-scales cannot be combined with method '" +
                    std::string(t->name) + "'; leave one of them out"};
    }
    return {};
}

/// May `part` stand behind what `spec` has? transform: nullptr if it rounds.
Status check_place(const MethodSpec& spec, const std::string& part, const Transform* transform) {
    const auto refused = [&](const std::string& why) {
        return Status(Code::kWrongUse, "'" + part + "' " + why);
    };
    if (spec.rounding) {
        return refused("comes after '" + std::string(spec.rounding->name) +
                       "', which rounds and must be the last");
    }
    if (spec.has(part)) return refused("is there twice; once is enough");
    if (transform && transform->at_load && !spec.transforms.empty()) {
        return refused("comes after '" + std::string(spec.transforms.back()->name) +
                       "', but changes what is measured of a layer and must be the first");
    }
    return {};
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
        if (Status misplaced = check_place(spec, part, transform); !misplaced.ok()) {
            return Status(Code::kWrongUse, "method '" + text + "': " + misplaced.message());
        }
        if (transform) spec.transforms.push_back(transform);
        if (method) spec.rounding = method;
    }
    if (!spec.rounding) spec.rounding = find_method("rtn");
    return spec;
}

bool MethodSpec::has(std::string_view transform) const {
    return std::any_of(transforms.begin(), transforms.end(),
                       [&](const Transform* t) { return t->name == transform; });
}

bool wants_allocation(const QuantizeOptions& options) {
    return options.fit_bytes > 0 || options.target_bpw > 0;
}

bool needs_calibration(const MethodSpec& spec, const QuantizeOptions& options) {
    return options.importance || trains(options) || !options.static_activations.empty() ||
           spec.needs() != Needs::kNothing;
}

Status check_method_options(const MethodSpec& spec, const QuantizeOptions& options) {
    if (Status s = check_transform_options(spec, options.transform); !s.ok()) return s;
    if (Status s = check_shrinkage(spec, options); !s.ok()) return s;
    if (Status s = check_training(spec, options); !s.ok()) return s;
    return check_rounding_options(spec, options.rounding);
}

}  // namespace quern
