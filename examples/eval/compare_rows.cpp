// Rows from words: METHOD and FORMAT become options, then quern-quantize's own parser reads all.
#include "eval/compare_rows.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <set>

#include "quantize/quantize.h"
#include "tensor/hash.h"
#include "tensor/quoted.h"

namespace quern {
namespace {

using Words = std::vector<std::string>;

bool is_method_part(std::string_view name) {
    return find_method(name) != nullptr || find_transform(name) != nullptr;
}

/// Options without a value.
std::vector<std::string> flag_names() {
    cli::QuantizationSettings settings;
    std::vector<std::string> names;
    for (const cli::OptionGroup& group : cli::quantization_groups(&settings)) {
        for (const cli::Option& option : group.options) {
            if (option.value.empty()) names.push_back(option.name);
        }
    }
    return names;
}

std::vector<std::string> split_at_plus(const std::string& text) {
    std::vector<std::string> parts(1);
    for (const char c : text) {
        if (c == '+') {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

/// "awq+gptq+refine" -> --method awq+gptq --refine; how parts go together is for quantize_file().
Status add_method(const std::string& text, Words* options) {
    const std::vector<std::string> flags = flag_names();
    std::string method;
    Words given;
    for (const std::string& part : split_at_plus(text)) {
        if (is_method_part(part)) {
            method += (method.empty() ? "" : "+") + part;
        } else if (std::find(flags.begin(), flags.end(), part) != flags.end()) {
            given.push_back("--" + part);
        } else {
            return {Code::kWrongUse, "the method " + in_quotes(text) + " has the unknown part " +
                                         in_quotes(part) + "; expected some of " +
                                         known_method_parts() + ", joined by +"};
        }
    }
    if (!method.empty()) options->insert(options->end(), {"--method", method});
    options->insert(options->end(), given.begin(), given.end());
    return {};
}

/// A format's name begins with a letter, a limit with a digit. Formats get their proper name.
Status add_format(std::string* text, Words* options) {
    constexpr std::string_view kBits = "bpw";
    if (text->empty() || std::isdigit(static_cast<unsigned char>((*text)[0])) == 0) {
        auto format = parse_format(*text);
        if (!format.ok()) return {Code::kWrongUse, format.status().message()};
        *text = (*format)->name;
        options->insert(options->end(), {"--format", *text});
    } else if (text->ends_with(kBits)) {
        options->insert(options->end(),
                        {"--target-bpw", text->substr(0, text->size() - kBits.size())});
    } else {
        options->insert(options->end(), {"--fit", *text});
    }
    return {};
}

std::string joined(const Words& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

/// Words are separated by spaces, except inside quotes, which are not part of them; # at the
/// beginning of a word ends the line.
Result<Words> split_words(std::string_view line) {
    Words words;
    char quote = 0;
    bool inside = false;  // of a word
    for (const char c : line) {
        if (quote != 0 && c == quote) {
            quote = 0;
        } else if (quote == 0 && !inside && c == '#') {
            break;
        } else if (quote == 0 && (c == ' ' || c == '\t' || c == '\r')) {
            inside = false;
        } else {
            if (!inside) words.emplace_back();
            inside = true;
            if (quote == 0 && (c == '\'' || c == '"')) {
                quote = c;
            } else {
                words.back() += c;
            }
        }
    }
    if (quote != 0) return Status(Code::kWrongUse, std::string("a quote ") + quote + " is open");
    return words;
}

/// "NAME = METHOD FORMAT ..."
Result<CompareSource> parse_row(Words words, const cli::QuantizationSettings& defaults) {
    const auto equals = std::find(words.begin(), words.end(), "=");
    std::string name;
    if (equals != words.end()) {
        name = joined({words.begin(), equals});
        words.erase(words.begin(), equals + 1);
        if (!is_valid_name(name)) {
            return Status(Code::kWrongUse, "a row needs a name before its =");
        }
    }
    auto row = quantized_row(words, defaults);
    if (row.ok() && !name.empty()) row->method = name;
    return row;
}

}  // namespace

std::string known_method_parts() {
    std::string names;
    const auto add = [&](std::string_view name) {
        names += (names.empty() ? "" : ", ") + std::string(name);
    };
    for (const Method& m : methods()) add(m.name);
    for (const Transform& t : transforms()) add(t.name);
    for (const std::string& flag : flag_names()) add(flag);
    return names;
}

std::string row_title(const CompareSource& source) { return source.method + " " + source.format; }

std::string row_file_name(const CompareSource& source) {
    char hash[20];
    std::snprintf(hash, sizeof hash, "%08x",
                  static_cast<unsigned>(xxh64(source.command.data(), source.command.size())));
    std::string name = source.method + "-" + source.format;
    const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 ||
               std::string_view("+-_.").find(static_cast<char>(c)) != std::string_view::npos;
    });
    if (!plain) {
        for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '-';
        name = name.substr(0, 80) + "-" + hash;
    }
    return name + ".quern";
}

Result<CompareSource> quantized_row(const std::vector<std::string>& words,
                                    const cli::QuantizationSettings& defaults) {
    if (words.size() < 2) {
        return Status(Code::kWrongUse, "a row needs a method and a format, such as gptq q4z_g64");
    }
    CompareSource row;
    row.method = words[0];
    row.format = words[1];
    Words options;
    if (Status s = add_method(row.method, &options); !s.ok()) return s;
    if (Status s = add_format(&row.format, &options); !s.ok()) return s;
    options.insert(options.end(), words.begin() + 2, words.end());
    if (words.size() > 2) row.method += " " + joined({words.begin() + 2, words.end()});
    row.command = joined(options);

    row.quantization = defaults;
    bool stopped = false;
    Status s = cli::parse_arguments(options, cli::quantization_groups(&row.quantization), {},
                                    "quern-quantize", &stopped);
    if (!s.ok()) return s;
    for (const cli::NamedFile& file : cli::quantization_inputs(row.quantization)) {
        if (file.path != "-") continue;
        return Status(Code::kWrongUse, file.what +
                                           " is read once for every row, which the standard input "
                                           "cannot be; give the name of a file");
    }
    if (s = cli::quantize_options(row.quantization).status(); !s.ok()) return s;
    return row;
}

CompareSource model_row(const std::string& path) {
    CompareSource row;
    row.method = "file";
    row.format = path;
    row.path = path;
    return row;
}

Result<std::vector<CompareSource>> parse_rows(std::string_view text, const std::string& name,
                                              const cli::QuantizationSettings& defaults) {
    std::vector<CompareSource> rows;
    int64_t number = 0;
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size());
        auto words = split_words(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        ++number;
        if (words.ok() && words->empty()) continue;
        auto row = words.ok() ? parse_row(std::move(*words), defaults) : words.status();
        if (!row.ok()) {
            return Status(row.status().code(),
                          name + " line " + std::to_string(number) + ": " + row.status().message());
        }
        rows.push_back(std::move(*row));
    }
    return rows;
}

Status check_distinct(const std::vector<CompareSource>& rows) {
    std::set<std::string> known;
    for (const CompareSource& row : rows) {
        if (known.insert(row.path.empty() ? row_file_name(row) : row_title(row)).second) continue;
        return {Code::kWrongUse, "two rows are '" + row_title(row) +
                                     "'; name each once, or give them different names"};
    }
    return {};
}

}  // namespace quern
