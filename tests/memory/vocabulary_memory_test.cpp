// What a vocabulary costs: tens of thousands of short strings, which must not be copied one by one.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "memory/failing_new.h"
#include "models/tokenizer.h"
#include "support/byte_alphabet.h"
#include "support/gguf_builder.h"
#include "support/temp_dir.h"
#include "tensor/model_file.h"

using namespace quern;
using namespace quern::test;

namespace {

constexpr size_t kPerLetter = 96;

/// A file without tensors. Its vocabulary is the byte alphabet and runs of each of `letters`, 2 to
/// 97 long, with the merge that makes each.
std::string vocabulary_file(const std::string& letters) {
    std::vector<std::string> tokens = byte_alphabet(), merges;
    for (const char letter : letters) {
        for (size_t n = 1; n <= kPerLetter; ++n) {
            merges.push_back(std::string(n, letter) + " " + letter);
            tokens.push_back(std::string(n + 1, letter));
        }
    }
    GgufBuilder b;
    b.string("tokenizer.ggml.model", "gpt2").string("tokenizer.ggml.pre", "gpt-2");
    b.strings("tokenizer.ggml.tokens", tokens).strings("tokenizer.ggml.merges", merges);
    b.array("tokenizer.ggml.token_type", 5, std::vector<int32_t>(tokens.size(), 1));
    return b.build();
}

struct Cost {
    int64_t tokens;
    int64_t file, tokenizer;  // bytes that stay in use
};

Cost cost_of(const std::string& letters) {
    const TempDir folder;
    const std::string path = folder.write("vocabulary.gguf", vocabulary_file(letters));
    const int64_t before = live_bytes();
    auto file = ModelFile::open(path, {});
    REQUIRE_MESSAGE(file.ok(), file.status().message());
    const int64_t opened = live_bytes();
    const auto tokens = static_cast<int64_t>(256 + letters.size() * kPerLetter);
    auto tokenizer = Tokenizer::create((*file)->metadata(), tokens);
    REQUIRE_MESSAGE(tokenizer.ok(), tokenizer.status().message());
    return {tokens, opened - before, live_bytes() - opened};
}

}  // namespace

TEST_CASE("memory of a vocabulary: what a token adds") {
    cost_of("a");  // what is made once for the whole process
    const Cost few = cost_of("a"), many = cost_of("abcdefghijklmnopqrst");
    const auto tokens = static_cast<double>(many.tokens - few.tokens);
    // Its type, in 64 bits; its text stays in the file.
    CHECK(static_cast<double>(many.file - few.file) / tokens < 10);
    // Its 49.5 bytes on average, their place, its type, where the merges that it begins are (4),
    // and the merge that makes it (12).
    CHECK(static_cast<double>(many.tokenizer - few.tokenizer) / tokens < 76);
}
