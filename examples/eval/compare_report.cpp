// The figures of a row and the formats that list them.
#include "eval/compare_report.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include "common/json.h"
#include "common/table.h"
#include "eval/speed.h"
#include "eval/svg_chart.h"
#include "tensor/quoted.h"

namespace quern {
namespace {

using Of = const RowFigures&;

struct Figure {
    std::string key;    ///< in CSV and JSON
    std::string title;  ///< in Markdown
    int digits;
    std::function<double(Of)> value;       ///< NaN: there is none
    std::function<double(Of)> error = {};  ///< its standard error
    std::string error_key = {};
};

/// Zero and less stand for what is not known.
double if_known(double value) {
    return value > 0 ? value : std::numeric_limits<double>::quiet_NaN();
}

double megabytes(uint64_t bytes) { return static_cast<double>(bytes) / 1e6; }

std::vector<Figure> protocol_figures(size_t i) {
    const std::string name(perplexity_protocols()[i].name);
    const std::string prefix = i == 0 ? "" : name + "_";
    return {
        {prefix + "perplexity", "PPL " + name, 3, [i](Of f) { return f.protocols[i].perplexity; },
         [i](Of f) { return f.protocols[i].error; }, prefix + "standard_error"},
        {prefix + "ppl_ratio", "ratio", 4, [i](Of f) { return f.protocols[i].ratio; },
         [i](Of f) { return f.protocols[i].ratio_error; }, prefix + "ppl_ratio_standard_error"}};
}

/// Without protocols that the text was too short for.
std::vector<Figure> figures(const std::vector<CompareRow>& rows) {
    std::vector<Figure> list = {
        {"file_megabytes", "MB", 1, [](Of f) { return megabytes(f.file_bytes); }},
        {"linear_bits_per_weight", "bpw", 3, [](Of f) { return f.linear_bits; }},
        {"file_bits_per_weight", "bpw, file", 2, [](Of f) { return f.file_bits; }}};
    for (size_t i = 0; i < kPerplexityProtocols; ++i) {
        if (rows[0].figures.protocols[i].chunks == 0) continue;
        for (Figure& f : protocol_figures(i)) list.push_back(std::move(f));
    }
    const std::vector<Figure> rest = {
        {"kl_mean", "KL mean", 4, [](Of f) { return f.kl_mean; }, [](Of f) { return f.kl_error; },
         "kl_standard_error"},
        {"kl_p99", "KL 99 %", 3, [](Of f) { return f.kl_p99; }},
        {"kl_max", "KL max", 2, [](Of f) { return f.kl_max; }},
        {"top1_percent", "same top %", 1, [](Of f) { return 100 * f.top1; },
         [](Of f) { return 100 * f.top1_error; }, "top1_percent_standard_error"},
        {"prompt_tokens_per_second", "prompt tok/s", 0, [](Of f) { return f.prompt; }},
        {"generate_tokens_per_second", "answer tok/s", 0, [](Of f) { return f.generate; }},
        {"memory_megabytes", "peak MB", 0, [](Of f) { return if_known(megabytes(f.memory)); }},
        {"quantize_seconds", "made in s", 1, [](Of f) { return if_known(f.quantize_seconds); }},
        {"quantize_memory_megabytes", "made with MB", 0,
         [](Of f) { return if_known(megabytes(f.quantize_memory)); }}};
    list.insert(list.end(), rest.begin(), rest.end());
    return list;
}

std::string file_name(const std::string& path) {
    const std::string name = std::filesystem::path(path).filename().string();
    return is_valid_name(name) ? name : quern::in_quotes(name);
}

std::string format_of(const CompareRow& row) {
    return row.source.path.empty() ? row.source.format : file_name(row.source.path);
}

std::string markdown_cell(const Figure& figure, Of row) {
    const double value = figure.value(row);
    if (std::isnan(value)) return "–";
    const double error = figure.error ? figure.error(row) : 0;
    const std::string text = cli::fixed(value, figure.digits);
    return error > 0 ? text + " ± " + cli::fixed(error, figure.digits) : text;
}

std::string without_bars(std::string text) {
    std::replace(text.begin(), text.end(), '|', '/');
    return text;
}

std::string padded(const std::string& cell, size_t width, bool right) {
    const std::string spaces(width - cli::display_width(cell), ' ');
    return right ? spaces + cell : cell + spaces;
}

/// Padded, so that it can be read as it is too. The first two columns are text.
std::string markdown_table(const std::vector<std::vector<std::string>>& lines) {
    std::vector<size_t> widths(lines[0].size(), 3);
    for (const auto& cells : lines) {
        for (size_t c = 0; c < cells.size(); ++c) {
            widths[c] = std::max(widths[c], cli::display_width(cells[c]));
        }
    }
    std::string out;
    for (size_t l = 0; l < lines.size(); ++l) {
        std::string rule = "|";
        out += "|";
        for (size_t c = 0; c < widths.size(); ++c) {
            out += " " + padded(lines[l][c], widths[c], c > 1) + " |";
            rule += std::string(widths[c] + 1, '-') + (c > 1 ? ":|" : "-|");
        }
        out += "\n";
        if (l == 0) out += rule + "\n";
    }
    return out;
}

std::string csv_cell(const std::string& text) {
    if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + "\"";
}

std::string csv_number(double value) {
    return std::isfinite(value) ? cli::short_number(value) : std::string();
}

/// How the figures were measured: numbers mean nothing without it.
std::string conditions(const CompareOptions& options, Of base) {
    std::string out;
    for (size_t i = 0; i < kPerplexityProtocols; ++i) {
        const PerplexityProtocol& p = perplexity_protocols()[i];
        const ProtocolFigures& f = base.protocols[i];
        if (f.chunks == 0) continue;
        out += (i ? "; protocol " : "Protocol ") + std::string(p.name) + ": " +
               std::to_string(f.chunks) + (f.chunks == 1 ? " chunk of " : " chunks of ") +
               std::to_string(p.context) + ", " + std::to_string(f.tokens) + " tokens scored";
    }
    const EvaluationSettings& e = options.evaluation;
    out += ". KL and same top: of the first protocol, against the base. Activations " +
           e.activations + ", cache " + e.session.cache_keys + "/" + e.session.cache_values;
    return out + ". Speed: prompt " + std::to_string(kSpeedPrompt) + ", answer " +
           std::to_string(kSpeedGenerate) + " tokens, int8 activations, medians of " +
           std::to_string(kSpeedRounds) +
           "; peak MB: of a process that does only this. Made in and with: to quantize, also in "
           "a process of its own.";
}

}  // namespace

std::string row_line(const CompareRow& row) {
    const RowFigures& f = row.figures;
    const ProtocolFigures& p = f.protocols[0];
    std::string out = row.source.method + " " + format_of(row) + ": " +
                      cli::human_bytes(f.file_bytes) + ", perplexity " +
                      cli::fixed(p.perplexity, 3);
    if (p.ratio_error > 0) {
        out += ", ratio " + cli::fixed(p.ratio, 4) + ", KL " + cli::fixed(f.kl_mean, 4) +
               ", same top " + cli::fixed(100 * f.top1, 1) + " %";
    }
    out += ", " + cli::fixed(f.prompt, 0) + " and " + cli::fixed(f.generate, 0) + " tokens/s";
    if (f.quantize_seconds >= 0) out += ", made in " + cli::human_seconds(f.quantize_seconds);
    return out;
}

std::string comparison_markdown(const CompareOptions& options,
                                const std::vector<CompareRow>& rows) {
    const std::vector<Figure> list = figures(rows);
    std::vector<std::vector<std::string>> lines = {{"method", "format"}};
    for (const Figure& f : list) lines[0].push_back(f.title);
    for (const CompareRow& row : rows) {
        lines.push_back({without_bars(row.source.method), without_bars(format_of(row))});
        for (const Figure& f : list) lines.back().push_back(markdown_cell(f, row.figures));
    }
    return markdown_table(lines) + "\n" + conditions(options, rows[0].figures) + "\n";
}

std::string comparison_csv(const std::vector<CompareRow>& rows) {
    const std::vector<Figure> list = figures(rows);
    std::string out = "method,format";
    for (const Figure& f : list) {
        out += "," + f.key;
        if (f.error) out += "," + f.error_key;
    }
    out += "\n";
    for (const CompareRow& row : rows) {
        out += csv_cell(row.source.method) + "," + csv_cell(format_of(row));
        for (const Figure& f : list) {
            out += "," + csv_number(f.value(row.figures));
            if (f.error) out += "," + csv_number(f.error(row.figures));
        }
        out += "\n";
    }
    return out;
}

std::string comparison_json(const CompareOptions& options, const std::vector<CompareRow>& rows) {
    const EvaluationSettings& e = options.evaluation;
    cli::Json json;
    json.begin_object().member("base", options.base).member("text", e.text);
    json.member("activations", e.activations);
    json.member("cache_keys", e.session.cache_keys).member("cache_values", e.session.cache_values);
    json.key("protocols").begin_array();
    for (size_t i = 0; i < kPerplexityProtocols; ++i) {
        const ProtocolFigures& f = rows[0].figures.protocols[i];
        if (f.chunks == 0) continue;
        json.begin_object().member("protocol", perplexity_protocols()[i].name);
        json.member("chunks", f.chunks).member("tokens", f.tokens).end_object();
    }
    json.end_array().key("rows").begin_array();
    for (const CompareRow& row : rows) {
        json.begin_object().member("method", row.source.method);
        json.member("format", format_of(row)).member("file_bytes", row.figures.file_bytes);
        if (!row.source.command.empty()) json.member("options", row.source.command);
        for (const Figure& f : figures(rows)) {
            json.member(f.key, f.value(row.figures));
            if (f.error) json.member(f.error_key, f.error(row.figures));
        }
        json.end_object();
    }
    return json.end_array().end_object().text() + "\n";
}

std::string comparison_svg(const CompareOptions& options, const std::vector<CompareRow>& rows) {
    std::vector<std::string> series;
    ChartPanel size{"Quality and size", "file, MB", true, {}};
    ChartPanel speed{"Quality and speed", "answer, tokens/s", false, {}};
    for (const CompareRow& row : rows) {
        const RowFigures& f = row.figures;
        if (!(f.kl_mean > 0)) continue;
        const auto known = std::find(series.begin(), series.end(), row.source.method);
        const auto index = static_cast<size_t>(known - series.begin());
        if (known == series.end()) series.push_back(row.source.method);
        size.points.push_back({megabytes(f.file_bytes), f.kl_mean, format_of(row), index});
        speed.points.push_back({f.generate, f.kl_mean, format_of(row), index});
    }
    return svg_chart("What quantization costs: " + file_name(options.base),
                     "KL divergence from the base, nats (less is better)", series, {size, speed});
}

}  // namespace quern
