// Vocabularies that are damaged or hostile: each is refused with a message that names the key.
#include <functional>
#include <random>

#include "models/tokenizer.h"
#include "support/data.h"
#include "tokenizer_golden.h"

using namespace quern;
using namespace quern::test;

namespace {

struct BadFile {
    const char* name;
    std::function<void(TokenizerGolden*)> damage;    // before the metadata is made
    std::function<void(Metadata*)> damage_metadata;  // after
    const char* key;                                 // the message names it
    const char* found;                               // and says this
    int64_t more_rows = 0;                           // embedding rows beyond the number of tokens
};

std::function<void(TokenizerGolden*)> merge(std::string text) {
    return [text](TokenizerGolden* g) { g->merges[5] = text; };
}
std::function<void(Metadata*)> text_key(std::string key, std::string value) {
    return [key, value](Metadata* m) { m->set_string(key, value); };
}
std::function<void(Metadata*)> number_key(std::string key, uint64_t value) {
    return [key, value](Metadata* m) { m->set_u64(key, value); };
}

constexpr int64_t kTokens = 441;  // of the tiny vocabulary
const std::string kPrefix = "tokenizer.ggml.";

const BadFile kBadFiles[] = {
    {"model", {}, text_key(kPrefix + "model", "llama"), "tokenizer.ggml.model", "'llama'"},
    {"model list", {}, text_key(kPrefix + "model", "x"), "tokenizer.ggml.model", "known are gpt2"},
    {"pre",
     {},
     text_key(kPrefix + "pre", "falcon"),
     "tokenizer.ggml.pre",
     "known are gpt-2, smollm"},
    {"escape sequence",
     {},
     text_key(kPrefix + "pre", "a\x1B[2J"),
     "tokenizer.ggml.pre",
     "'a\\x1B[2J'"},
    {"pre of another type", {}, number_key(kPrefix + "pre", 1), "tokenizer.ggml.pre", ""},
    {"tokens of another type", {}, text_key(kPrefix + "tokens", "x"), "tokenizer.ggml.tokens", ""},
    {"more rows than tokens", {}, {}, "tokenizer.ggml.tokens", "embedding rows", 1},
    {"fewer rows than tokens", {}, {}, "tokenizer.ggml.tokens", "embedding rows", -1},
    {"no rows", {}, {}, "vocabulary size", "0", -kTokens},
    {"absurdly many rows", {}, {}, "vocabulary size", "expected 1 to", int64_t{1} << 60},
    {"too few types",
     [](TokenizerGolden* g) { g->types.pop_back(); },
     {},
     "tokenizer.ggml.token_type",
     "440 entries"},
    {"unknown type",
     [](TokenizerGolden* g) { g->types[9] = 7; },
     {},
     "tokenizer.ggml.token_type[9]",
     "is 7"},
    {"type of another kind of tokenizer",
     [](TokenizerGolden* g) { g->types[9] = 6; },
     {},
     "tokenizer.ggml.token_type[9]",
     "is 6 (byte)"},
    {"negative type",
     [](TokenizerGolden* g) { g->types[9] = -1; },
     {},
     "tokenizer.ggml.token_type[9]",
     "is -1"},
    {"invalid text",
     [](TokenizerGolden* g) { g->tokens[9] = "ab\xC0"; },
     {},
     "tokenizer.ggml.tokens[9]",
     "byte 2"},
    {"long text",
     [](TokenizerGolden* g) { g->tokens[9] = std::string(5000, 'a'); },
     {},
     "tokenizer.ggml.tokens[9]",
     "5000 bytes"},
    {"merge without a space", merge("he"), {}, "tokenizer.ggml.merges[5]", "one space"},
    {"merge with two spaces", merge("h  e"), {}, "tokenizer.ggml.merges[5]", "one space"},
    {"merge of three", merge("h e r"), {}, "tokenizer.ggml.merges[5]", "one space"},
    {"merge without left", merge(" he"), {}, "tokenizer.ggml.merges[5]", "one space"},
    {"merge without right", merge("he "), {}, "tokenizer.ggml.merges[5]", "one space"},
    {"empty merge", merge(""), {}, "tokenizer.ggml.merges[5]", "one space"},
    {"merge of an unknown text", merge("h \xE6\x97\xA5"), {}, "tokenizer.ggml.merges[5]", "joins"},
    {"merge to an unknown text", merge("q q"), {}, "tokenizer.ggml.merges[5]", "makes"},
    {"merge of a control token", merge("<|im_end|> h"), {}, "tokenizer.ggml.merges[5]", "joins"},
    {"merge to a control token",
     [](TokenizerGolden* g) { g->tokens[0] = "qq", g->merges[5] = "q q"; },
     {},
     "tokenizer.ggml.merges[5]",
     "makes"},
    {"bos",
     {},
     number_key(kPrefix + "bos_token_id", kTokens),
     "tokenizer.ggml.bos_token_id",
     "441"},
    {"eos",
     {},
     number_key(kPrefix + "eos_token_id", ~uint64_t{0}),
     "tokenizer.ggml.eos_token_id",
     ""},
    {"eot", {}, text_key(kPrefix + "eot_token_id", "2"), "tokenizer.ggml.eot_token_id", ""},
    {"padding",
     {},
     number_key(kPrefix + "padding_token_id", 1u << 31),
     "tokenizer.ggml.padding_token_id",
     ""},
    {"add_bos of another type",
     {},
     number_key(kPrefix + "add_bos_token", 1),
     "tokenizer.ggml.add_bos_token",
     ""},
};

}  // namespace

TEST_CASE("damaged vocabularies are refused by name") {
    const TokenizerGolden whole = read_tokenizer_golden(golden("tokenizer_tiny.txt"));
    REQUIRE(whole.tokens.size() == kTokens);
    for (const BadFile& c : kBadFiles) {
        CAPTURE(c.name);
        TokenizerGolden damaged = whole;
        if (c.damage) c.damage(&damaged);
        Metadata metadata = damaged.metadata("smollm");
        if (c.damage_metadata) c.damage_metadata(&metadata);
        const auto made = Tokenizer::create(metadata, kTokens + c.more_rows);
        REQUIRE(!made.ok());
        const std::string message = made.status().message();
        CAPTURE(message);
        CHECK(made.status().code() == Code::kBadFile);
        CHECK(message.find(c.key) != std::string::npos);
        CHECK(message.find(c.found) != std::string::npos);
    }
}

TEST_CASE("every key without a default is named when it is missing") {
    const TokenizerGolden whole = read_tokenizer_golden(golden("tokenizer_tiny.txt"));
    const Metadata all = whole.metadata("smollm");
    const std::string keys[] = {"model", "pre", "tokens", "token_type", "merges"};
    for (const std::string& key : keys) {
        Metadata metadata;
        for (const auto& [name, value] : all.entries()) {
            if (name != kPrefix + key) metadata.set(name, value);
        }
        const auto made = Tokenizer::create(metadata, kTokens);
        REQUIRE(!made.ok());
        CHECK(made.status().message().find(kPrefix + key) != std::string::npos);
    }
}

TEST_CASE("BOS is required where the file says that it is added") {
    const Metadata all = read_tokenizer_golden(golden("tokenizer_tiny.txt")).metadata("smollm");
    Metadata metadata;
    for (const auto& [name, value] : all.entries()) {
        if (name != kPrefix + "bos_token_id") metadata.set(name, value);
    }
    metadata.set("tokenizer.ggml.add_bos_token", {MetaType::kBool, MetaType::kBool, uint64_t{1}});
    const auto made = Tokenizer::create(metadata, kTokens);
    REQUIRE(!made.ok());
    CHECK(made.status().message().find("bos_token_id is missing") != std::string::npos);
}

TEST_CASE("duplicate and empty texts: the lowest id is made, all are decoded") {
    TokenizerGolden odd = read_tokenizer_golden(golden("tokenizer_tiny.txt"));
    const auto add = [&](const std::string& text, int64_t type) {
        odd.tokens.push_back(text);
        odd.types.push_back(type);
        return static_cast<int32_t>(odd.tokens.size() - 1);
    };
    const int32_t letter = add("q", 1), control = add("<|im_end|>", 3),
                  normal = add("<|im_end|>", 1);
    add("", 1);
    add("", 3);
    add("", 4);
    const int32_t unused = add("[PAD]", 5);
    odd.merges.push_back(odd.merges[0]);
    const auto made =
        Tokenizer::create(odd.metadata("gpt-2"), static_cast<int64_t>(odd.tokens.size()));
    REQUIRE_MESSAGE(made.ok(), made.status().message());
    const Tokenizer& tokenizer = *made.value();

    const auto q = tokenizer.encode("q", Tokenizer::Special::kText).value();
    REQUIRE(q.size() == 1);
    CHECK(q[0] < letter);
    CHECK(tokenizer.decode(letter) == "q");
    CHECK(tokenizer.encode("<|im_end|>", Tokenizer::Special::kParse).value() ==
          std::vector<int32_t>{2});
    CHECK(tokenizer.decode(control, true) == "<|im_end|>");
    CHECK(tokenizer.decode(normal) == "<|im_end|>");
    CHECK(tokenizer.decode(unused).empty());
}

TEST_CASE("random damage is refused or harmless") {
    const TokenizerGolden whole = read_tokenizer_golden(golden("tokenizer_tiny.txt"));
    std::mt19937 random(4);
    const auto any = [&](auto& list) -> auto& { return list[random() % list.size()]; };
    int accepted = 0;
    for (int round = 0; round < 400; ++round) {
        TokenizerGolden damaged = whole;
        for (uint32_t n = 1 + random() % 4; n > 0; --n) {
            switch (random() % 5) {
                case 0:
                    any(damaged.types) = 1 + random() % 6;
                    break;
                case 1:
                    std::swap(any(damaged.tokens), any(damaged.tokens));
                    break;
                case 2:
                    any(damaged.tokens) = any(damaged.tokens);
                    break;
                case 3:
                    any(damaged.merges) = any(damaged.tokens) + " " + any(damaged.tokens);
                    break;
                default:
                    any(damaged.merges) = any(damaged.merges);
                    break;
            }
        }
        const auto made = Tokenizer::create(damaged.metadata("smollm"), kTokens);
        if (!made.ok()) continue;
        ++accepted;
        const std::string& text = any(damaged.vectors).text;
        for (const auto special : {Tokenizer::Special::kParse, Tokenizer::Special::kText}) {
            const auto ids = made.value()->encode(text, special);
            REQUIRE(ids.ok());
            for (const int32_t id : ids.value()) {
                CHECK(id >= 0);
                CHECK(id < kTokens);
                if (special == Tokenizer::Special::kText) {
                    const int64_t type = damaged.types[static_cast<size_t>(id)];
                    CHECK((type == 1 || type == 4 || type == 6));
                }
            }
        }
    }
    CHECK(accepted > 20);
    CHECK(accepted < 380);
}

TEST_CASE("bytes that have no token are dropped") {
    TokenizerGolden golden_file = read_tokenizer_golden(golden("tokenizer_tiny.txt"));
    for (std::string& token : golden_file.tokens) {
        if (token == "q") token = "another";
    }
    const auto made = Tokenizer::create(golden_file.metadata("gpt-2"), kTokens);
    REQUIRE_MESSAGE(made.ok(), made.status().message());
    const Tokenizer& tokenizer = *made.value();
    CHECK(tokenizer.encode("hqe", Tokenizer::Special::kText).value() ==
          tokenizer.encode("he", Tokenizer::Special::kText).value());
}
