// Decisions before the work: formats by recipe, warnings, metadata, provenance.
#include "plan.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "notes.h"
#include "tensor/system.h"

namespace quern {
namespace {

/// GGUF keys that describe how GGUF encoded the weights. They would lie about the new file.
constexpr std::string_view kDropped[] = {"general.file_type", "general.quantization_version",
                                         "general.alignment"};

std::string readable_formats(const ModelFile& in) {
    std::set<std::string> names;
    for (const FileTensor& t : in.tensors()) {
        if (t.format) names.insert(t.stored_as);
    }
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

/// The first tensor that cannot be read. The reader's own words say which types can be.
Status check_readable(const ModelFile& in) {
    const FileTensor* first = nullptr;
    int64_t count = 0;
    for (const FileTensor& t : in.tensors()) {
        if (t.format && t.rank <= 2) continue;
        if (!first) first = &t;
        ++count;
    }
    if (!first) return {};
    if (first->rank > 2) {
        return {Code::kBadFile, in.path() + ": tensor '" + first->name + "' has " +
                                    std::to_string(first->rank) +
                                    " dimensions, expected 1 or 2; models with such tensors "
                                    "(experts, convolutions) are not supported"};
    }
    Status status =
        first->rank == 1 ? in.read_vector(*first, nullptr) : in.pack_tiles(*first, 0, 0, nullptr);
    if (count == 1 || status.ok()) return status;
    return {status.code(), status.message() + " (" + std::to_string(count) +
                               " tensors of this file cannot be read; those that can are " +
                               readable_formats(in) + ")"};
}

/// "the input is already quantized (210 tensors Q4_1, 1 tensor Q8_0): ..."
void warn_of_quantized_input(const Plan& plan, std::vector<std::string>* warnings) {
    std::map<std::string, int64_t> counts;
    for (const PlannedTensor& p : plan.tensors) {
        if (!p.copied && p.tensor->format->is_quantized()) ++counts[p.tensor->stored_as];
    }
    if (counts.empty()) return;
    std::string list;
    for (const auto& [type, count] : counts) {
        list += (list.empty() ? "" : ", ") + std::to_string(count) +
                (count == 1 ? " tensor " : " tensors ") + type;
    }
    warnings->push_back("the input is already quantized (" + list +
                        "): the new error adds to what the model has lost, and the errors reported "
                        "are only the new part; start from an f16 or bf16 file if you can");
}

/// awq and its like choose factors by what rounding to few bits does.
void warn_of_idle_transforms(const Plan& plan, const MethodSpec& spec,
                             const TransformOptions& options, std::vector<std::string>* warnings) {
    bool any_rounded = false, any_kept = false;
    for (const PlannedTensor& p : plan.tensors) {
        any_rounded |= p.tensor->rank == 2 && p.format->is_quantized();
        any_kept |= p.tensor->rank == 2 && !p.format->is_quantized();
    }
    if (options.later_format && !any_kept) {
        warnings->push_back(
            "--for-format does nothing here, since all weights are rounded to 8 "
            "bits or less");
    }
    if (any_rounded || options.later_format) return;
    for (const Transform* t : spec.transforms) {
        if (!t->prepares) continue;
        warnings->push_back(std::string(t->name) +
                            " does nothing here, since no weights are rounded to 8 bits or less; "
                            "--for-format F makes them ready for a format that they get later");
    }
}

void warn_of_idle_rules(const Recipe& recipe, const std::set<const RecipeRule*>& used,
                        std::vector<std::string>* warnings) {
    for (const RecipeRule& rule : recipe.rules) {
        if (!rule.from_user || used.count(&rule)) continue;
        warnings->push_back("rule '" + rule.pattern + "=" + rule.format->name +
                            "' decided no tensor: no matrix has such a name, or an earlier rule "
                            "came first; 'quern-quantize inspect FILE --tensors' lists the names");
    }
}

/// That of the input and how the file was made.
Metadata output_metadata(const ModelFile& in, const QuantizeOptions& options) {
    Metadata metadata;
    for (const auto& [key, value] : in.metadata().entries()) {
        if (std::find(std::begin(kDropped), std::end(kDropped), key) == std::end(kDropped)) {
            metadata.add(key, value);
        }
    }
    // A lossless copy stays what it was: only files without these keys get them.
    if (!options.recipe.rules.empty()) {
        metadata.set_string("quern.method", options.method);
        metadata.set_string("quern.recipe", options.recipe.text());
        if (!options.static_activations.empty()) {
            metadata.set_string("quern.static_activations", options.static_activations);
        }
    } else if (!metadata.find("quern.method")) {
        metadata.set_string("quern.method", "convert");
    }
    metadata.set_string("quern.version", std::string(version()));
    return metadata;
}

}  // namespace

int64_t PlannedTensor::units() const { return tensor->rank == 1 ? 1 : n_tiles(tensor->rows()); }

uint64_t PlannedTensor::unit_bytes() const {
    return tensor->rank == 1 ? static_cast<uint64_t>(tensor->cols()) * sizeof(float)
                             : format->tile_bytes(*format, tensor->cols());
}

void warn(const QuantizeOptions& options, QuantizeReport* report, const std::string& text) {
    report->warnings.push_back(text);
    if (options.warning) options.warning(text);
}

void warn_of_memory(const QuantizeOptions& options, QuantizeReport* report, uint64_t bytes,
                    const std::string& when) {
    const uint64_t allowed = options.calibration.max_memory;
    if (allowed == 0 || bytes <= allowed) return;
    warn(options, report,
         "--max-memory cannot be kept " + when + ", which needs some " +
             std::to_string(bytes >> 20) + " MiB");
}

Result<Plan> make_plan(const ModelFile& in, const MethodSpec& spec,
                       const QuantizeOptions& options) {
    if (Status s = check_readable(in); !s.ok()) return s;
    Plan plan;
    plan.metadata = output_metadata(in, options);
    for (const Transform* t : spec.transforms) {
        Status s = t->describe ? t->describe(in, &plan.metadata) : Status();
        if (!s.ok()) return s;
    }
    std::set<const RecipeRule*> used;
    for (const FileTensor& t : in.tensors()) {
        const RecipeRule* rule = options.recipe.rule_for(t.name, t.rank);
        if (rule) used.insert(rule);
        const Format* format = rule ? rule->format : t.format;
        plan.tensors.push_back({&t, classify_tensor(t.name, t.rank), format, format == t.format});
        plan.weights += t.elements();
    }
    warn_of_quantized_input(plan, &plan.warnings);
    warn_of_idle_transforms(plan, spec, options.transform, &plan.warnings);
    warn_of_idle_rules(options.recipe, used, &plan.warnings);
    return plan;
}

const PlannedTensor& find_planned(const ModelFile& in, const Plan& plan, const std::string& name) {
    return plan.tensors[static_cast<size_t>(in.find(name) - in.tensors().data())];
}

Provenance make_provenance(const ModelFile& in, const PlannedTensor& planned,
                           const QuantizeReport& report, const TensorReport& tensor,
                           double relative_error) {
    const FileTensor& t = *planned.tensor;
    const bool tells_its_own = !t.provenance.method.empty();
    if (tensor.copied && tells_its_own) return t.provenance;
    Provenance provenance;
    const bool made = in.find(t.name) == nullptr;
    provenance.source = (in.is_tiled() || made ? "" : "GGUF ") + t.stored_as;
    if (tells_its_own)
        provenance.source += " made by " + t.provenance.method + " from " + t.provenance.source;
    const bool calibrated = !tensor.method.empty();
    provenance.method = tensor.copied ? "convert" : calibrated ? tensor.method : "rtn";
    provenance.relative_error = relative_error;
    const auto share = report.loss_shares.find(t.name);
    if (share != report.loss_shares.end()) {
        char text[64];
        std::snprintf(text, sizeof text, "format chosen, %.2f %% of the predicted loss",
                      100 * share->second);
        provenance.settings = text;
        provenance.calibration = report.text_hash;
    }
    if (!calibrated) return provenance;
    provenance.calibration = report.text_hash;
    add_note(tensor.settings, &provenance.settings);
    add_note(
        std::to_string(report.samples) + " x " + std::to_string(report.sample_tokens) + " tokens",
        &provenance.settings);
    if (tensor.rtn_loss > 0) {
        char ratio[48];
        std::snprintf(ratio, sizeof ratio, "%.3f of rtn's loss", tensor.loss / tensor.rtn_loss);
        add_note(ratio, &provenance.settings);
    }
    return provenance;
}

}  // namespace quern
