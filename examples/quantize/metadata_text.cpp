// Metadata values for people and as JSON.
#include "quantize/metadata_text.h"

#include <algorithm>
#include <type_traits>

#include "common/printable.h"
#include "common/table.h"

namespace quern {
namespace {

constexpr size_t kFirstElements = 6;

template <class T>
constexpr bool kIsArray = false;
template <class T>
constexpr bool kIsArray<std::vector<T>> = true;
template <>
constexpr bool kIsArray<StringList> = true;

std::string scalar_text(uint64_t v, MetaType type, size_t) {
    return type == MetaType::kBool ? (v != 0 ? "true" : "false") : std::to_string(v);
}
std::string scalar_text(int64_t v, MetaType, size_t) { return std::to_string(v); }
std::string scalar_text(double v, MetaType, size_t) { return cli::short_number(v); }
std::string scalar_text(std::string_view v, MetaType, size_t limit) {
    return cli::printable(v, limit);
}

void scalar_json(cli::Json* json, uint64_t v, MetaType type) {
    if (type == MetaType::kBool) {
        json->value(v != 0);
    } else {
        json->value(v);
    }
}
template <class T>
void scalar_json(cli::Json* json, const T& v, MetaType) {
    json->value(v);
}

size_t array_length(const MetaValue& value) {
    return std::visit(
        [](const auto& v) -> size_t {
            if constexpr (kIsArray<std::decay_t<decltype(v)>>) return v.size();
            return 0;
        },
        value.value);
}

}  // namespace

std::string metadata_type(const MetaValue& value) {
    if (value.type != MetaType::kArray) return std::string(meta_type_name(value.type));
    return "array of " + std::to_string(array_length(value)) + " " +
           std::string(meta_type_name(value.element));
}

std::string metadata_text(const MetaValue& value, size_t limit) {
    return std::visit(
        [&](const auto& v) -> std::string {
            if constexpr (kIsArray<std::decay_t<decltype(v)>>) {
                std::string text;
                const size_t n = std::min(v.size(), kFirstElements);
                auto at = v.begin();
                for (size_t i = 0; i < n; ++i, ++at) {
                    const std::string element =
                        scalar_text(*at, value.element, limit / kFirstElements);
                    const bool quote = value.element == MetaType::kString;
                    text += (i == 0 ? "" : ", ") + (quote ? "'" + element + "'" : element);
                }
                return text + (v.size() > n ? ", ..." : "");
            } else {
                return scalar_text(v, value.type, limit);
            }
        },
        value.value);
}

void metadata_json(cli::Json* json, const MetaValue& value) {
    std::visit(
        [&](const auto& v) {
            if constexpr (kIsArray<std::decay_t<decltype(v)>>) {
                json->begin_object().member("length", v.size()).key("first").begin_array();
                const size_t n = std::min(v.size(), kFirstElements);
                auto at = v.begin();
                for (size_t i = 0; i < n; ++i, ++at) scalar_json(json, *at, value.element);
                json->end_array().end_object();
            } else {
                scalar_json(json, v, value.type);
            }
        },
        value.value);
}

}  // namespace quern
