// What a conversion did: the closing table and its JSON twin.
#include "quantize/report.h"

#include <algorithm>

#include "common/json.h"
#include "common/table.h"

namespace quern {
namespace {

std::string error_text(bool copied, double squared_error, double squared_weight) {
    if (copied) return "exact";
    return cli::fixed(100 * relative_error(squared_error, squared_weight), 2) + " %";
}

/// All groups together.
ReportGroup total_of(const std::vector<ReportGroup>& groups) {
    ReportGroup total{};
    total.copied = true;
    for (const ReportGroup& g : groups) {
        total.copied = total.copied && g.copied;
        total.tensors += g.tensors;
        total.weights += g.weights;
        total.bytes += g.bytes;
        total.squared_error += g.squared_error;
        total.squared_weight += g.squared_weight;
        total.loss_share += g.loss_share;
    }
    return total;
}

/// With the share of the predicted loss if formats were chosen.
void add_row(cli::Table* table, const ReportGroup& g, std::string first, bool chosen) {
    std::vector<std::string> cells = {std::move(first),
                                      g.source,
                                      g.format,
                                      std::to_string(g.tensors),
                                      cli::human_count(static_cast<double>(g.weights)),
                                      cli::human_bytes(g.bytes),
                                      cli::fixed(bits_per_weight(g.bytes, g.weights), 2),
                                      error_text(g.copied, g.squared_error, g.squared_weight)};
    if (chosen) cells.push_back(cli::fixed(100 * g.loss_share, 1) + " %");
    table->add_row(std::move(cells));
}

void group_json(cli::Json* json, const ReportGroup& g) {
    json->begin_object();
    json->member("class", tensor_class_name(g.tensor_class));
    json->member("source", g.source).member("format", g.format);
    json->member("tensors", g.tensors).member("weights", g.weights).member("bytes", g.bytes);
    json->member("bits_per_weight", bits_per_weight(g.bytes, g.weights));
    json->member("exact", g.copied);
    json->member("relative_error", relative_error(g.squared_error, g.squared_weight));
    if (g.loss_share > 0) json->member("loss_share", g.loss_share);
    json->end_object();
}

/// loss_share: -1 if the format was not chosen.
void tensor_json(cli::Json* json, const TensorReport& t, double loss_share) {
    json->begin_object();
    json->member("name", t.name).member("class", tensor_class_name(t.tensor_class));
    json->member("source", t.source).member("format", t.format);
    json->member("weights", t.elements).member("bytes", t.bytes).member("exact", t.copied);
    json->member("relative_error", relative_error(t.squared_error, t.squared_weight));
    json->member("mean_squared_error", t.squared_error / static_cast<double>(t.elements));
    json->member("seconds", t.seconds);
    json->member("bits_per_weight", bits_per_weight(t.bytes, t.elements));
    if (loss_share >= 0) json->member("loss_share", loss_share);
    if (!t.method.empty()) {
        json->member("method", t.method).member("settings", t.settings);
        if (t.loss >= 0) json->member("loss", t.loss).member("rtn_loss", t.rtn_loss);
    }
    json->end_object();
}

double share_of(const QuantizeReport& report, const std::string& tensor) {
    const auto share = report.loss_shares.find(tensor);
    return share == report.loss_shares.end() ? -1 : share->second;
}

}  // namespace

double bits_per_weight(uint64_t bytes, int64_t weights) {
    return weights == 0 ? 0 : 8.0 * static_cast<double>(bytes) / static_cast<double>(weights);
}

std::vector<ReportGroup> group_report(const QuantizeReport& report) {
    std::vector<ReportGroup> groups;
    for (const TensorReport& t : report.tensors) {
        auto found = std::find_if(groups.begin(), groups.end(), [&](const ReportGroup& g) {
            return g.tensor_class == t.tensor_class && g.source == t.source && g.format == t.format;
        });
        if (found == groups.end()) {
            ReportGroup group{};
            group.tensor_class = t.tensor_class;
            group.source = t.source;
            group.format = t.format;
            group.copied = t.copied;
            found = groups.insert(groups.end(), std::move(group));
        }
        ++found->tensors;
        found->weights += t.elements;
        found->bytes += t.bytes;
        found->squared_error += t.squared_error;
        found->squared_weight += t.squared_weight;
        found->loss_share += std::max(0.0, share_of(report, t.name));
    }
    std::stable_sort(groups.begin(), groups.end(),
                     [](const auto& a, const auto& b) { return a.tensor_class < b.tensor_class; });
    return groups;
}

std::string report_table(const ReportTitle& title, const QuantizeReport& report) {
    using cli::Align;
    std::vector<cli::Column> columns = {{"Role"},
                                        {"From"},
                                        {"Format"},
                                        {"Tensors", Align::kRight},
                                        {"Weights", Align::kRight},
                                        {"Size", Align::kRight},
                                        {"Bits/weight", Align::kRight},
                                        {"Relative error", Align::kRight}};
    const bool chosen = report.predicted_loss >= 0;
    if (chosen) columns.push_back({"Predicted loss", Align::kRight});
    cli::Table table(std::move(columns));
    const std::vector<ReportGroup> groups = group_report(report);
    for (const ReportGroup& g : groups) {
        add_row(&table, g, std::string(tensor_class_name(g.tensor_class)), chosen);
    }
    const ReportGroup total = total_of(groups);
    table.add_rule();
    add_row(&table, total, "all", chosen);
    const double ratio =
        100.0 * static_cast<double>(report.output_bytes) / static_cast<double>(report.input_bytes);
    std::string out = table.text() + "\n";
    out += title.in + "  " + cli::human_bytes(report.input_bytes) + "  ->  " + title.out + "  " +
           cli::human_bytes(report.output_bytes) + " (" + cli::fixed(ratio, 0) + " %), " +
           cli::fixed(bits_per_weight(report.output_bytes, total.weights), 2) +
           " bits per weight of the whole file, " + cli::human_seconds(report.seconds) + "\n";
    if (report.scale_training.steps > 0) {
        out += "Scales trained in " + std::to_string(report.scale_training.steps) +
               " steps: KL divergence from the original on samples left out of it " +
               cli::fixed(report.scale_training.before, 4) + " -> " +
               cli::fixed(report.scale_training.after, 4) + "\n";
    }
    if (total.copied) out += "Nothing was lost: every weight is exactly that of the input.\n";
    return out;
}

std::string report_json(const ReportTitle& title, const QuantizeReport& report, bool with_tensors) {
    const std::vector<ReportGroup> groups = group_report(report);
    const ReportGroup total = total_of(groups);
    cli::Json json;
    json.begin_object();
    json.member("input", title.in).member("output", title.out).member("method", title.method);
    json.member("input_bytes", report.input_bytes).member("output_bytes", report.output_bytes);
    json.member("weights", total.weights);
    json.member("bits_per_weight", bits_per_weight(report.output_bytes, total.weights));
    json.member("exact", total.copied);
    json.member("relative_error", relative_error(total.squared_error, total.squared_weight));
    json.member("seconds", report.seconds);
    if (report.samples > 0) {
        json.key("calibration").begin_object();
        json.member("text", report.calibration).member("hash", report.text_hash);
        json.member("samples", report.samples).member("sample_tokens", report.sample_tokens);
        json.end_object();
    }
    if (report.scale_training.steps > 0) {
        json.key("trained_scales").begin_object();
        json.member("steps", report.scale_training.steps);
        json.member("kl_before", report.scale_training.before);
        json.member("kl_after", report.scale_training.after);
        json.end_object();
    }
    if (report.predicted_loss >= 0) json.member("predicted_loss", report.predicted_loss);
    json.key("groups").begin_array();
    for (const ReportGroup& g : groups) group_json(&json, g);
    json.end_array();
    json.key("warnings").begin_array();
    for (const std::string& w : report.warnings) json.value(w);
    json.end_array();
    if (with_tensors) {
        json.key("tensors").begin_array();
        for (const TensorReport& t : report.tensors)
            tensor_json(&json, t, share_of(report, t.name));
        json.end_array();
    }
    return json.end_object().text() + "\n";
}

}  // namespace quern
