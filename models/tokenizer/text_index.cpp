// Open addressing: a text that finds its slot taken goes to the next one (Knuth, TAOCP 3, 6.4,
// algorithm L).
#include "tokenizer/text_index.h"

#include <bit>
#include <functional>

namespace quern {
namespace {

uint64_t hash_of(std::string_view text) { return std::hash<std::string_view>()(text); }
/// The slot comes from the low bits.
uint32_t high_bits(uint64_t hash) { return static_cast<uint32_t>(hash >> 32); }

}  // namespace

TextIndex::TextIndex(const Vocabulary& vocabulary)
    : vocabulary_(vocabulary), slots_(std::bit_ceil(vocabulary.texts.size() * 2 + 1)) {
    for (size_t id = 0; id < vocabulary.texts.size(); ++id) {
        if (vocabulary.types[id] != TokenType::kNormal) continue;
        const uint64_t hash = hash_of(vocabulary.texts[id]);
        Slot& slot = slots_[slot_of(vocabulary.texts[id], hash)];
        if (slot.id < 0) slot = {high_bits(hash), static_cast<int32_t>(id)};
    }
}

size_t TextIndex::slot_of(std::string_view text, uint64_t hash) const {
    const size_t mask = slots_.size() - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        const Slot& slot = slots_[i];
        if (slot.id < 0) return i;
        if (slot.hash != high_bits(hash)) continue;
        if (vocabulary_.texts[static_cast<size_t>(slot.id)] == text) return i;
    }
}

int32_t TextIndex::find(std::string_view text) const {
    return slots_[slot_of(text, hash_of(text))].id;
}

}  // namespace quern
