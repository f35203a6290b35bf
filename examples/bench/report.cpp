// Figures to text and JSON.
#include "bench/report.h"

#include <algorithm>

#include "common/json.h"
#include "common/table.h"
#include "tensor/hash.h"
#include "tensor/system.h"

namespace quern {
namespace {

using cli::Align;

constexpr std::string_view kCompiler =
#if defined(__clang__)
    __VERSION__;
#else
    "gcc " __VERSION__;
#endif

constexpr double kGiga = 1e9, kMega = 1e6;

std::string giga(double value) { return cli::fixed(value / kGiga, 1); }

std::string percent(double value) { return cli::fixed(value, 1) + " %"; }

std::string range(const Spread& s, double unit) {
    return cli::fixed(s.min / unit, 1) + " - " + cli::fixed(s.max / unit, 1);
}

std::string parts_of_memory(const Benchmark& b) {
    return "file " + cli::human_bytes(b.file_bytes) + " + cache (" + b.cache_keys + ", " +
           b.cache_values + ") " + cli::human_bytes(b.memory.cache) + " + scratch " +
           cli::human_bytes(b.memory.scratch);
}

std::string what_it_is(const Benchmark& b) {
    const double part = 100 * static_cast<double>(b.peak_memory) /
                        static_cast<double>(std::max<uint64_t>(b.planned_memory(), 1));
    return "model    " + b.model + ", " + b.format + ", " +
           cli::human_count(static_cast<double>(b.n_parameters)) + " parameters\n" + "machine  " +
           std::string(active_isa()) + ", " + std::to_string(b.threads) + " threads, " +
           std::string(kCompiler) + ", Quern " + std::string(version()) + "\n" + "load     " +
           cli::fixed(b.load_seconds, 3) + " s\n" + "memory   peak " +
           cli::human_bytes(b.peak_memory) + ", " + percent(part) + " of " + parts_of_memory(b) +
           "\n";
}

std::string limits_table(const MachineLimits& m) {
    cli::Table table({{"Limit of the machine"},
                      {"median", Align::kRight},
                      {"min - max", Align::kRight},
                      {"", Align::kLeft}});
    const auto row = [&](const std::string& name, const Spread& s, double unit, const char* text) {
        table.add_row({name, cli::fixed(s.median / unit, 1), range(s, unit), text});
    };
    row("int8 dot product", m.int8, kGiga, "GOPS");
    row("f32 multiply-add", m.f32, kGiga, "GOPS");
    if (m.bf16.median > 0) row("bf16 dot product", m.bf16, kGiga, "GOPS");
    row("read of " + cli::human_bytes(m.large_bytes), m.read_large, kGiga, "GB/s");
    if (m.small_bytes < m.large_bytes) {
        row("read of " + cli::human_bytes(m.small_bytes) + ", what a token reads", m.read_small,
            kGiga, "GB/s");
    }
    row("from op to op, all threads", m.stage, 1e-6, "us");
    return table.text();
}

std::string run_title(const Run& r) {
    const std::string each = r.sequences > 1 ? std::to_string(r.sequences) + " x " : "";
    return r.name + " " + each + std::to_string(r.steps);
}

std::string runs_table(const Benchmark& b) {
    cli::Table table({{b.depth > 0 ? "At depth " + std::to_string(b.depth) : "Run"},
                      {"tokens/s", Align::kRight},
                      {"min - max", Align::kRight},
                      {"GB/s", Align::kRight},
                      {"GOPS", Align::kRight},
                      {"of limit", Align::kRight},
                      {"limit"}});
    for (const Run& r : b.runs) {
        table.add_row({run_title(r), cli::fixed(r.tokens_per_s.median, 1), range(r.tokens_per_s, 1),
                       giga(r.cost.bytes / r.seconds()), giga(r.cost.operations / r.seconds()),
                       percent(r.percent_of_limit.median), std::string(r.limit.name)});
    }
    return table.text();
}

/// What an op's operations are done with: "matmul q4z_g128" names it, attention goes by its keys,
/// others are done in f32. Outlier columns, which round nothing, count as weights of their format.
const Format& format_of(const Benchmark& b, const Profile::Entry& e) {
    if (e.name == "attention") return *find_format(b.cache_keys);
    const Format* weights = find_format(e.name.substr(e.name.find(' ') + 1));
    return weights ? product_format(*weights, has_bf16_products()) : *find_format("f32");
}

double total_seconds(const Profile& profile) {
    double sum = 0;
    for (const Profile::Entry& e : profile.entries()) sum += e.seconds;
    return sum;
}

/// Only ops with operations: the others work in the caches, where the limit is another.
bool has_limit(const Profile::Entry& e) { return e.cost.operations > 0; }

double percent_of_limit(const Benchmark& b, const Run& run, const Profile::Entry& e) {
    return 100 * limit_of(e.cost, run.profile_limits, format_of(b, e)).seconds / e.seconds;
}

std::string ops_table(const Benchmark& b, const Run& run) {
    cli::Table table({{"Ops of " + run_title(run)},
                      {"calls", Align::kRight},
                      {"ms", Align::kRight},
                      {"share", Align::kRight},
                      {"MB", Align::kRight},
                      {"GB/s", Align::kRight},
                      {"GOPS", Align::kRight},
                      {"of limit", Align::kRight},
                      {"limit"}});
    const auto repeat = static_cast<double>(b.repeat);
    const double total = total_seconds(run.profile);
    const auto ms = [&](double seconds) { return cli::fixed(1000 * seconds / repeat, 2); };
    for (const Profile::Entry& e : run.profile.entries()) {
        const bool limited = has_limit(e);
        table.add_row(
            {e.name, std::to_string(e.calls / b.repeat), ms(e.seconds),
             percent(100 * e.seconds / total), cli::fixed(e.cost.bytes / repeat / kMega, 1),
             giga(e.cost.bytes / e.seconds), limited ? giga(e.cost.operations / e.seconds) : "-",
             limited ? percent(percent_of_limit(b, run, e)) : "-",
             limited ? std::string(limit_of(e.cost, run.profile_limits, format_of(b, e)).name)
                     : "-"});
    }
    table.add_rule();
    table.add_row({"all ops, one at a time", "", ms(total), percent(100)});
    table.add_row({"the run itself", "", cli::fixed(1000 * run.seconds(), 2)});
    return table.text();
}

void add_ops(const Benchmark& b, const Run& run, cli::Json* json) {
    json->key("profile").begin_array();
    const auto repeat = static_cast<double>(b.repeat);
    for (const Profile::Entry& e : run.profile.entries()) {
        json->begin_object().member("op", e.name).member("calls", e.calls / b.repeat);
        json->member("seconds", e.seconds / repeat);
        json->member("share", e.seconds / total_seconds(run.profile));
        json->member("bytes", e.cost.bytes / repeat);
        json->member("bytes_per_s", e.cost.bytes / e.seconds);
        json->member("ops", e.cost.operations / repeat);
        json->member("ops_per_s", e.cost.operations / e.seconds);
        if (has_limit(e)) json->member("percent_of_limit", percent_of_limit(b, run, e));
        json->end_object();
    }
    json->end_array();
}

std::string json_line(const Benchmark& b, const Run& run) {
    cli::Json json;
    json.begin_object().member("run", run.name).member("model", b.model);
    json.member("format", b.format).member("cache_k", b.cache_keys);
    json.member("cache_v", b.cache_values).member("model_hash", hash_text(b.model_hash));
    json.member("prompt", run.name == "prompt" ? run.steps : 0);
    json.member("generate", run.name == "prompt" ? 0 : run.steps).member("depth", b.depth);
    json.member("sequences", run.sequences);
    if (run.sequences > 1) json.member("times_one", run.times_one);
    json.member("tokens_per_s", run.tokens_per_s.median);
    json.key("spread").begin_object().member("min", run.tokens_per_s.min);
    json.member("max", run.tokens_per_s.max).end_object().member("repeat", b.repeat);
    json.member("percent_of_limit", run.percent_of_limit.median);
    json.key("percent_spread").begin_object().member("min", run.percent_of_limit.min);
    json.member("max", run.percent_of_limit.max).end_object();
    json.key("limit").begin_object().member("name", run.limit.name);
    json.member("value", run.limit.value).end_object();
    json.member("bytes", run.cost.bytes).member("bytes_per_s", run.cost.bytes / run.seconds());
    json.member("ops", run.cost.operations)
        .member("ops_per_s", run.cost.operations / run.seconds());
    json.key("limits").begin_object().member("int8", run.limits.int8);
    json.member("f32", run.limits.f32).member("bf16", run.limits.bf16);
    json.member("read", run.limits.read)
        .member("read_large", b.machine.read_large.median)
        .member("stage_seconds", b.machine.stage.median)
        .end_object();
    json.member("load_seconds", b.load_seconds).member("peak_memory", b.peak_memory);
    json.member("file_bytes", b.file_bytes)
        .member("weights", b.memory.weights)
        .member("cache", b.memory.cache);
    json.member("scratch", b.memory.scratch).member("isa", active_isa());
    json.member("threads", b.threads).member("compiler", kCompiler).member("version", version());
    if (!run.profile.entries().empty()) add_ops(b, run, &json);
    return json.end_object().text() + "\n";
}

}  // namespace

std::string planned_text(const Benchmark& b) {
    return "memory planned: " + cli::human_bytes(b.planned_memory()) + " = " + parts_of_memory(b);
}

std::string benchmark_text(const Benchmark& b) {
    std::string out = what_it_is(b) + "\n" + limits_table(b.machine) + "\n" + runs_table(b);
    for (const Run& run : b.runs) {
        if (run.sequences == 1) continue;
        out += std::to_string(run.sequences) +
               " sequences together: " + cli::fixed(run.times_one, 2) + " x the tokens/s of one\n";
    }
    for (const Run& run : b.runs) {
        if (!run.profile.entries().empty()) out += "\n" + ops_table(b, run);
    }
    return out;
}

std::string benchmark_json(const Benchmark& b) {
    std::string out;
    for (const Run& run : b.runs) out += json_line(b, run);
    return out;
}

}  // namespace quern
