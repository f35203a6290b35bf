// Recipes: the roles of tensors, the default recipe, rules and their order, messages for bad rules.
#include "quantize/recipe.h"

#include <doctest/doctest.h>

#include "support/check_status.h"

using namespace quern;
using namespace quern::test;

namespace {

std::string format_name(const Recipe& recipe, const std::string& name, int rank = 2) {
    const Format* format = recipe.format_for(name, rank);
    return format ? format->name : "kept";
}

RecipeRule rule(const std::string& text) {
    auto parsed = parse_rule(text);
    check_ok(parsed.status());
    REQUIRE(parsed.ok());
    return *parsed;
}

}  // namespace

TEST_CASE("recipe: tensors have roles by their GGUF names") {
    struct Case {
        const char* name;
        int rank;
        TensorClass expected;
    };
    const Case cases[] = {{"token_embd.weight", 2, TensorClass::kEmbedding},
                          {"output.weight", 2, TensorClass::kHead},
                          {"blk.3.attn_q.weight", 2, TensorClass::kAttention},
                          {"blk.3.attn_output.weight", 2, TensorClass::kAttention},
                          {"blk.3.ffn_down.weight", 2, TensorClass::kMlp},
                          {"blk.3.attn_norm.weight", 1, TensorClass::kNorm},
                          {"output_norm.weight", 1, TensorClass::kNorm},
                          {"blk.3.attn_q.bias", 1, TensorClass::kAttention},
                          {"blk.3.attn_norm.bias", 1, TensorClass::kNorm},
                          {"conv.weight", 2, TensorClass::kOther}};
    for (const Case& c : cases) {
        CAPTURE(c.name);
        CHECK(tensor_class_name(classify_tensor(c.name, c.rank)) == tensor_class_name(c.expected));
    }
}

TEST_CASE("recipe: below 8 bits the embedding and the head get 8, norms stay") {
    const Recipe recipe = default_recipe(*find_format("q4z_g128"), {});
    CHECK(format_name(recipe, "token_embd.weight") == "q8_g32");
    CHECK(format_name(recipe, "output.weight") == "q8_g32");
    CHECK(format_name(recipe, "blk.0.attn_output.weight") == "q4z_g128");
    CHECK(format_name(recipe, "blk.0.ffn_up.weight") == "q4z_g128");
    CHECK(format_name(recipe, "blk.0.attn_norm.weight", 1) == "kept");
    CHECK(recipe.text() == "^token_embd\\.weight$=q8_g32 ^output\\.weight$=q8_g32 .=q4z_g128");
}

TEST_CASE("recipe: from 8 bits up every matrix gets the format that was asked for") {
    for (const char* name : {"q8_row", "q8z_g64", "f8_e4m3", "f16", "bf16", "f32"}) {
        const Recipe recipe = default_recipe(*find_format(name), {});
        CHECK(format_name(recipe, "token_embd.weight") == name);
        CHECK(format_name(recipe, "output.weight") == name);
        CHECK(format_name(recipe, "blk.0.ffn_up.weight") == name);
    }
}

TEST_CASE("recipe: the first rule that matches decides, the user's before the default ones") {
    const Recipe recipe = default_recipe(
        *find_format("q4_g32"), {rule("ffn_down=q6_g32"), rule("ffn=q5_g32"), rule("embd=f16")});
    CHECK(format_name(recipe, "blk.0.ffn_down.weight") == "q6_g32");
    CHECK(format_name(recipe, "blk.0.ffn_up.weight") == "q5_g32");
    CHECK(format_name(recipe, "token_embd.weight") == "f16");
    CHECK(format_name(recipe, "output.weight") == "q8_g32");
    CHECK(format_name(recipe, "blk.0.attn_k.weight") == "q4_g32");
    // Rules are for matrices only.
    CHECK(format_name(default_recipe(*find_format("f16"), {rule("norm=q8_g32")}),
                      "blk.0.attn_norm.weight", 1) == "kept");
    // Without a rule a tensor keeps its format.
    CHECK(format_name(Recipe{{rule("ffn=q5_g32")}}, "blk.0.attn_k.weight") == "kept");
}

TEST_CASE("recipe: a rule's format stands after the last '=' and may be a familiar name") {
    const RecipeRule r = rule("a=b$=q4_1");
    CHECK(r.pattern == "a=b$");
    CHECK(r.format->name == "q4m_g32");
    CHECK(r.matches("xa=b"));
    CHECK_FALSE(r.matches("a=bc"));
    CHECK(r.from_user);
    CHECK(rule("^blk\\.(0|1)\\.=f16").matches("blk.1.attn_q.weight"));
}

TEST_CASE("recipe: bad rules are refused in words that help") {
    struct Case {
        std::string text;
        const char* words;
    };
    const Case cases[] = {{"ffn_down", "has no '=', expected REGEX=FORMAT"},
                          {"=q4_g32", "no pattern before the '='"},
                          {"ffn(=q4_g32", "'ffn(' is not a regular expression"},
                          {"ffn[=q4_g32", "'ffn[' is not a regular expression"},
                          {"*=q4_g32", "'*' is not a regular expression"},
                          {"ffn=q4z_g12", "did you mean q4z_g32 or q4z_g128?"},
                          {"ffn=Q8_G32", "did you mean q8_g32?"},
                          {"ffn=", "unknown format ''"},
                          {std::string(300, 'a') + "=q4_g32", "300 characters, at most 256"}};
    for (const Case& c : cases) {
        CAPTURE(c.text);
        check_error(parse_rule(c.text).status(), Code::kWrongUse, c.words);
    }
    for (const char* far : {"zebra", "q9_g32"}) {  // near nothing, near six
        const std::string message = parse_format(far).status().message();
        CHECK(message.find("did you mean") == std::string::npos);
        CHECK(message.find("'quern-quantize formats' lists them") != std::string::npos);
    }
}

TEST_CASE("recipe: a file has a rule a line, with comments; errors name the line") {
    auto rules = parse_rules("# all\r\n\n attn_v = q6_g32 # more\nffn_(up|gate)=q4z_g64\r\n", "f");
    check_ok(rules.status());
    REQUIRE(rules->size() == 2);
    const Recipe recipe{*rules};
    CHECK(format_name(recipe, "blk.0.attn_v.weight") == "q6_g32");
    CHECK(format_name(recipe, "blk.0.ffn_up.weight") == "q4z_g64");
    CHECK(format_name(recipe, "blk.0.ffn_down.weight") == "kept");
    check_error(parse_rules("a=q8_g32\nb\n", "my.txt").status(), Code::kWrongUse,
                "my.txt: line 2: rule 'b'");
    check_error(parse_rules("a=q9_g32", "f").status(), Code::kWrongUse, "f: line 1");
    check_error(parse_rules(std::string("a\x01=q8_g32"), "f").status(), Code::kWrongUse, "control");
    std::string many;
    for (int i = 0; i < 4097; ++i) many += "a=f16\n";
    check_error(parse_rules(many, "f").status(), Code::kWrongUse,
                "line 4097: is one rule too many");
}
