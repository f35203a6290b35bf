// Metadata: entries in file order plus an index sorted by key, and the getters that turn untrusted
// values into checked ones.
#include "tensor/metadata.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "files/file_error.h"

namespace quern {
namespace {

constexpr std::string_view kTypeNames[] = {"u8",   "i8",     "u16",   "i16", "u32", "i32", "f32",
                                           "bool", "string", "array", "u64", "i64", "f64"};

std::string type_text(const MetaValue& v) {
    if (v.type != MetaType::kArray) return std::string(meta_type_name(v.type));
    return "array of " + std::string(meta_type_name(v.element));
}

Status key_error(std::string_view key, const std::string& found, const std::string& expected) {
    return {Code::kBadFile, "metadata key " + in_quotes(key) + " " + found + ", expected " +
                                expected + "; the file is damaged or was made for another program"};
}

Status missing(std::string_view key, const std::string& expected) {
    return key_error(key, "is missing", expected);
}

Status wrong_type(std::string_view key, const MetaValue& v, const std::string& expected) {
    return key_error(key, "is of type " + type_text(v), expected);
}

std::string real_text(double v) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", v);
    return text;
}

/// Position in the sorted index where `key` is or belongs.
std::vector<uint32_t>::const_iterator position(
    const std::vector<uint32_t>& sorted,
    const std::vector<std::pair<std::string, MetaValue>>& entries, std::string_view key) {
    return std::lower_bound(
        sorted.begin(), sorted.end(), key,
        [&](uint32_t i, std::string_view wanted) { return entries[i].first < wanted; });
}

}  // namespace

std::string_view meta_type_name(MetaType type) {
    const auto i = static_cast<size_t>(type);
    return i < std::size(kTypeNames) ? kTypeNames[i] : "unknown";
}

bool Metadata::add(std::string key, MetaValue value) {
    const auto at = position(sorted_, entries_, key);
    if (at != sorted_.end() && entries_[*at].first == key) return false;
    sorted_.insert(at, static_cast<uint32_t>(entries_.size()));
    entries_.emplace_back(std::move(key), std::move(value));
    return true;
}

void Metadata::set(std::string key, MetaValue value) {
    const auto at = position(sorted_, entries_, key);
    if (at != sorted_.end() && entries_[*at].first == key) {
        entries_[*at].second = std::move(value);
    } else {
        add(std::move(key), std::move(value));
    }
}

void Metadata::set_string(std::string key, std::string value) {
    set(std::move(key), {MetaType::kString, MetaType::kString, std::move(value)});
}

void Metadata::set_u64(std::string key, uint64_t value) {
    set(std::move(key), {MetaType::kU64, MetaType::kU64, value});
}

void Metadata::set_strings(std::string key, const std::vector<std::string>& values) {
    set(std::move(key), {MetaType::kArray, MetaType::kString, StringList(values)});
}

void Metadata::remove(std::string_view key) {
    const auto at = position(sorted_, entries_, key);
    if (at == sorted_.end() || entries_[*at].first != key) return;
    const uint32_t index = *at;
    sorted_.erase(at);
    for (uint32_t& i : sorted_) i -= i > index ? 1 : 0;
    entries_.erase(entries_.begin() + index);
}

const MetaValue* Metadata::find(std::string_view key) const {
    const auto at = position(sorted_, entries_, key);
    return at != sorted_.end() && entries_[*at].first == key ? &entries_[*at].second : nullptr;
}

Result<int64_t> Metadata::get_int(std::string_view key, int64_t min, int64_t max,
                                  std::optional<int64_t> fallback) const {
    const std::string expected =
        "an integer from " + std::to_string(min) + " to " + std::to_string(max);
    const MetaValue* v = find(key);
    if (!v && fallback) return *fallback;
    if (!v) return missing(key, expected);
    int64_t value = 0;
    if (const auto* u = std::get_if<uint64_t>(&v->value); u && v->type != MetaType::kBool) {
        if (*u > INT64_MAX) return key_error(key, "is " + std::to_string(*u), expected);
        value = static_cast<int64_t>(*u);
    } else if (const auto* i = std::get_if<int64_t>(&v->value)) {
        value = *i;
    } else {
        return wrong_type(key, *v, expected);
    }
    if (value < min || value > max) {
        return key_error(key, "is " + std::to_string(value), expected);
    }
    return value;
}

Result<double> Metadata::get_real(std::string_view key, double min, double max,
                                  std::optional<double> fallback) const {
    const std::string expected = "a number from " + real_text(min) + " to " + real_text(max);
    const MetaValue* v = find(key);
    if (!v && fallback) return *fallback;
    if (!v) return missing(key, expected);
    double value = 0;
    if (const auto* d = std::get_if<double>(&v->value)) {
        value = *d;
    } else if (const auto* i = std::get_if<int64_t>(&v->value)) {
        value = static_cast<double>(*i);
    } else if (const auto* u = std::get_if<uint64_t>(&v->value); u && v->type != MetaType::kBool) {
        value = static_cast<double>(*u);
    } else {
        return wrong_type(key, *v, expected);
    }
    if (!std::isfinite(value) || value < min || value > max) {
        return key_error(key, "is " + real_text(value), expected);
    }
    return value;
}

Result<bool> Metadata::get_bool(std::string_view key, std::optional<bool> fallback) const {
    const MetaValue* v = find(key);
    if (!v && fallback) return *fallback;
    if (!v) return missing(key, "true or false");
    if (v->type != MetaType::kBool) return wrong_type(key, *v, "true or false");
    return std::get<uint64_t>(v->value) != 0;
}

Result<std::string> Metadata::get_string(std::string_view key,
                                         std::optional<std::string> fallback) const {
    const MetaValue* v = find(key);
    if (!v && fallback) return *fallback;
    if (!v) return missing(key, "a string");
    const auto* text = std::get_if<std::string>(&v->value);
    if (!text) return wrong_type(key, *v, "a string");
    return *text;
}

Result<const StringList*> Metadata::get_strings(std::string_view key) const {
    const MetaValue* v = find(key);
    if (!v) return missing(key, "an array of strings");
    const auto* list = std::get_if<StringList>(&v->value);
    if (!list) return wrong_type(key, *v, "an array of strings");
    return list;
}

Result<std::vector<int64_t>> Metadata::get_ints(std::string_view key) const {
    const std::string expected = "an array of integers";
    const MetaValue* v = find(key);
    if (!v) return missing(key, expected);
    if (const auto* list = std::get_if<std::vector<int64_t>>(&v->value)) return *list;
    const auto* list = std::get_if<std::vector<uint64_t>>(&v->value);
    if (!list || v->element == MetaType::kBool) return wrong_type(key, *v, expected);
    const auto large =
        std::find_if(list->begin(), list->end(), [](uint64_t u) { return u > INT64_MAX; });
    if (large != list->end()) {
        return key_error(key, "holds " + std::to_string(*large),
                         "integers up to " + std::to_string(INT64_MAX));
    }
    return std::vector<int64_t>(list->begin(), list->end());
}

}  // namespace quern
