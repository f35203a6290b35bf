// Byte-level BPE. Encoding: user-defined tokens (and control tokens where they are parsed) are cut
// out of the text, longest first; the pre-tokenizer cuts the rest into words; a word's bytes become
// tokens, and the merges join them. Only normal tokens are ever made this way: a merge that makes a
// control token is refused at load, or a user's text could forge it. A vocabulary may lack tokens
// for bytes that its training text did not have (SmolLM2 has none for U+0004); such bytes are
// dropped, as in the reference implementations.
#include "tokenizer/byte_level_bpe.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "models/utf8.h"
#include "tokenizer/byte_alphabet.h"
#include "tokenizer/merge_table.h"
#include "tokenizer/registry.h"
#include "tokenizer/special_matcher.h"
#include "tokenizer/text_index.h"
#include "tokenizer/unicode.h"
#include "tokenizer/vocabulary.h"

namespace quern {
namespace {

constexpr size_t kMaxMerges = size_t{1} << 24;
constexpr size_t kMaxText = size_t{1} << 30;  // bytes; positions fit in 32 bits

/// Byte tokens ("<0x0A>") are another kind of tokenizer's; here normal tokens stand for bytes.
Status check_types(const std::vector<TokenType>& types) {
    const auto byte = std::find(types.begin(), types.end(), TokenType::kByte);
    if (byte == types.end()) return {};
    return {Code::kBadFile, "tokenizer.ggml.token_type[" + std::to_string(byte - types.begin()) +
                                "] is 6 (byte), which a gpt2 vocabulary does not have"};
}

Status bad_merge(size_t number, std::string_view problem) {
    return {Code::kBadFile, "tokenizer.ggml.merges[" + std::to_string(number) + "] " +
                                std::string(problem) + "; the file's tokenizer is damaged"};
}

// "left right" -> ids. `joined` is scratch.
Result<Merge> read_merge(std::string_view text, size_t number, const TextIndex& index,
                         std::string* joined) {
    const size_t space = text.find(' ');
    if (space == std::string_view::npos || space == 0 || space + 1 == text.size() ||
        text.find(' ', space + 1) != std::string_view::npos) {
        return bad_merge(number, "is not two texts with one space between them");
    }
    const std::string_view left = text.substr(0, space);
    const std::string_view right = text.substr(space + 1);
    joined->assign(left);
    joined->append(right);
    const Merge merge{index.find(left), index.find(right), index.find(*joined)};
    if (merge.left < 0 || merge.right < 0) {
        return bad_merge(number, "joins a text that is not a normal token");
    }
    if (merge.result < 0) return bad_merge(number, "makes a text that is not a normal token");
    return merge;
}

Result<MergeTable> read_merges(const Metadata& metadata, const Vocabulary& vocabulary) {
    const auto texts = metadata.get_strings("tokenizer.ggml.merges");
    if (!texts.ok()) return texts.status();
    if (texts.value()->size() > kMaxMerges) {
        return Status(Code::kBadFile,
                      "tokenizer.ggml.merges has " + std::to_string(texts.value()->size()) +
                          " entries, expected at most " + std::to_string(kMaxMerges));
    }
    const TextIndex index(vocabulary);
    std::vector<Merge> merges;
    merges.reserve(texts.value()->size());
    std::string joined;
    for (const std::string_view text : *texts.value()) {
        const Result<Merge> merge = read_merge(text, merges.size(), index, &joined);
        if (!merge.ok()) return merge.status();
        merges.push_back(merge.value());
    }
    return MergeTable(merges, vocabulary.texts.size());
}

class ByteLevelBpe : public Tokenizer {
  public:
    ByteLevelBpe(const Vocabulary& vocabulary, MergeTable merges, PreTokenizer pre_tokenizer);
    Result<std::vector<int32_t>> encode(std::string_view text, Special special) const override;
    std::string decode(int32_t id, bool show_special) const override;

  private:
    struct Scratch {
        explicit Scratch(const MergeTable& table) : merger(table) {}
        BpeMerger merger;
        std::vector<std::string_view> words;
        std::vector<int32_t> word_ids;
    };
    void store_bytes(const Vocabulary& vocabulary);
    void encode_plain(std::string_view text, Scratch* scratch, std::vector<int32_t>* ids) const;

    PreTokenizer pre_tokenizer_;
    MergeTable merges_;
    std::array<int32_t, 256> byte_ids_;  // -1: no token for this byte
    SpecialMatcher parsed_;              // control and user-defined
    SpecialMatcher always_;              // user-defined only
    std::vector<TokenType> types_;
    std::string bytes_;             // what all tokens stand for, one after the other
    std::vector<uint32_t> offset_;  // token id is bytes_[offset_[id] .. offset_[id + 1])
};

ByteLevelBpe::ByteLevelBpe(const Vocabulary& vocabulary, MergeTable merges,
                           PreTokenizer pre_tokenizer)
    : pre_tokenizer_(pre_tokenizer), merges_(std::move(merges)), types_(vocabulary.types) {
    vocab_size_ = static_cast<int64_t>(vocabulary.types.size());
    bos_ = vocabulary.bos;
    eos_ = vocabulary.eos;
    add_bos_ = vocabulary.add_bos;
    ends_ = vocabulary.ends;

    std::vector<SpecialMatcher::Token> parsed, always;
    for (size_t id = 0; id < types_.size(); ++id) {
        const bool user_defined = types_[id] == TokenType::kUserDefined;
        if (!user_defined && types_[id] != TokenType::kControl) continue;
        const SpecialMatcher::Token token{std::string(vocabulary.texts[id]),
                                          static_cast<int32_t>(id)};
        if (user_defined) always.push_back(token);
        parsed.push_back(token);
    }
    parsed_ = SpecialMatcher(std::move(parsed));
    always_ = SpecialMatcher(std::move(always));
    store_bytes(vocabulary);
}

// Special tokens are stored as they are written, normal ones as the bytes that the alphabet
// encodes; one that is a single character of the alphabet stands for its byte.
void ByteLevelBpe::store_bytes(const Vocabulary& vocabulary) {
    const ByteAlphabet alphabet;
    byte_ids_.fill(-1);
    size_t most = 0;
    for (const std::string_view text : vocabulary.texts) most += text.size();
    bytes_.reserve(most);
    offset_.reserve(types_.size() + 1);
    offset_.push_back(0);
    for (size_t id = 0; id < types_.size(); ++id) {
        const std::string_view text = vocabulary.texts[id];
        if (types_[id] != TokenType::kNormal) {
            bytes_ += text;
        } else {
            alphabet.decode(text, &bytes_);
            const int32_t byte = alphabet.byte(text);
            if (byte >= 0 && byte_ids_[byte] < 0) byte_ids_[byte] = static_cast<int32_t>(id);
        }
        offset_.push_back(static_cast<uint32_t>(bytes_.size()));
    }
}

void ByteLevelBpe::encode_plain(std::string_view text, Scratch* scratch,
                                std::vector<int32_t>* ids) const {
    scratch->words.clear();
    pre_tokenizer_(text, &scratch->words);
    for (const std::string_view word : scratch->words) {
        scratch->word_ids.clear();
        for (const char c : word) {
            const int32_t id = byte_ids_[static_cast<uint8_t>(c)];
            if (id >= 0) scratch->word_ids.push_back(id);
        }
        scratch->merger.merge(&scratch->word_ids);
        ids->insert(ids->end(), scratch->word_ids.begin(), scratch->word_ids.end());
    }
}

Result<std::vector<int32_t>> ByteLevelBpe::encode(std::string_view text, Special special) const {
    if (text.size() > kMaxText) {
        return Status(Code::kWrongUse, "the text has " + std::to_string(text.size()) +
                                           " bytes, expected at most " + std::to_string(kMaxText) +
                                           "; encode it in parts");
    }
    const size_t invalid = find_invalid_utf8(text);
    if (invalid != std::string_view::npos) {
        return Status(Code::kWrongUse, "the text is not valid UTF-8 at byte " +
                                           std::to_string(invalid) + "; convert it to UTF-8 first");
    }
    const SpecialMatcher& matcher = special == Special::kParse ? parsed_ : always_;
    std::vector<int32_t> ids;
    Scratch scratch(merges_);
    for (size_t position = 0; position < text.size();) {
        const SpecialMatcher::Match match = matcher.find(text, position);
        encode_plain(text.substr(position, match.position - position), &scratch, &ids);
        if (match.bytes > 0) ids.push_back(match.id);
        position = match.position + match.bytes;
    }
    return ids;
}

std::string ByteLevelBpe::decode(int32_t id, bool show_special) const {
    if (id < 0 || id >= vocab_size_) return {};
    const auto i = static_cast<size_t>(id);
    const bool shown =
        types_[i] == TokenType::kNormal || types_[i] == TokenType::kUserDefined || show_special;
    return shown ? bytes_.substr(offset_[i], offset_[i + 1] - offset_[i]) : std::string();
}

}  // namespace

Result<std::unique_ptr<Tokenizer>> create_byte_level_bpe(const Metadata& metadata,
                                                         int64_t vocab_size) {
    const Result<const PreTokenizerEntry*> pre = find_pre_tokenizer(metadata);
    if (!pre.ok()) return pre.status();
    const Result<Vocabulary> vocabulary = read_vocabulary(metadata, vocab_size);
    if (!vocabulary.ok()) return vocabulary.status();
    if (Status s = check_types(vocabulary.value().types); !s.ok()) return s;
    Result<MergeTable> merges = read_merges(metadata, vocabulary.value());
    if (!merges.ok()) return merges.status();
    return std::unique_ptr<Tokenizer>(
        std::make_unique<ByteLevelBpe>(vocabulary.value(), std::move(*merges), pre.value()->split));
}

}  // namespace quern
