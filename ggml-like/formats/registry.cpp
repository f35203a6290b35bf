// The registry of formats and the other names that people know them by.
#include "formats/registry.h"

#include <iterator>

namespace quern {
namespace {

constexpr FormatAlias kAliases[] = {
    {"q4", "q4_g32"},    {"q8", "q8_g32"},        {"fp32", "f32"},         {"fp16", "f16"},
    {"fp8", "f8_e4m3"},  {"fp8_e4m3", "f8_e4m3"}, {"fp8_e5m2", "f8_e5m2"}, {"q4_0", "q4_g32"},
    {"q4_1", "q4m_g32"}, {"q5_0", "q5_g32"},      {"q5_1", "q5m_g32"},     {"q8_0", "q8_g32"},
    {"int4", "q4_g128"}, {"int8", "q8_row"},      {"nf4", "nf4_g64"},
};

std::vector<Format> join_formats() {
    std::vector<Format> all;
    for (auto list : {real_formats, block_formats}) {
        std::vector<Format> part = list();
        std::move(part.begin(), part.end(), std::back_inserter(all));
    }
    return all;
}

}  // namespace

std::span<const Format> formats() {
    static const std::vector<Format> all = join_formats();
    return all;
}

const Format* find_format(std::string_view name) {
    for (const FormatAlias& a : kAliases) {
        if (a.alias == name) name = a.name;
    }
    for (const Format& f : formats()) {
        if (f.name == name) return &f;
    }
    return nullptr;
}

const Format& product_format(const Format& f, bool bf16_products) {
    static const Format rounded = [] {
        Format f16 = *find_format("f16");
        f16.inputs = InputKind::kBf16;
        return f16;
    }();
    return bf16_products && f.codec == Codec::kF16 ? rounded : f;
}

std::span<const FormatAlias> format_aliases() { return kAliases; }

}  // namespace quern
