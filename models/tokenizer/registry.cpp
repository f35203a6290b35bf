// Which tokenizer a model file gets. Adding one: its file, and one line in a table here.
#include "tokenizer/registry.h"

#include <algorithm>
#include <string>

#include "tensor/quoted.h"
#include "tokenizer/byte_level_bpe.h"

namespace quern {
namespace {

constexpr TokenizerEntry kTokenizers[] = {
    {"gpt2", create_byte_level_bpe},
};

constexpr PreTokenizerEntry kPreTokenizers[] = {
    {"gpt-2", split_gpt2},
    {"smollm", split_smollm},
};

std::string list_of(const auto& table, auto name) {
    std::string out;
    for (const auto& entry : table) out += (out.empty() ? "" : ", ") + std::string(entry.*name);
    return out;
}

// The table's entry that metadata[key] names.
template <class Entry>
Result<const Entry*> find_entry(const Metadata& metadata, std::string_view key,
                                std::span<const Entry> table, std::string_view Entry::*name) {
    const std::string known = "; known are " + list_of(table, name);
    if (metadata.find(key) == nullptr) {
        return Status(Code::kBadFile, std::string(key) + " is missing" + known);
    }
    const Result<std::string> value = metadata.get_string(key);
    if (!value.ok()) return value.status();
    for (const Entry& entry : table) {
        if (entry.*name == value.value()) return &entry;
    }
    return Status(Code::kBadFile, std::string(key) + " is " + in_quotes(value.value()) +
                                      ", which is not supported" + known);
}

}  // namespace

std::span<const TokenizerEntry> tokenizer_entries() { return kTokenizers; }
std::span<const PreTokenizerEntry> pre_tokenizer_entries() { return kPreTokenizers; }

Result<const PreTokenizerEntry*> find_pre_tokenizer(const Metadata& metadata) {
    return find_entry(metadata, "tokenizer.ggml.pre", pre_tokenizer_entries(),
                      &PreTokenizerEntry::pre);
}

Result<std::unique_ptr<Tokenizer>> Tokenizer::create(const Metadata& metadata, int64_t vocab_size) {
    const auto entry =
        find_entry(metadata, "tokenizer.ggml.model", tokenizer_entries(), &TokenizerEntry::model);
    if (!entry.ok()) return entry.status();
    return entry.value()->create(metadata, vocab_size);
}

bool Tokenizer::is_end(int32_t id) const {
    return std::find(ends_.begin(), ends_.end(), id) != ends_.end();
}

}  // namespace quern
