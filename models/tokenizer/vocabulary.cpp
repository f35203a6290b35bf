// Reads and checks tokenizer.ggml.{tokens, token_type, *_token_id, add_bos_token}. The file is
// untrusted: counts must agree with the model, ids must be in range, texts must be short and valid
// UTF-8.
#include "tokenizer/vocabulary.h"

#include <algorithm>
#include <string_view>

#include "models/utf8.h"

namespace quern {
namespace {

constexpr int64_t kMaxTokens = int64_t{1} << 24;
constexpr size_t kMaxTokenBytes = 4096;

// Control tokens that end a turn in the chat formats in use, whatever the file says about EOS.
constexpr std::string_view kEndTexts[] = {"<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|end|>"};

Status bad(std::string message) { return {Code::kBadFile, std::move(message)}; }

Result<std::vector<std::string_view>> read_texts(const Metadata& metadata, int64_t vocab_size) {
    Result<const StringList*> list = metadata.get_strings("tokenizer.ggml.tokens");
    if (!list.ok()) return list.status();
    if (vocab_size < 1 || vocab_size > kMaxTokens) {
        return bad("the vocabulary size is " + std::to_string(vocab_size) + ", expected 1 to " +
                   std::to_string(kMaxTokens));
    }
    if ((*list)->size() != static_cast<size_t>(vocab_size)) {
        return bad("tokenizer.ggml.tokens has " + std::to_string((*list)->size()) +
                   " entries, but the model has " + std::to_string(vocab_size) +
                   " embedding rows; the file's tokenizer belongs to another model");
    }
    const auto entry = [](size_t id) {
        return "tokenizer.ggml.tokens[" + std::to_string(id) + "] ";
    };
    std::vector<std::string_view> texts;
    texts.reserve((*list)->size());
    for (const std::string_view text : **list) {
        if (text.size() > kMaxTokenBytes) {
            return bad(entry(texts.size()) + "is " + std::to_string(text.size()) +
                       " bytes long, expected at most " + std::to_string(kMaxTokenBytes));
        }
        const size_t offset = find_invalid_utf8(text);
        if (offset != std::string_view::npos) {
            return bad(entry(texts.size()) + "is not valid UTF-8 at byte " +
                       std::to_string(offset));
        }
        texts.push_back(text);
    }
    return texts;
}

Result<std::vector<TokenType>> read_types(const Metadata& metadata, size_t count) {
    const Result<std::vector<int64_t>> numbers = metadata.get_ints("tokenizer.ggml.token_type");
    if (!numbers.ok()) return numbers.status();
    if (numbers.value().size() != count) {
        return bad("tokenizer.ggml.token_type has " + std::to_string(numbers.value().size()) +
                   " entries, expected one for each of the " + std::to_string(count) + " tokens");
    }
    std::vector<TokenType> types;
    types.reserve(count);
    for (const int64_t number : numbers.value()) {
        if (number < 1 || number > 6) {
            return bad("tokenizer.ggml.token_type[" + std::to_string(types.size()) + "] is " +
                       std::to_string(number) + ", expected 1 to 6");
        }
        types.push_back(static_cast<TokenType>(number));
    }
    return types;
}

void add_end_texts(Vocabulary* vocabulary) {
    for (size_t id = 0; id < vocabulary->types.size(); ++id) {
        if (vocabulary->types[id] != TokenType::kControl) continue;
        const std::string_view text = vocabulary->texts[id];
        if (std::find(std::begin(kEndTexts), std::end(kEndTexts), text) != std::end(kEndTexts)) {
            vocabulary->ends.push_back(static_cast<int32_t>(id));
        }
    }
}

}  // namespace

Result<Vocabulary> read_vocabulary(const Metadata& metadata, int64_t vocab_size) {
    Result<std::vector<std::string_view>> texts = read_texts(metadata, vocab_size);
    if (!texts.ok()) return texts.status();
    Vocabulary vocabulary;
    vocabulary.texts = std::move(*texts);
    Result<std::vector<TokenType>> types = read_types(metadata, vocabulary.texts.size());
    if (!types.ok()) return types.status();
    vocabulary.types = std::move(*types);

    // All are checked; those without a target are not needed here.
    int32_t eot = -1;
    const struct {
        std::string_view key;
        int32_t* target;
    } ids[] = {
        {"tokenizer.ggml.bos_token_id", &vocabulary.bos},
        {"tokenizer.ggml.eos_token_id", &vocabulary.eos},
        {"tokenizer.ggml.eot_token_id", &eot},
        {"tokenizer.ggml.unknown_token_id", nullptr},
        {"tokenizer.ggml.padding_token_id", nullptr},
    };
    for (const auto& [key, target] : ids) {
        const Result<int64_t> id = metadata.get_int(key, 0, vocab_size - 1, -1);
        if (!id.ok()) return id.status();
        if (target != nullptr) *target = static_cast<int32_t>(id.value());
    }
    const Result<bool> add_bos = metadata.get_bool("tokenizer.ggml.add_bos_token", false);
    if (!add_bos.ok()) return add_bos.status();
    vocabulary.add_bos = add_bos.value();
    if (vocabulary.add_bos && vocabulary.bos < 0) {
        return bad(
            "tokenizer.ggml.add_bos_token is true, but tokenizer.ggml.bos_token_id is missing");
    }

    for (const int32_t id : {vocabulary.eos, eot}) {
        if (id >= 0) vocabulary.ends.push_back(id);
    }
    add_end_texts(&vocabulary);
    std::sort(vocabulary.ends.begin(), vocabulary.ends.end());
    vocabulary.ends.erase(std::unique(vocabulary.ends.begin(), vocabulary.ends.end()),
                          vocabulary.ends.end());
    return vocabulary;
}

}  // namespace quern
