// quern-quantize inspect FILE: what is in a model file. Reads the directory, not the weights.
#include <algorithm>
#include <memory>

#include "common/json.h"
#include "common/printable.h"
#include "common/table.h"
#include "quantize/commands.h"
#include "quantize/metadata_text.h"
#include "quantize/recipe.h"
#include "quantize/report.h"
#include "tensor/model_file.h"

namespace quern {
namespace {

using cli::Align;

struct InspectSettings {
    std::string file;
    bool tensors = false;
    bool metadata = false;
    bool json = false;
};

/// Tensors that are stored alike.
struct TypeGroup {
    std::string stored_as;
    const Format* format;
    int64_t tensors = 0;
    int64_t weights = 0;
    uint64_t bytes = 0;
};

std::vector<TypeGroup> group_by_type(const ModelFile& file) {
    std::vector<TypeGroup> groups;
    for (const FileTensor& t : file.tensors()) {
        auto found = std::find_if(groups.begin(), groups.end(), [&](const TypeGroup& g) {
            return g.stored_as == t.stored_as && g.format == t.format;
        });
        if (found == groups.end()) {
            found = groups.insert(groups.end(), {t.stored_as, t.format, 0, 0, 0});
        }
        ++found->tensors;
        found->weights += t.elements();
        found->bytes += t.bytes;
    }
    std::stable_sort(groups.begin(), groups.end(),
                     [](const TypeGroup& a, const TypeGroup& b) { return a.bytes > b.bytes; });
    return groups;
}

TypeGroup total_of(const std::vector<TypeGroup>& groups) {
    TypeGroup total{"all", nullptr, 0, 0, 0};
    for (const TypeGroup& g : groups) {
        total.tensors += g.tensors;
        total.weights += g.weights;
        total.bytes += g.bytes;
    }
    return total;
}

std::string read_as(const Format* format) { return format ? format->name : "cannot be read yet"; }

std::string shape_text(const FileTensor& t) {
    std::string text;
    for (size_t i = 0; i < static_cast<size_t>(t.rank); ++i) {
        text += (i == 0 ? "" : " x ") + std::to_string(t.shape[i]);
    }
    return text;
}

/// A key's text for the summary; empty if it is missing or not a text.
std::string text_of(const ModelFile& file, std::string_view key) {
    const auto text = file.metadata().get_string(key);
    return text.ok() ? cli::printable(text.value(), cli::kMostName) : "";
}

std::string summary(const ModelFile& file) {
    const std::vector<TypeGroup> groups = group_by_type(file);
    const TypeGroup total = total_of(groups);
    const std::pair<const char*, std::string> lines[] = {
        {"File", file.path()},
        {"Kind", file.kind()},
        {"Size", cli::human_bytes(file.file_bytes())},
        {"Architecture", text_of(file, "general.architecture")},
        {"Name", text_of(file, "general.name")},
        {"Made by", text_of(file, "quern.method")},
        {"Recipe", text_of(file, "quern.recipe")},
        {"Weights", cli::human_count(static_cast<double>(total.weights)) + " in " +
                        std::to_string(total.tensors) + " tensors"},
        {"Bits per weight", cli::fixed(bits_per_weight(total.bytes, total.weights), 2) +
                                " of the tensors, " +
                                cli::fixed(bits_per_weight(file.file_bytes(), total.weights), 2) +
                                " of the whole file"},
        {"Metadata", std::to_string(file.metadata().entries().size()) + " entries"}};
    std::string out;
    for (const auto& [title, text] : lines) {
        if (text.empty()) continue;
        std::string label = std::string(title) + ":";
        label.resize(18, ' ');
        out += label + text + "\n";
    }
    cli::Table table({{"Stored as"},
                      {"Read as"},
                      {"Tensors", Align::kRight},
                      {"Weights", Align::kRight},
                      {"Size", Align::kRight},
                      {"Bits/weight", Align::kRight}});
    for (const TypeGroup& g : groups) {
        table.add_row({g.stored_as, read_as(g.format), std::to_string(g.tensors),
                       cli::human_count(static_cast<double>(g.weights)), cli::human_bytes(g.bytes),
                       cli::fixed(bits_per_weight(g.bytes, g.weights), 2)});
    }
    return out + "\n" + table.text();
}

std::string provenance_text(const Provenance& p) {
    if (p.method.empty()) return "";
    const std::string settings = cli::printable(p.settings, 2 * cli::kMostName);
    return cli::printable(p.method, cli::kMostName) + " from " +
           cli::printable(p.source, cli::kMostName) + (settings.empty() ? "" : ": " + settings);
}

std::string tensor_table(const ModelFile& file) {
    cli::Table table({{"Tensor"},
                      {"Role"},
                      {"Shape", Align::kRight},
                      {"Stored as"},
                      {"Size", Align::kRight},
                      {"Error", Align::kRight},
                      {"Made by"}});
    for (const FileTensor& t : file.tensors()) {
        const double error = t.provenance.relative_error;
        const std::string error_text = error < 0    ? ""
                                       : error == 0 ? "exact"
                                                    : cli::fixed(100 * error, 2) + " %";
        table.add_row({cli::printable(t.name, cli::kMostName),
                       std::string(tensor_class_name(classify_tensor(t.name, t.rank))),
                       shape_text(t), t.stored_as, cli::human_bytes(t.bytes), error_text,
                       provenance_text(t.provenance)});
    }
    return table.text();
}

std::string metadata_table(const ModelFile& file) {
    constexpr size_t kMostValue = 120;
    cli::Table table({{"Key"}, {"Type"}, {"Value"}});
    for (const auto& [key, value] : file.metadata().entries()) {
        table.add_row({cli::printable(key, cli::kMostName), metadata_type(value),
                       metadata_text(value, kMostValue)});
    }
    return table.text();
}

void tensor_json(cli::Json* json, const FileTensor& t) {
    json->begin_object();
    json->member("name", t.name).key("shape").begin_array();
    for (size_t i = 0; i < static_cast<size_t>(t.rank); ++i) json->value(t.shape[i]);
    json->end_array();
    json->member("class", tensor_class_name(classify_tensor(t.name, t.rank)));
    json->member("stored_as", t.stored_as).member("readable", t.format != nullptr);
    if (t.format) json->member("read_as", t.format->name);
    json->member("bytes", t.bytes);
    if (!t.provenance.method.empty()) {
        json->member("method", t.provenance.method).member("source", t.provenance.source);
        json->member("settings", t.provenance.settings);
        json->member("calibration", t.provenance.calibration);
    }
    if (t.provenance.relative_error >= 0) {
        json->member("relative_error", t.provenance.relative_error);
    }
    json->end_object();
}

std::string json_line(const InspectSettings& settings, const ModelFile& file) {
    const std::vector<TypeGroup> groups = group_by_type(file);
    const TypeGroup total = total_of(groups);
    cli::Json json;
    json.begin_object();
    json.member("file", file.path()).member("kind", file.kind());
    json.member("bytes", file.file_bytes());
    for (const char* key : {"architecture", "name"}) {
        const auto text = file.metadata().get_string(std::string("general.") + key);
        if (text.ok()) json.member(key, text.value());
    }
    json.member("weights", total.weights).member("tensor_count", total.tensors);
    json.member("bits_per_weight", bits_per_weight(total.bytes, total.weights));
    json.key("types").begin_array();
    for (const TypeGroup& g : groups) {
        json.begin_object()
            .member("stored_as", g.stored_as)
            .member("readable", g.format != nullptr);
        json.member("tensors", g.tensors).member("weights", g.weights).member("bytes", g.bytes);
        json.end_object();
    }
    json.end_array();
    if (settings.metadata) {
        json.key("metadata").begin_object();
        for (const auto& [key, value] : file.metadata().entries()) {
            metadata_json(&json.key(key), value);
        }
        json.end_object();
    }
    if (settings.tensors) {
        json.key("tensors").begin_array();
        for (const FileTensor& t : file.tensors()) tensor_json(&json, t);
        json.end_array();
    }
    return json.end_object().text() + "\n";
}

Status run(const InspectSettings& settings) {
    auto file = ModelFile::open(settings.file, {});
    if (!file.ok()) return file.status();
    if (settings.json) return cli::print(json_line(settings, **file));
    std::string out = summary(**file);
    if (settings.metadata) out += "\n" + metadata_table(**file);
    if (settings.tensors) out += "\n" + tensor_table(**file);
    return cli::print(out);
}

}  // namespace

cli::Command inspect_command() {
    auto settings = std::make_shared<InspectSettings>();
    cli::Command command;
    command.name = "inspect";
    command.summary = "show what is in a file";
    command.description =
        "Shows kind, size, architecture and formats of a model file; with options also each tensor "
        "and each metadata entry. Long arrays and texts are shortened, unprintable characters are "
        "escaped. The structure of the file is checked, its weights are not read (see verify).";
    command.positionals = {{"FILE", "a .quern or .gguf file", &settings->file}};
    command.groups = {{"What to show",
                       {cli::flag("tensors", &settings->tensors, "a line per tensor"),
                        cli::flag("metadata", &settings->metadata, "a line per metadata entry"),
                        cli::flag("json", &settings->json, "print one JSON object")}}};
    command.examples = {{"quern-quantize inspect model.quern --tensors",
                         "what each tensor lost when the file was made"}};
    command.run = [settings](const cli::Common&) { return run(*settings); };
    return command;
}

}  // namespace quern
