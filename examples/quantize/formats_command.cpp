// quern-quantize formats: the registry of formats. The block family is shown as a grid, one row per
// bits and kind of zero, one column per group size.
#include <algorithm>
#include <memory>

#include "common/json.h"
#include "common/table.h"
#include "quantize/commands.h"
#include "tensor/format.h"

namespace quern {
namespace {

/// Sizes depend a little on the shape of a matrix: one with full tiles and a usual width.
constexpr int64_t kRows = 4096, kCols = 4096;

/// Of every kind of code: what a weight is. Indexed by Zero.
constexpr std::string_view kMeanings[] = {"w = scale (code - middle)", "w = scale (code - zero)",
                                          "w = scale code + minimum", "w = scale value(code)"};

double bits(const Format& f) { return f.bits_per_weight(kRows, kCols); }

std::vector<std::string> aliases_of(const Format& f) {
    std::vector<std::string> names;
    for (const FormatAlias& a : format_aliases()) {
        if (a.name == f.name) names.emplace_back(a.alias);
    }
    return names;
}

std::string formats_json() {
    std::string out;
    for (const Format& f : formats()) {
        cli::Json json;
        json.begin_object().member("name", f.name).member("bits", f.bits);
        json.member("group", f.group).member("bits_per_weight", bits(f));
        json.key("aliases").begin_array();
        for (const std::string& a : aliases_of(f)) json.value(a);
        out += json.end_array().end_object().text() + "\n";
    }
    return out;
}

std::string real_table() {
    cli::Table table({{"Floats"}, {"Bits/weight", cli::Align::kRight}});
    for (const Format& f : formats()) {
        if (!f.is_block()) table.add_row({f.name, cli::fixed(bits(f), 3)});
    }
    return table.text();
}

/// "q4z_g128" = stem "q4z" + suffix "_g128".
std::string stem(const Format& f) { return f.name.substr(0, f.name.find('_')); }
std::string suffix(const Format& f) { return f.name.substr(f.name.find('_')); }

std::string family_table() {
    std::vector<std::string> stems, suffixes;
    const auto remember = [](std::vector<std::string>* list, const std::string& item) {
        if (std::find(list->begin(), list->end(), item) == list->end()) list->push_back(item);
    };
    for (const Format& f : formats()) {
        if (!f.is_block()) continue;
        remember(&stems, stem(f));
        remember(&suffixes, suffix(f));
    }
    std::vector<cli::Column> columns = {{"Blocks"}};
    for (const std::string& s : suffixes) columns.push_back({s, cli::Align::kRight});
    columns.push_back({"A weight is"});
    cli::Table table(std::move(columns));
    for (const std::string& name : stems) {
        std::vector<std::string> cells = {name};
        const Format* format = nullptr;
        for (const std::string& s : suffixes) {
            const Format* f = find_format(name + s);
            cells.push_back(f ? cli::fixed(bits(*f), 3) : "-");
            if (f) format = f;
        }
        cells.emplace_back(kMeanings[static_cast<size_t>(format->zero)]);
        table.add_row(std::move(cells));
    }
    return table.text();
}

std::string alias_list() {
    std::string out = "Other names:";
    for (const FormatAlias& a : format_aliases()) {
        out += (&a == &format_aliases().front() ? " " : ", ") + std::string(a.alias) + " = " +
               std::string(a.name);
    }
    return cli::wrap(out, 100, 0) + "\n";
}

std::string formats_text() {
    return real_table() + "\n" + family_table() + "\n" +
           cli::wrap(
               "A name is row and column together: q4z_g128. Numbers are bits per weight in a "
               "matrix of 4096 columns, scales included; _g32 means that 32 weights share a "
               "scale, _row that a whole row does. _g32d: scales and minima are 8-bit numbers in "
               "units "
               "of their row (double quantization).",
               100, 0) +
           "\n" + alias_list();
}

}  // namespace

cli::Command formats_command() {
    auto json = std::make_shared<bool>(false);
    cli::Command command;
    command.name = "formats";
    command.summary = "list the number formats and their sizes";
    command.description =
        "Lists the values of --format. 'quern-quantize --help' says how to choose.";
    command.groups = {{"Result", {cli::flag("json", json.get(), "print one JSON object a line")}}};
    command.run = [json](const cli::Common&) {
        return cli::print(*json ? formats_json() : formats_text());
    };
    return command;
}

}  // namespace quern
