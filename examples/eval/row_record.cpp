// Records as JSON. One that is damaged or of somebody else counts as not there.
#include "eval/row_record.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <type_traits>

#include "common/json.h"
#include "common/json_reader.h"
#include "common/output_file.h"
#include "tensor/hash.h"
#include "tensor/system.h"

namespace quern {
namespace {

/// `otherwise` if it is missing or not a number of this size.
double number(const cli::JsonValue& object, const char* name, double otherwise) {
    const cli::JsonValue* value = object.find(name);
    const bool usable = value != nullptr && value->kind == cli::JsonValue::Kind::kNumber &&
                        value->number >= 0 && value->number < 0x1p53;
    return usable ? value->number : otherwise;
}

/// Calls visit(name, number) for every figure of quality.
template <class Figures, class Visit>
void each_figure(Figures& f, const Visit& visit) {
    for (size_t i = 0; i < kPerplexityProtocols; ++i) {
        const std::string protocol(perplexity_protocols()[i].name);
        auto& p = f.protocols[i];
        visit(protocol + "_perplexity", p.perplexity);
        visit(protocol + "_standard_error", p.error);
        visit(protocol + "_ppl_ratio", p.ratio);
        visit(protocol + "_ppl_ratio_standard_error", p.ratio_error);
        visit(protocol + "_chunks", p.chunks);
        visit(protocol + "_tokens", p.tokens);
    }
    visit("kl_mean", f.kl_mean);
    visit("kl_standard_error", f.kl_error);
    visit("kl_p99", f.kl_p99);
    visit("kl_max", f.kl_max);
    visit("top1", f.top1);
    visit("top1_standard_error", f.top1_error);
}

/// Figures that are not all there count as not measured.
void read_figures(const cli::JsonValue& json, RowRecord* record) {
    const cli::JsonValue* conditions = json.find("conditions");
    const cli::JsonValue* figures = json.find("figures");
    if (conditions == nullptr || conditions->kind != cli::JsonValue::Kind::kString) return;
    if (figures == nullptr || figures->kind != cli::JsonValue::Kind::kObject) return;
    bool complete = true;
    each_figure(record->figures, [&](const std::string& name, auto& figure) {
        const double value = number(*figures, name.c_str(), -1);
        complete = complete && value >= 0;
        if (value >= 0) figure = static_cast<std::decay_t<decltype(figure)>>(value);
    });
    if (complete) record->conditions = conditions->text;
}

}  // namespace

std::string record_path(const std::string& model) {
    return std::filesystem::path(model).replace_extension(".json").string();
}

RowRecord read_record(const std::string& model) {
    std::ifstream file(record_path(model), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto json = cli::parse_json(text);
    if (!json.ok()) return {};
    const cli::JsonValue* settings = json.value().find("settings");
    if (settings == nullptr || settings->kind != cli::JsonValue::Kind::kString) return {};
    RowRecord record{settings->text,
                     number(json.value(), "seconds", -1),
                     static_cast<uint64_t>(number(json.value(), "peak_memory_bytes", 0)),
                     static_cast<uint64_t>(number(json.value(), "file_bytes", 0)),
                     "",
                     {}};
    read_figures(json.value(), &record);
    return record;
}

Status write_record(const std::string& model, const RowRecord& record) {
    cli::Json json;
    json.begin_object().member("settings", record.settings);
    json.member("seconds", record.seconds < 0 ? std::nan("") : record.seconds);
    json.member("peak_memory_bytes", record.peak_memory);
    json.member("file_bytes", record.file_bytes);
    if (!record.conditions.empty()) {
        json.member("conditions", record.conditions).key("figures").begin_object();
        each_figure(record.figures, [&](const std::string& name, const auto& figure) {
            json.member(name, figure);
        });
        json.end_object();
    }
    json.end_object();
    cli::OutputFile file("the record of a row");
    if (Status s = file.open(record_path(model)); !s.ok()) return s;
    return file.finish(json.text() + "\n");
}

bool is_complete(const RowRecord& record, const std::string& model, const std::string& settings) {
    std::error_code error;
    return record.settings == settings && record.file_bytes > 0 &&
           std::filesystem::file_size(model, error) == record.file_bytes && !error;
}

Result<std::string> row_settings(const CompareSource& source, const std::string& base_hash) {
    auto options = cli::quantize_options(source.quantization);
    if (!options.ok()) return options.status();
    const CalibrationOptions& c = options->calibration;
    std::string text;
    const auto line = [&](const std::string& key, const std::string& value) {
        text += key + ": " + value + "\n";
    };
    line("version", std::string(version()));
    line("instruction set", std::string(active_isa()));
    line("base", base_hash);
    line("options", source.command);
    line("recipe", options->recipe.text());
    line("calibration text", hash_text(xxh64(c.text.data(), c.text.size())));
    line("samples", std::to_string(c.samples) + " of " + std::to_string(c.sample_tokens));
    line("seed", std::to_string(c.seed));
    line("shrinkage", std::to_string(c.shrinkage));  // rows of an older default are others
    line("equal tokens", c.equal_tokens ? "yes" : "no");
    return text;
}

Result<std::string> quality_conditions(const RowConditions& c, const std::string& model) {
    const Result<uint64_t> hash = hash_file(model);
    if (!hash.ok()) return hash.status();
    const EvaluationSettings& e = c.evaluation;
    std::string text = "file: " + hash_text(hash.value()) + "\n";
    text += "instruction set: " + std::string(active_isa()) + "\n";
    text += "base: rounds nothing\n";  // earlier versions' did
    text += "activations: " + e.activations + "\n";
    text += "cache: " + e.session.cache_keys + ", " + e.session.cache_values + "\n";
    text += "text: " + hash_text(xxh64(c.tokens.data(), c.tokens.size() * sizeof(int32_t))) + "\n";
    text += "windows:";
    for (const int64_t n : c.windows) text += " " + std::to_string(n);
    return text + "\n";
}

}  // namespace quern
