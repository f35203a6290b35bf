// Untrusted: checked field by field.
#include "eval/choice_file.h"

#include "common/json_reader.h"

namespace quern {
namespace {

using cli::JsonValue;

constexpr size_t kMaxLine = size_t{1} << 20;
constexpr size_t kMaxEndings = 64;

Status bad(const std::string& field, const std::string& expected) {
    return Status(Code::kBadFile, "\"" + field + "\" is missing or wrong, expected " + expected);
}

bool is_text(const JsonValue* value) {
    return value != nullptr && value->kind == JsonValue::Kind::kString && !value->text.empty();
}

/// A number, or a number in quotes as some files have it.
Result<size_t> read_label(const JsonValue* value, size_t endings) {
    for (size_t i = 0; value != nullptr && i < endings; ++i) {
        const bool same = value->kind == JsonValue::Kind::kString
                              ? value->text == std::to_string(i)
                              : value->kind == JsonValue::Kind::kNumber &&
                                    value->number == static_cast<double>(i);
        if (same) return i;
    }
    return bad("label", "the number of the right ending, 0 to " + std::to_string(endings - 1));
}

Result<ChoiceItem> read_item(std::string_view line) {
    if (line.size() > kMaxLine) {
        return Status(Code::kBadFile, "it has " + std::to_string(line.size()) +
                                          " bytes, expected at most " + std::to_string(kMaxLine));
    }
    auto json = cli::parse_json(line);
    if (!json.ok()) return json.status();
    ChoiceItem item;
    const JsonValue* context = json->find("ctx");
    if (!is_text(context)) return bad("ctx", "the text before the endings");
    item.context = context->text;
    const JsonValue* endings = json->find("endings");
    if (endings == nullptr || endings->kind != JsonValue::Kind::kArray ||
        endings->items.size() < 2 || endings->items.size() > kMaxEndings) {
        return bad("endings", "a list of 2 to " + std::to_string(kMaxEndings) + " texts");
    }
    for (const JsonValue& ending : endings->items) {
        if (!is_text(&ending)) return bad("endings", "texts that are not empty");
        item.endings.push_back(ending.text);
    }
    auto label = read_label(json->find("label"), item.endings.size());
    if (!label.ok()) return label.status();
    item.label = *label;
    return item;
}

}  // namespace

Result<std::vector<ChoiceItem>> parse_choices(std::string_view text) {
    std::vector<ChoiceItem> items;
    int64_t number = 0;
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        ++number;
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        auto item = read_item(line);
        if (!item.ok()) {
            return Status(item.status().code(),
                          "line " + std::to_string(number) + ": " + item.status().message());
        }
        item->line = number;
        items.push_back(std::move(*item));
    }
    if (items.empty()) return Status(Code::kBadFile, "no line holds an item");
    return items;
}

}  // namespace quern
