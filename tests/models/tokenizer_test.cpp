// The byte-level BPE tokenizer against ids of independent implementations: the Python package
// `tokenizers` (goldens/tokenizer_*.txt) and the vectors that come with the gpt-2 vocabulary.
#include "models/tokenizer.h"

#include <ctime>
#include <map>
#include <random>

#include "models/utf8.h"
#include "support/data.h"
#include "tensor/model_file.h"
#include "tokenizer/registry.h"
#include "tokenizer/unicode.h"
#include "tokenizer_golden.h"

using namespace quern;
using namespace quern::test;

namespace {

using Special = Tokenizer::Special;
using TokenizerPointer = std::unique_ptr<Tokenizer>;

TokenizerPointer make(const Metadata& metadata) {
    const auto tokens = metadata.get_strings("tokenizer.ggml.tokens");
    REQUIRE_MESSAGE(tokens.ok(), tokens.status().message());
    auto made = Tokenizer::create(metadata, static_cast<int64_t>(tokens.value()->size()));
    REQUIRE_MESSAGE(made.ok(), made.status().message());
    return std::move(*made);
}

TokenizerPointer load_tokenizer(const std::string& path) {
    const auto file = ModelFile::open(path, {});
    REQUIRE_MESSAGE(file.ok(), file.status().message());
    return make(file.value()->metadata());
}

const TokenizerGolden& tiny() {
    static const TokenizerGolden kGolden = read_tokenizer_golden(golden("tokenizer_tiny.txt"));
    return kGolden;
}

std::vector<int32_t> ids_of(const Tokenizer& tokenizer, std::string_view text,
                            Special special = Special::kParse) {
    const auto ids = tokenizer.encode(text, special);
    REQUIRE_MESSAGE(ids.ok(), ids.status().message());
    return ids.value();
}

std::string text_of(const Tokenizer& tokenizer, const std::vector<int32_t>& ids) {
    std::string text;
    for (const int32_t id : ids) text += tokenizer.decode(id, true);
    return text;
}

void check_vector(const Tokenizer& tokenizer, const TokenizerGolden::Vector& v) {
    CAPTURE(v.text);
    CAPTURE(v.parse);
    CHECK(ids_of(tokenizer, v.text, v.parse ? Special::kParse : Special::kText) == v.ids);
}

uint64_t fnv1a(const std::vector<int32_t>& ids) {
    uint64_t hash = 0xCBF29CE484222325u;
    for (const int32_t id : ids) {
        for (int shift = 0; shift < 32; shift += 8) {
            hash = (hash ^ ((static_cast<uint32_t>(id) >> shift) & 0xFF)) * 0x100000001B3u;
        }
    }
    return hash;
}

// All vectors, and the hash over the long text if it is there.
void check_against(const std::string& golden_name, const std::string& model_path) {
    if (!have(model_path)) return;
    const TokenizerGolden expected = read_tokenizer_golden(golden(golden_name));
    REQUIRE(expected.vectors.size() >= 120);
    const TokenizerPointer tokenizer = load_tokenizer(model_path);
    for (const auto& v : expected.vectors) check_vector(*tokenizer, v);

    const std::string wiki_path = shared("wiki.test.raw");
    if (!have(wiki_path)) return;
    const std::string text = read_file(wiki_path);
    for (const auto& wiki : expected.wiki) {
        const std::vector<int32_t> ids = ids_of(*tokenizer, text.substr(0, wiki.bytes));
        CHECK(ids.size() == wiki.count);
        CHECK(fnv1a(ids) == wiki.hash);
    }
}

void append_utf8(uint32_t c, std::string* out) {
    const auto tail = [&](int shift) { *out += static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
    if (c < 0x80) {
        *out += static_cast<char>(c);
    } else if (c < 0x800) {
        *out += static_cast<char>(0xC0 | (c >> 6));
        tail(0);
    } else if (c < 0x10000) {
        *out += static_cast<char>(0xE0 | (c >> 12));
        tail(6), tail(0);
    } else {
        *out += static_cast<char>(0xF0 | (c >> 18));
        tail(12), tail(6), tail(0);
    }
}

// Random characters, half of them ASCII, with runs.
std::string random_text(std::mt19937* random, int characters) {
    constexpr uint32_t kLimits[] = {0x80, 0x80, 0x80, 0x800, 0x10000, 0x110000};
    std::string text;
    for (int i = 0; i < characters; ++i) {
        uint32_t c = (*random)() % kLimits[(*random)() % std::size(kLimits)];
        if (c >= 0xD800 && c < 0xE000) c = ' ';
        for (uint32_t n = (*random)() % 8 == 0 ? 5 : 1; n > 0; --n) append_utf8(c, &text);
    }
    return text;
}

}  // namespace

TEST_CASE("tiny vocabulary: ids equal those of the tokenizers package") {
    std::map<std::string, TokenizerPointer> tokenizers;
    REQUIRE(tiny().vectors.size() >= 400);
    for (const auto& v : tiny().vectors) {
        TokenizerPointer& tokenizer = tokenizers[v.pre];
        if (!tokenizer) tokenizer = make(tiny().metadata(v.pre));
        check_vector(*tokenizer, v);
        CHECK(text_of(*tokenizer, v.ids) == v.text);
    }
    CHECK(tokenizers.size() == pre_tokenizer_entries().size());  // a new one needs vectors
}

TEST_CASE("smollm2: ids equal those of the tokenizers package") {
    check_against("tokenizer_smollm2.txt", cached_model("SmolLM2-135M-Instruct.Q4_1.gguf"));
}

TEST_CASE("gpt-2: ids equal those of the tokenizers package") {
    check_against("tokenizer_gpt2.txt", shared("tokenizers/ggml-vocab-gpt-2.gguf"));
}

TEST_CASE("gpt-2: ids equal the vectors that come with the vocabulary") {
    const std::string path = shared("tokenizers/ggml-vocab-gpt-2.gguf");
    if (!have(path)) return;
    const TokenizerPointer tokenizer = load_tokenizer(path);
    const std::string separator = "\n__ggml_vocab_test__\n";
    const std::string texts = read_file(path + ".inp");
    std::istringstream expected(read_file(path + ".out"));
    int checked = 0;
    for (size_t begin = 0; begin < texts.size(); ++checked) {
        const size_t end = std::min(texts.find(separator, begin), texts.size());
        std::string line;
        std::getline(expected, line);
        CHECK(ids_of(*tokenizer, texts.substr(begin, end - begin), Special::kText) ==
              read_numbers(line));
        begin = end + separator.size();
    }
    CHECK(checked > 40);
}

TEST_CASE("decoding what was encoded gives the text back") {
    std::mt19937 random(1);
    for (const auto& entry : pre_tokenizer_entries()) {
        const TokenizerPointer tokenizer = make(tiny().metadata(std::string(entry.pre)));
        for (int i = 0; i < 300; ++i) {
            const std::string text = random_text(&random, i);
            CHECK(text_of(*tokenizer, ids_of(*tokenizer, text)) == text);
            CHECK(text_of(*tokenizer, ids_of(*tokenizer, text, Special::kText)) == text);
        }
    }
}

TEST_CASE("character classes: the table rises, and characters at borders have theirs") {
    for (size_t i = 0; i < kCharRanges.size(); ++i) {
        CHECK(kCharRanges[i].first <= kCharRanges[i].last);
        CHECK((i == 0 || kCharRanges[i - 1].last < kCharRanges[i].first));
    }
    const std::pair<uint32_t, CharClass> characters[] = {
        {0, CharClass::kOther},        {'@', CharClass::kOther},      {'A', CharClass::kLetter},
        {'Z', CharClass::kLetter},     {'[', CharClass::kOther},      {'9', CharClass::kNumber},
        {' ', CharClass::kSpace},      {0x85, CharClass::kSpace},     {0x200B, CharClass::kOther},
        {0x3000, CharClass::kSpace},   {0x4E00, CharClass::kLetter},  {0x9FFF, CharClass::kLetter},
        {0xAC00, CharClass::kLetter},  {0xD7A3, CharClass::kLetter},  {0xD7A4, CharClass::kOther},
        {0x2168, CharClass::kNumber},  {0x301, CharClass::kOther},    {0x1F642, CharClass::kOther},
        {0x2A6DF, CharClass::kLetter}, {0x10FFFF, CharClass::kOther},
    };
    for (const auto& character : characters) {
        CAPTURE(character.first);
        CHECK(char_class(character.first) == character.second);
    }
}

TEST_CASE("words end where those of the tokenizers package end") {
    REQUIRE(tiny().words.size() >= 200);
    for (const auto& expected : tiny().words) {
        for (const auto& entry : pre_tokenizer_entries()) {
            if (entry.pre != expected.pre) continue;
            CAPTURE(expected.text);
            std::vector<std::string_view> words;
            entry.split(expected.text, &words);
            std::vector<int32_t> lengths;
            for (const std::string_view word : words) {
                lengths.push_back(static_cast<int32_t>(word.size()));
            }
            CHECK(lengths == expected.lengths);
        }
    }
}

TEST_CASE("words are the text, cut without loss and never empty") {
    std::mt19937 random(2);
    for (const auto& entry : pre_tokenizer_entries()) {
        for (int i = 0; i < 200; ++i) {
            const std::string text = random_text(&random, i);
            std::vector<std::string_view> words;
            entry.split(text, &words);
            std::string joined;
            for (const std::string_view word : words) {
                CHECK(!word.empty());
                CHECK(find_invalid_utf8(word) == std::string_view::npos);
                joined += word;
            }
            CHECK(joined == text);
        }
    }
}

TEST_CASE("a user's text never becomes a control token") {
    const TokenizerPointer tokenizer = make(tiny().metadata("smollm"));
    CHECK(ids_of(*tokenizer, "<|im_end|>") == std::vector<int32_t>{2});
    for (const int32_t id :
         ids_of(*tokenizer, "<|im_end|><|im_start|>x<|endoftext|>", Special::kText)) {
        CHECK(id > 2);
    }
}

TEST_CASE("control tokens are decoded only on request, ids out of range to nothing") {
    const TokenizerPointer tokenizer = make(tiny().metadata("smollm"));
    CHECK(tokenizer->decode(2).empty());
    CHECK(tokenizer->decode(2, true) == "<|im_end|>");
    const int32_t tool = ids_of(*tokenizer, "<tool>").at(0);
    CHECK(tokenizer->decode(tool) == "<tool>");
    CHECK(tokenizer->decode(-1, true).empty());
    CHECK(tokenizer->decode(static_cast<int32_t>(tokenizer->vocab_size()), true).empty());
}

TEST_CASE("special ids and the tokens that end an answer") {
    Metadata metadata = tiny().metadata("smollm");
    metadata.set_u64("tokenizer.ggml.eot_token_id", 7);
    const TokenizerPointer tokenizer = make(metadata);
    CHECK(tokenizer->bos() == 1);
    CHECK(tokenizer->eos() == 2);
    CHECK(tokenizer->text_bos() == -1);
    CHECK(tokenizer->is_end(0));   // <|endoftext|>
    CHECK(!tokenizer->is_end(1));  // <|im_start|>
    CHECK(tokenizer->is_end(2));
    CHECK(tokenizer->is_end(7));
    CHECK(!tokenizer->is_end(8));
    metadata.set("tokenizer.ggml.add_bos_token", {MetaType::kBool, MetaType::kBool, uint64_t{1}});
    CHECK(make(metadata)->text_bos() == make(metadata)->bos());
    CHECK(make(metadata)->bos() >= 0);
}

TEST_CASE("invalid UTF-8 is refused with its offset") {
    const TokenizerPointer tokenizer = make(tiny().metadata("gpt-2"));
    const auto ids = tokenizer->encode("caf\xC3\xA9 \xFF!", Special::kText);
    REQUIRE(!ids.ok());
    CHECK(ids.status().code() == Code::kWrongUse);
    CHECK(ids.status().message().find("byte 6") != std::string::npos);
}

TEST_CASE("long texts without a border take time in proportion") {
    const TokenizerPointer tokenizer = make(tiny().metadata("gpt-2"));
    std::mt19937 random(3);
    std::string letters, spaces(1 << 20, ' '), tags;
    for (int i = 0; i < 1 << 20; ++i) letters += "theran"[random() % 6];
    while (tags.size() < 1 << 20) tags += "<|im_<|endoftex";
    for (const std::string& text : {letters, spaces, tags}) {
        const std::clock_t start = std::clock();
        CHECK(text_of(*tokenizer, ids_of(*tokenizer, text)) == text);
        // A quadratic step takes minutes of the CPU; sanitizers slow a linear one down, too.
        CHECK((std::clock() - start) / CLOCKS_PER_SEC < 10);
    }
}
