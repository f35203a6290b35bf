// quern-quantize IN OUT --format F: the recipe from the command line, and help that teaches.
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>

#include "common/text_file.h"
#include "quantize/commands.h"
#include "quantize/conversion.h"

namespace quern {
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

struct Settings {
    ConversionSettings conversion;
    std::string format;
    std::string recipe;  ///< file
    std::vector<std::string> rules;
    std::string calibration;    ///< file; empty: the built-in text
    int64_t sample_tokens = 0;  ///< 0: not given
    std::string grid;           ///< empty: not given
    std::string order = std::string(kOrders[0].first);
    bool refine = false;
    QuantizeOptions options;
};

Result<Recipe> make_recipe(const Settings& settings) {
    std::vector<RecipeRule> rules;
    for (const std::string& text : settings.rules) {
        auto rule = parse_rule(text);
        if (!rule.ok()) return Status(rule.status().code(), "--tensor " + rule.status().message());
        rules.push_back(std::move(*rule));
    }
    if (!settings.recipe.empty()) {
        auto text = cli::read_text_file(settings.recipe);
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

/// Options that would do nothing are refused. (--seed is every program's, needed or not.)
Status check_calibration_options(const Settings& settings, const QuantizeOptions& options) {
    if (options.importance && options.rounding.grid == GridChoice::kRange) {
        return {Code::kWrongUse,
                "--importance has no effect with --grid range, whose scales are not searched; "
                "leave one of them out"};
    }
    if (uses_calibration(options)) return {};
    const std::pair<const char*, bool> given[] = {
        {"--calibration", !settings.calibration.empty()},
        {"--samples", options.calibration.samples > 0},
        {"--sample-tokens", settings.sample_tokens > 0},
        {"--max-memory", options.calibration.max_memory > 0},
        {"--resume", options.resume}};
    for (const auto& [option, is_given] : given) {
        if (!is_given) continue;
        return {Code::kWrongUse, std::string(option) + " has no effect: method '" + options.method +
                                     "' measures no activations; add --importance, choose another "
                                     "--method such as gptq, or leave it out"};
    }
    return {};
}

Status run(const Settings& settings, const cli::Common& common) {
    auto recipe = make_recipe(settings);
    if (!recipe.ok()) return recipe.status();
    QuantizeOptions options = settings.options;
    options.recipe = std::move(*recipe);
    look_up(kGrids, settings.grid, &options.rounding.grid);
    look_up(kOrders, settings.order, &options.rounding.order);
    if (settings.refine) options.rounding.refine_sweeps = kRefineSweeps;
    if (settings.sample_tokens > 0) options.calibration.sample_tokens = settings.sample_tokens;
    if (Status s = check_calibration_options(settings, options); !s.ok()) return s;
    if (common.seed >= 0) options.calibration.seed = static_cast<uint64_t>(common.seed);
    if (!settings.calibration.empty()) {
        auto text = cli::read_text_file(settings.calibration);
        if (!text.ok()) return text.status();
        options.calibration.text = std::move(*text);
        options.calibration.name = settings.calibration;
    }
    return run_conversion(settings.conversion, common, std::move(options));
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

cli::OptionGroup rounding_options(Settings* s) {
    RoundingOptions& r = s->options.rounding;
    return {"Rounding",
            {cli::choice("grid", "G", &s->grid, names_of(kGrids),
                         "where scales come from. range: the least and the largest weight of each "
                         "group; searched: what rounds best, which takes longer and is nearly "
                         "always better")
                 .with_default("searched if activations are measured, else range"),
             cli::choice("order", "O", &s->order, names_of(kOrders),
                         "of gptq, which columns are rounded first. group-aware: groups that "
                         "matter most, and in them the columns that do; act: the columns that "
                         "matter most, on scales that are fixed before; none: as they come"),
             cli::real("damping", "X", &r.damping, 0, 1,
                       "of gptq: added to the diagonal of the Hessian, relative to its mean; a "
                       "small calibration text wants more"),
             cli::flag("refine", &s->refine,
                       "of gptq: go over the codes again and change each to what is best for the "
                       "others. This lowers the error of every layer's outputs on the calibration "
                       "text; the whole model gains little, or nothing")}};
}

cli::OptionGroup calibration_options(Settings* s) {
    CalibrationOptions& c = s->options.calibration;
    return {
        "Calibration, for all methods but plain rtn",
        {cli::text("calibration", "FILE", &s->calibration,
                   "text on which the activations are measured, UTF-8, some 300 KB of what the "
                   "model will be used for; '-' reads the standard input")
             .with_default("a small built-in text; your own is better"),
         cli::integer("samples", "N", &c.samples, 0, 1 << 16, "pieces of text to run")
             .with_default("128, or as many as the text has"),
         cli::integer("sample-tokens", "N", &s->sample_tokens, 8, 1 << 16, "tokens of each")
             .with_default(std::to_string(c.sample_tokens)),
         cli::flag("importance", &s->options.importance,
                   "choose every scale by how much each input matters; the head's as well"),
         cli::real("alpha", "X", &s->options.transform.alpha, 0, 1,
                   "of smoothquant: 1 makes all columns of the inputs equally large, 0 those "
                   "of the weights")
             .with_default("the best of some, for every input"),
         cli::real("outlier-threshold", "X", &s->options.transform.outlier_threshold, 1e-3, 1e6,
                   "of llm-int8: columns whose inputs reach it are kept in f16"),
         cli::choice("static-activations", "RULE", &s->options.static_activations, range_names(),
                     "store a range for the int8 inputs of every matrix, instead of measuring "
                     "them for every token: " +
                         range_summaries())
             .with_default("measured"),
         cli::size(
             "max-memory", "SIZE", &c.max_memory,
             "keep activations in a file beside OUT if more than this is needed for them, a "
             "layer in f32 with its statistics, and what rounding makes of it. What is mapped "
             "of IN does not count: the system takes it back when it likes")
             .with_default("no limit"),
         cli::flag("resume", &s->options.resume,
                   "go on with what an interrupted or killed run left in OUT.partial; the "
                   "result is the same as without the interruption")}};
}

std::vector<cli::Topic> topics() {
    return {
        {"Choosing a format",
         {{"q8_g32", "8.5 bits per weight: practically no loss"},
          {"q4z_g128", "4.19 bits: small and fast, the usual choice"},
          {"q4m_g32", "5 bits: the most accurate of the 4-bit formats"},
          {"f16, bf16", "16 bits: no quantization, for measuring what the others cost"}}},
        {"Reading a format's name",
         {{"q4", "bits of a weight's code, 2 to 8"},
          {"_g128",
           "128 neighbouring weights of a row share a scale. One outlier makes its whole "
           "group coarser, so small groups are more accurate, but each scale costs 16 "
           "bits: 0.13 bits per weight at 128, 0.5 at 32. 128 is the usual balance; take 32 if "
           "quality matters more than size"},
          {"_row", "one scale per row: the smallest, good enough only at 8 bits"},
          {"z",
           "an integer zero point: the grid spans the group's minimum to maximum instead of "
           "lying evenly around 0"},
          {"m",
           "a minimum in f16 instead of the zero point: the best grid for the bits, and what "
           "GGUF calls Q4_1"},
          {"d at the end",
           "double quantization: scales and minima take 8 bits instead of 16, in units of their "
           "row. q4m_g32d takes 4.51 bits, q4m_g32 5"}}},
        {"Mixed precision, the default",
         {{"below 8 bits",
           "token embedding and output head are stored as q8_g32, every other "
           "matrix in F, norms as f32. Each token passes the embedding once and "
           "every choice of a token is made by the head, so rounding them hurts "
           "most; of the time they take little"},
          {"8 bits and more", "all matrices are stored in F, norms as f32"},
          {"--fit, --target-bpw",
           "a format for every matrix, embedding and head included, after measuring how much "
           "noise each format puts into the matrix's outputs; --report and inspect tell the "
           "choice"}}},
        {"Writing GGUF, for other programs",
         {{"OUT.gguf",
           "holds exactly the values that the .quern file would, from any method; formats that "
           "GGUF "
           "has no type for are refused before the work begins"},
          {"q4_*, q5_*, q8_*", "become Q4_0, Q5_0, Q8_0"},
          {"q4m_*, q5m_*", "become Q4_1, Q5_1; q4m_g32 is the best of the 4-bit types"},
          {"_g64, _g128, _row",
           "take no less space than _g32 there: GGUF stores a scale for every 32 weights"},
          {"f16, bf16, f32", "stay what they are"},
          {"_g32d, _g64d, _g128d", "are refused: no type has scales of this kind"}}},
    };
}

}  // namespace

cli::Command quantize_command() {
    auto settings = std::make_shared<Settings>();
    cli::Command command;
    command.description =
        "Makes a model small: reads a GGUF or .quern file and writes a .quern or GGUF file in "
        "which "
        "the weights have fewer bits. Start from f16 or bf16; a file that is quantized already "
        "works "
        "too, but the errors add up. OUT appears when it is complete, or not at all.";
    command.positionals = {{"IN", "a .gguf or .quern file", &settings->conversion.in},
                           {"OUT", "the .quern file to write, or a GGUF file if it ends in .gguf",
                            &settings->conversion.out}};
    command.groups = {
        {"Quantization",
         {cli::text("format", "F", &settings->format,
                    "the format of most matrices, such as q4z_g128; 'quern-quantize formats' lists "
                    "all"),
          cli::text("method", "M", &settings->options.method,
                    "how codes are chosen, such as gptq or awq+gptq; 'quern-quantize methods' "
                    "explains them"),
          cli::list("tensor", "'REGEX=F'", &settings->rules,
                    "matrices whose name contains a match get format F; may be repeated, the first "
                    "rule that matches decides. Without --format all others keep theirs"),
          cli::text("recipe", "FILE", &settings->recipe,
                    "more rules, after those of --tensor: a line 'REGEX = F' each, # begins a "
                    "comment")}},
        {"Formats chosen by size, instead of --format",
         {cli::size("fit", "SIZE", &settings->options.fit_bytes,
                    "choose a format of 2 to 8 bits for each matrix so that OUT is not larger "
                    "than SIZE and the model loses least; --tensor and --recipe still decide "
                    "first. Measures on the calibration text what each format would cost")
              .with_default("no choice"),
          cli::real("target-bpw", "X", &settings->options.target_bpw, 0, 32,
                    "the same with OUT's bits divided by the number of weights as the limit")
              .with_default("no choice")}},
        rounding_options(settings.get()),
        calibration_options(settings.get()),
        conversion_options(&settings->conversion)};
    command.random = true;
    command.topics = topics();
    command.examples = {
        {"quern-quantize model-f16.gguf model.quern --format q4z_g128",
         "4 bits, with embedding and head at 8"},
        {"quern-quantize model-f16.gguf model.quern --format q4z_g128 --tensor 'ffn_down=q6_g32'",
         "more bits for a sensitive kind of matrix"},
        {"quern-quantize model-f16.gguf model.quern --format q4_g32 \\\n"
         "      --tensor '^blk\\.(0|1|31)\\.=q8_g32' --tensor 'attn_v=q6_g32'",
         "first, second and last layer at 8 bits, all other value projections at 6"},
        {"quern-quantize model-f16.gguf model.quern --format q8_g32 --report report.json",
         "8 bits, and the error of every tensor in a file"},
        {"quern-quantize model-f16.gguf model.quern --format q4z_g64 --method awq+gptq \\\n"
         "      --calibration my-text.txt",
         "minutes instead of seconds, and much closer to the original"},
        {"quern-quantize model-f16.gguf model-q4_1.gguf --format q4m_g32 --method gptq",
         "a better Q4_1 file for any program that reads GGUF"},
        {"quern-quantize model-f16.gguf model.quern --fit 600M --method gptq",
         "the best mix of formats for a file of this size"},
        {"quern-quantize convert model.gguf model.quern", "another container, the same weights"}};
    command.run = [settings](const cli::Common& common) { return run(*settings, common); };
    return command;
}

}  // namespace quern
