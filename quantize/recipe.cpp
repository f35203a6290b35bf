// Recipes: rules from text, the default recipe, the roles of tensors by their GGUF names.
#include "quantize/recipe.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <regex>
#include <utility>

#include "quantize/edit_distance.h"

namespace quern {
namespace {

constexpr std::string_view kClassNames[] = {"embedding", "attention", "mlp",
                                            "head",      "norm",      "other"};

struct NamePart {
    std::string_view part;
    TensorClass tensor_class;
};

/// The first part that a name contains decides: attn_norm is a norm, attn_output is attention.
constexpr NamePart kNameParts[] = {
    {"norm", TensorClass::kNorm},    {"attn_", TensorClass::kAttention},
    {"ffn_", TensorClass::kMlp},     {"_embd", TensorClass::kEmbedding},
    {"output.", TensorClass::kHead},
};

/// Backtracking takes time and stack by the length of the pattern; real ones are far shorter.
constexpr size_t kMaxPattern = 256;
/// Every tensor may have to try every rule.
constexpr size_t kMaxRules = 4096;
constexpr std::string_view kBlanks = " \t\r";
constexpr std::string_view kControls(
    "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
    "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f",
    33);

std::string_view trimmed(std::string_view text) {
    const size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

/// A # inside of a word belongs to the pattern.
std::string_view without_comment(std::string_view line) {
    for (size_t i = 0; i < line.size(); ++i) {
        const bool begins = i == 0 || kBlanks.find(line[i - 1]) != std::string_view::npos;
        if (line[i] == '#' && begins) return line.substr(0, i);
    }
    return line;
}

Status wrong_use(std::string message) { return {Code::kWrongUse, std::move(message)}; }

/// "q4z_g32 or q4z_g128": the names nearest to `name`, within two edits. More than three are no
/// help.
std::string similar_formats(std::string name) {
    constexpr size_t kMostEdits = 2, kMostNames = 3, kLongestName = 32;
    if (name.size() > kLongestName) return "";
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    std::vector<std::pair<size_t, std::string_view>> near;
    for (const Format& f : formats()) near.emplace_back(edit_distance(name, f.name), f.name);
    for (const FormatAlias& a : format_aliases()) {
        near.emplace_back(edit_distance(name, a.alias), a.alias);
    }
    std::stable_sort(near.begin(), near.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    const size_t most = std::min(near.front().first, kMostEdits);
    while (!near.empty() && near.back().first > most) near.pop_back();
    if (near.size() > kMostNames) return "";
    std::string text;
    for (size_t i = 0; i < near.size(); ++i) {
        text += (i == 0 ? "" : i + 1 == near.size() ? " or " : ", ") + std::string(near[i].second);
    }
    return text;
}

/// Throws std::regex_error if the pattern is none.
std::function<bool(std::string_view)> finds(const std::string& pattern) {
    return [regex = std::regex(pattern, std::regex::optimize)](std::string_view name) {
        try {
            return std::regex_search(name.begin(), name.end(), regex);
        } catch (const std::regex_error&) {
            return false;  // some libraries give up on patterns that backtrack a lot
        }
    };
}

}  // namespace

std::string_view tensor_class_name(TensorClass c) {
    const auto i = static_cast<size_t>(c);
    return i < std::size(kClassNames) ? kClassNames[i] : "other";
}

TensorClass classify_tensor(std::string_view name, int rank) {
    constexpr std::string_view kBias = ".bias";
    const bool bias =
        name.size() >= kBias.size() && name.substr(name.size() - kBias.size()) == kBias;
    if (rank == 1 && !bias) return TensorClass::kNorm;
    for (const NamePart& p : kNameParts) {
        if (name.find(p.part) != std::string_view::npos) return p.tensor_class;
    }
    return TensorClass::kOther;
}

const RecipeRule* Recipe::rule_for(std::string_view name, int rank) const {
    if (rank == 1) return nullptr;
    const auto found = std::find_if(rules.begin(), rules.end(),
                                    [&](const RecipeRule& r) { return r.matches(name); });
    return found == rules.end() ? nullptr : &*found;
}

const Format* Recipe::format_for(std::string_view name, int rank) const {
    const RecipeRule* rule = rule_for(name, rank);
    return rule ? rule->format : nullptr;
}

std::string Recipe::text() const {
    std::string text;
    for (const RecipeRule& r : rules) {
        text += (text.empty() ? "" : " ") + r.pattern + "=" + r.format->name;
    }
    return text;
}

Result<const Format*> parse_format(std::string_view name) {
    if (const Format* format = find_format(name)) return format;
    const std::string similar = similar_formats(std::string(name));
    return wrong_use("unknown format '" + std::string(name) + "'; " +
                     (similar.empty() ? "f" : "did you mean " + similar + "? F") +
                     "ormats are named like q4z_g128, q8_g32 or f16; 'quern-quantize formats' "
                     "lists them");
}

Result<RecipeRule> parse_rule(std::string_view text) {
    const std::string rule_text = "rule '" + std::string(text) + "': ";
    const size_t equals = text.rfind('=');
    if (equals == std::string_view::npos) {
        return wrong_use(rule_text + "has no '=', expected REGEX=FORMAT such as 'ffn_down=q6_g32'");
    }
    RecipeRule rule;
    rule.pattern = text.substr(0, equals);
    if (rule.pattern.empty()) {
        return wrong_use(rule_text +
                         "has no pattern before the '='; write '.=FORMAT' for every matrix");
    }
    if (rule.pattern.size() > kMaxPattern) {
        return wrong_use("a rule's pattern has " + std::to_string(rule.pattern.size()) +
                         " characters, at most " + std::to_string(kMaxPattern) +
                         " are allowed; split it into several rules");
    }
    auto format = parse_format(text.substr(equals + 1));
    if (!format.ok()) return wrong_use(rule_text + format.status().message());
    rule.format = *format;
    try {
        rule.matches = finds(rule.pattern);
    } catch (const std::regex_error& error) {
        std::string reason = error.what();
        while (!reason.empty() && reason.back() == '.') reason.pop_back();
        return wrong_use(rule_text + "'" + rule.pattern + "' is not a regular expression (" +
                         reason +
                         "); put a backslash before ( ) [ ] { } * + ? | . ^ $ to mean "
                         "the character itself");
    }
    return rule;
}

RecipeRule default_rule(std::string pattern, const Format& format) {
    RecipeRule rule;
    rule.matches = finds(pattern);
    rule.pattern = std::move(pattern);
    rule.format = &format;
    rule.from_user = false;
    return rule;
}

Result<std::vector<RecipeRule>> parse_rules(std::string_view text, const std::string& name) {
    std::vector<RecipeRule> rules;
    int64_t number = 0;
    while (!text.empty()) {
        ++number;
        const size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = without_comment(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        const size_t equals = line.rfind('=');
        if (trimmed(line).empty()) continue;
        std::string rule_text(trimmed(line));
        if (equals != std::string_view::npos) {
            rule_text = std::string(trimmed(line.substr(0, equals))) + "=" +
                        std::string(trimmed(line.substr(equals + 1)));
        }
        const std::string place = name + ": line " + std::to_string(number) + ": ";
        if (rule_text.find_first_of(kControls) != std::string::npos) {
            return wrong_use(place + "has control characters; a recipe is a text file");
        }
        auto rule = parse_rule(rule_text);
        if (!rule.ok()) return wrong_use(place + rule.status().message());
        if (rules.size() == kMaxRules) {
            return wrong_use(place + "is one rule too many, at most " + std::to_string(kMaxRules) +
                             " are allowed; let one pattern match several tensors");
        }
        rules.push_back(std::move(*rule));
    }
    return rules;
}

Recipe default_recipe(const Format& format, std::vector<RecipeRule> first) {
    constexpr int kProtectedBits = 8;
    Recipe recipe{std::move(first)};
    if (format.bits < kProtectedBits) {
        const Format& protective = *find_format("q8_g32");
        recipe.rules.push_back(default_rule("^token_embd\\.weight$", protective));
        recipe.rules.push_back(default_rule("^output\\.weight$", protective));
    }
    recipe.rules.push_back(default_rule(".", format));
    return recipe;
}

}  // namespace quern
