// The options of a quantization and what they make: a recipe, a calibration text.
#include "common/quantization_options.h"

#include <cstdlib>
#include <iterator>
#include <string_view>
#include <utility>

#include "common/text_file.h"

namespace quern::cli {
namespace {

/// Of --refine.
constexpr int kRefineSweeps = 2;

/// The names of --order, the usual one first.
constexpr std::pair<std::string_view, ColumnOrder> kOrders[] = {
    {"group-aware", ColumnOrder::kGroupAware},
    {"act", ColumnOrder::kActivation},
    {"none", ColumnOrder::kNone}};

constexpr std::pair<std::string_view, GridChoice> kGrids[] = {{"range", GridChoice::kRange},
                                                              {"searched", GridChoice::kSearched}};

template <class Table>
std::vector<std::string> names_of(const Table& table) {
    std::vector<std::string> names;
    for (const auto& [name, value] : table) names.emplace_back(name);
    return names;
}

/// What `name` stands for; leaves *value alone if it is in no row.
template <class Table, class T>
void look_up(const Table& table, const std::string& name, T* value) {
    for (const auto& row : table) {
        if (row.first == name) *value = row.second;
    }
}

Result<Recipe> make_recipe(const QuantizationSettings& settings) {
    std::vector<RecipeRule> rules;
    for (const std::string& text : settings.rules) {
        auto rule = parse_rule(text);
        if (!rule.ok()) return Status(rule.status().code(), "--tensor " + rule.status().message());
        rules.push_back(std::move(*rule));
    }
    if (!settings.recipe.empty()) {
        auto text = read_text_file(settings.recipe);
        if (!text.ok()) return text.status();
        auto more = parse_rules(*text, settings.recipe);
        if (!more.ok()) return more.status();
        std::move(more->begin(), more->end(), std::back_inserter(rules));
    }
    const QuantizeOptions& options = settings.options;
    if (options.fit_bytes > 0 || options.target_bpw > 0) {
        const bool both = options.fit_bytes > 0 && options.target_bpw > 0;
        if (!both && settings.format.empty()) return Recipe{std::move(rules)};
        return Status(Code::kWrongUse,
                      "--format, --fit and --target-bpw exclude each other: name the format of "
                      "most matrices, or the size for which formats are chosen");
    }
    if (settings.format.empty() && rules.empty()) {
        return Status(
            Code::kWrongUse,
            "--format is missing; '--format q4z_g128' is a good start, 'quern-quantize "
            "formats' lists all, '--fit SIZE' chooses formats, 'quern-quantize convert IN OUT' "
            "keeps every weight");
    }
    if (settings.format.empty()) return Recipe{std::move(rules)};
    auto format = parse_format(settings.format);
    if (!format.ok())
        return Status(format.status().code(), "--format: " + format.status().message());
    return default_recipe(**format, std::move(rules));
}

std::vector<std::string> range_names() {
    std::vector<std::string> names;
    for (const RangeRule& rule : range_rules()) names.emplace_back(rule.name);
    return names;
}

/// "minmax, the largest magnitude; ..."
std::string range_summaries() {
    std::string text;
    for (const RangeRule& rule : range_rules()) {
        text +=
            (text.empty() ? "" : "; ") + std::string(rule.name) + ", " + std::string(rule.summary);
    }
    return text;
}

OptionGroup rounding_options(QuantizationSettings* s) {
    RoundingOptions& r = s->options.rounding;
    return {"Rounding",
            {choice("grid", "G", &s->grid, names_of(kGrids),
                    "where scales come from. range: the least and the largest weight of each "
                    "group; searched: what rounds best, which takes longer and is nearly "
                    "always better")
                 .with_default("searched if activations are measured, else range"),
             choice("order", "O", &s->order, names_of(kOrders),
                    "of gptq, which columns are rounded first. group-aware: groups that "
                    "matter most, and in them the columns that do; act: the columns that "
                    "matter most, on scales that are fixed before; none: as they come"),
             real("damping", "X", &r.damping, 0, 1,
                  "of gptq and asymmetric: added to the diagonal of the Hessian, relative to its "
                  "mean; a small calibration text wants more"),
             flag("refine", &s->refine,
                  "of gptq: go over the codes again and change each to what is best for the "
                  "others. On text like that of the calibration the model comes some 5 % closer "
                  "to the original, on text of another kind no closer")}};
}

OptionGroup training_options(QuantizationSettings* s) {
    QuantizeOptions& o = s->options;
    return {"Training, after any method but llm-int8; best with 64 samples or more",
            {integer("train-codes", "STEPS", &o.code_training_steps, 0, 1 << 16,
                     "when a layer is rounded, move its codes and scales so that it puts out what "
                     "the original's does. A step is one sample, forward and back; 100 are a good "
                     "start. The model comes some 10 % closer to the original, in several times "
                     "the time")
                 .with_default("none"),
             integer("train-scales", "STEPS", &o.scale_training_steps, 0, 1 << 16,
                     "when all layers are rounded, move all scales so that the model predicts what "
                     "the original does. A step is one sample through the whole model, forward and "
                     "back; as many as there are samples are a good start. Keeps the rounded model "
                     "in memory")
                 .with_default("none")}};
}

/// Its range is beside the transform.
Option transform_option(std::string_view name, TransformOptions* target, std::string help) {
    for (const Transform& t : transforms()) {
        for (const TransformOption& o : t.options) {
            if (o.flag.substr(2) != name) continue;
            return real(std::string(name), "X", &(target->*o.value), o.least, o.most,
                        std::move(help));
        }
    }
    std::abort();  // no transform has it
}

OptionGroup calibration_options(QuantizationSettings* s) {
    CalibrationOptions& c = s->options.calibration;
    return {"Calibration, for all methods but plain rtn",
            {text("calibration", "FILE", &s->calibration,
                  "text on which the activations are measured, UTF-8, some 300 KB of what the "
                  "model will be used for; '-' reads the standard input")
                 .with_default("a small built-in text; your own is better"),
             integer("samples", "N", &c.samples, 0, 1 << 16, "pieces of text to run")
                 .with_default(std::to_string(CalibrationOptions::kDefaultSamples) +
                               ", or as many as the text has"),
             integer("sample-tokens", "N", &s->sample_tokens, 8, 1 << 16, "tokens of each")
                 .with_default(std::to_string(c.sample_tokens)),
             real("shrinkage", "X", &c.shrinkage, 0, 1,
                  "of gptq, awq, clip and asymmetric: the part that is taken off the measured "
                  "products of different inputs. 0 fits the weights to this text, 1 leaves only "
                  "how large each input is; little text, or text unlike what the model will read, "
                  "wants more"),
             flag("equal-tokens", &c.equal_tokens,
                  "count every token of the text alike. Otherwise the inputs of queries, keys and "
                  "values count half by how much attention their token receives, which brings "
                  "models of 4 bits some 5 to 10 % closer to the original"),
             flag("importance", &s->options.importance,
                  "of rtn: choose every scale by how much each input matters, as the other methods "
                  "do anyway"),
             transform_option(
                 "alpha", &s->options.transform,
                 "of smoothquant: 1 makes all columns of the inputs equally large, 0 those "
                 "of the weights")
                 .with_default("the best of some, for every input"),
             transform_option("outlier-threshold", &s->options.transform,
                              "of llm-int8: columns whose inputs reach it are kept in f16"),
             transform_option(
                 "strength", &s->options.transform,
                 "of asymmetric: the part of the correction that is made; all of it fits the "
                 "calibration text too well"),
             text("for-format", "F", &s->for_format,
                  "of awq, clip and smoothquant, with --format f16 or bf16: make the weights ready "
                  "for F, to which another program will round them"),
             choice("static-activations", "RULE", &s->options.static_activations, range_names(),
                    "store a range for the int8 inputs of every matrix, instead of measuring "
                    "them for every token: " +
                        range_summaries())
                 .with_default("measured"),
             size("max-memory", "SIZE", &c.max_memory,
                  "keep activations in a file beside OUT if more than this is needed for them, a "
                  "layer in f32 with its statistics, and what rounding makes of it. What is mapped "
                  "of IN does not count: the system takes it back when it likes")
                 .with_default("no limit")}};
}

}  // namespace

std::vector<OptionGroup> quantization_groups(QuantizationSettings* s) {
    return {{"Quantization",
             {text("format", "F", &s->format,
                   "the format of most matrices, such as q4z_g128; 'quern-quantize formats' lists "
                   "all"),
              text("method", "M", &s->options.method,
                   "how codes are chosen, such as gptq or awq+gptq; 'quern-quantize methods' "
                   "explains them"),
              list("tensor", "'REGEX=F'", &s->rules,
                   "matrices whose name contains a match get format F; may be repeated, the first "
                   "rule that matches decides. Without --format all others keep theirs"),
              text("recipe", "FILE", &s->recipe,
                   "more rules, after those of --tensor: a line 'REGEX = F' each, # begins a "
                   "comment")}},
            {"Formats chosen by size, instead of --format",
             {size("fit", "SIZE", &s->options.fit_bytes,
                   "choose a format of 2 to 8 bits for each matrix so that OUT is not larger "
                   "than SIZE and the model loses least; --tensor and --recipe still decide "
                   "first. Measures on the calibration text what each format would cost")
                  .with_default("no choice"),
              real("target-bpw", "X", &s->options.target_bpw, 0, 32,
                   "the same with OUT's bits divided by the number of weights as the limit")
                  .with_default("no choice")}},
            rounding_options(s),
            training_options(s),
            calibration_options(s)};
}

Result<QuantizeOptions> quantize_options(const QuantizationSettings& settings) {
    auto recipe = make_recipe(settings);
    if (!recipe.ok()) return recipe.status();
    QuantizeOptions options = settings.options;
    options.recipe = std::move(*recipe);
    look_up(kGrids, settings.grid, &options.rounding.grid);
    look_up(kOrders, settings.order, &options.rounding.order);
    if (!settings.for_format.empty()) {
        auto later = parse_format(settings.for_format);
        if (!later.ok()) {
            return Status(later.status().code(), "--for-format: " + later.status().message());
        }
        options.transform.later_format = *later;
    }
    if (settings.sample_tokens > 0) options.calibration.sample_tokens = settings.sample_tokens;
    if (settings.refine) options.rounding.refine_sweeps = kRefineSweeps;
    if (!settings.calibration.empty()) {
        auto text = read_text_file(settings.calibration);
        if (!text.ok()) return text.status();
        options.calibration.text = std::move(*text);
        options.calibration.name = settings.calibration;
    }
    return options;
}

Status check_effects(const QuantizationSettings& settings) {
    const QuantizeOptions& options = settings.options;
    if (options.importance && settings.grid == kGrids[0].first) {
        return {Code::kWrongUse,
                "--importance has no effect with --grid range, whose scales are not searched; "
                "leave one of them out"};
    }
    const bool calibrates = uses_calibration(options), by_layer = rounds_by_layer(options);
    const struct {
        const char* option;
        bool is_given, has_effect;
    } given[] = {{"--calibration", !settings.calibration.empty(), calibrates},
                 {"--samples", options.calibration.samples > 0, calibrates},
                 {"--sample-tokens", settings.sample_tokens > 0, calibrates},
                 {"--max-memory", options.calibration.max_memory > 0, calibrates},
                 {"--equal-tokens", options.calibration.equal_tokens, by_layer},
                 {"--resume", options.resume, calibrates}};
    for (const auto& g : given) {
        if (!g.is_given || g.has_effect) continue;
        return {Code::kWrongUse, std::string(g.option) + " has no effect: method '" +
                                     options.method +
                                     "' rounds without measured activations; add --importance, "
                                     "choose another --method such as gptq, or leave it out"};
    }
    return {};
}

std::vector<NamedFile> quantization_inputs(const QuantizationSettings& settings) {
    return {{"--recipe", settings.recipe}, {"--calibration", settings.calibration}};
}

}  // namespace quern::cli
