// Recipes: which format each tensor gets. Rules are tried in order, the first whose pattern is
// found in the tensor's full name wins. They are for matrices: tensors of rank 1 (norms, biases)
// always stay f32.
//
// The default recipe for a format F is mixed precision. Below 8 bits: embedding and output head
// q8_g32, every other matrix F, norms f32. The embedding is read one row per token and the head
// decides between all tokens, so both are sensitive and cost little speed at 8 bits. From 8 bits up
// (q8_*, f8_*, f16, bf16, f32) they are F like the rest: nothing is gained by a second format, and
// nothing gets larger than what was asked for.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/format.h"
#include "tensor/status.h"

namespace quern {

/// The role of a tensor in the model, from its name; reports are grouped by it.
enum class TensorClass { kEmbedding, kAttention, kMlp, kHead, kNorm, kOther };
std::string_view tensor_class_name(TensorClass c);
TensorClass classify_tensor(std::string_view name, int rank);

struct RecipeRule {
    std::string pattern;  ///< ECMAScript regular expression, searched in the name
    std::function<bool(std::string_view name)> matches;
    const Format* format = nullptr;
    bool from_user = true;  ///< worth a warning if it decides no tensor
};

struct Recipe {
    std::vector<RecipeRule> rules;

    /// The rule that decides about a matrix; nullptr: there is none.
    const RecipeRule* rule_for(std::string_view name, int rank) const;
    /// nullptr: a tensor without a rule keeps its format.
    const Format* format_for(std::string_view name, int rank) const;
    /// All rules as 'PATTERN=FORMAT', separated by spaces: what a file remembers of its making.
    std::string text() const;
};

/// find_format() with an error that names the formats most like `name`.
Result<const Format*> parse_format(std::string_view name);
/// Parses 'REGEX=FORMAT'. The text after the last '=' is the format.
Result<RecipeRule> parse_rule(std::string_view text);
/// A rule that nobody wrote; `pattern` is correct.
RecipeRule default_rule(std::string pattern, const Format& format);
/// Parses the text of a file: a rule a line, 'REGEX = FORMAT'; empty lines and what follows a #
/// at the beginning of a line or after a space do not count. `name` is the file's, for messages.
Result<std::vector<RecipeRule>> parse_rules(std::string_view text, const std::string& name);
/// The default recipe for `format` with the caller's rules in front.
Recipe default_recipe(const Format& format, std::vector<RecipeRule> first);

}  // namespace quern
