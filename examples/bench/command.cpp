// quern-bench MODEL: options and help. What is measured is in benchmark.h, what counts as work in
// work.h.
#include "bench/command.h"

#include <memory>

#include "bench/benchmark.h"
#include "bench/report.h"
#include "bench/synthetic.h"
#include "common/cache_options.h"
#include "common/interrupt.h"
#include "common/progress.h"
#include "tensor/system.h"

namespace quern {
namespace {

struct Settings {
    BenchmarkOptions options;
    std::string format;
    std::string isa;
    bool json = false;
};

constexpr int64_t kMostTokens = 1 << 20;
constexpr int64_t kMostSequences = 256;
constexpr int64_t kMostRepetitions = 1000;

std::string names(std::span<const std::string_view> list) {
    std::string out;
    for (const std::string_view name : list) out += (out.empty() ? "" : ", ") + std::string(name);
    return out;
}

std::vector<cli::OptionGroup> option_groups(Settings* s) {
    BenchmarkOptions& o = s->options;
    std::vector<std::string_view> shapes;
    for (const SyntheticShape& shape : synthetic_shapes()) shapes.push_back(shape.name);
    return {
        {"Model",
         {cli::text("synthetic", "SHAPE", &o.synthetic,
                    "no file but random weights in the shape of a known model: " + names(shapes)),
          cli::text("format", "FORMAT", &s->format, "of the synthetic model's weights")
              .with_default(o.format)}},
        {"Runs",
         {cli::integer("prompt", "N", &o.prompt, 0, kMostTokens,
                       "tokens of the prompt; 0 leaves this run out"),
          cli::integer("generate", "N", &o.generate, 0, kMostTokens,
                       "tokens to generate; 0 leaves this run out"),
          cli::integer("batch", "N", &o.batch, 1, kMostSequences,
                       "also generate with so many sequences together, counting all their tokens"),
          cli::integer("depth", "N", &o.depth, 0, kMostTokens,
                       "tokens that are in the cache before"),
          cli::integer("repeat", "N", &o.repeat, 1, kMostRepetitions,
                       "repetitions of every run, after a warm-up"),
          cli::text("isa", "NAME", &s->isa,
                    "use this instruction set; here: " + names(available_isas()))
              .with_default("the best"),
          cli::size("buffer", "SIZE", &o.buffer,
                    "memory to measure the read bandwidth over; more than the last cache holds")
              .with_default("1G")}},
        {"KV cache", cli::cache_options(&o.session)},
        {"Result",
         {cli::flag("ops", &o.ops, "run again with a clock on every op and show where time goes"),
          cli::flag("json", &s->json, "print one JSON object per run")}}};
}

Status run(Settings* settings, const cli::Common& common) {
    BenchmarkOptions& options = settings->options;
    if (!settings->format.empty()) {
        if (options.synthetic.empty()) {
            return Status(Code::kWrongUse,
                          "--format is for --synthetic; a file has its own, quern-quantize "
                          "changes it");
        }
        options.format = settings->format;
    }
    if (!settings->isa.empty()) {
        if (Status s = force_isa(settings->isa); !s.ok()) return s;
    }
    cli::Interrupt interrupt;
    cli::Progress progress("measuring", "runs", common.quiet);
    options.session.threads = common.threads;
    options.cancel = &interrupt.flag();
    options.planned = [&](const Benchmark& b) {
        if (!common.quiet) cli::print_message("quern-bench", planned_text(b));
    };
    options.progress = [&](int64_t done, int64_t total, const std::string& what) {
        progress.update(done, total, what);
    };
    auto benchmark = run_benchmark(options);
    progress.finish();
    if (!benchmark.ok()) return benchmark.status();
    return cli::print(settings->json ? benchmark_json(*benchmark) : benchmark_text(*benchmark));
}

std::vector<std::pair<std::string, std::string>> shape_entries() {
    std::vector<std::pair<std::string, std::string>> entries;
    for (const SyntheticShape& s : synthetic_shapes()) {
        entries.emplace_back(
            s.name, std::to_string(s.n_embd) + " wide, " + std::to_string(s.n_layers) +
                        " layers, " + std::to_string(s.n_heads) + " heads, " +
                        std::to_string(s.n_kv_heads) + " kv heads, ffn " + std::to_string(s.n_ff) +
                        ", vocabulary " + std::to_string(s.n_vocab) + "; " + std::string(s.note));
    }
    return entries;
}

}  // namespace

cli::Command bench_command() {
    auto settings = std::make_shared<Settings>();
    cli::Command command;
    command.description =
        "Measures how fast a model runs, as a part of what this machine could do at most. The "
        "limits (dot products of the instruction set in use, multiply-adds, read bandwidth) are "
        "measured in the same process with the same number of threads, before and after every "
        "repetition, as they change on a shared machine. Figures are medians; close other "
        "programs.";
    command.positionals = {{"MODEL", "a .quern or .gguf file", &settings->options.model, false}};
    command.groups = option_groups(settings.get());
    command.topics = {
        {"What is counted",
         {{"GOPS",
           "2 operations per weight of the linear layers and token, and per weight of the "
           "head for tokens with logits; attention is not counted"},
          {"GB/s", "weights that an evaluation reads and the cache up to its last token"},
          {"of limit",
           "the time that these operations or bytes take at the machine's limit, "
           "whichever is longer, in percent of the time they took: each repetition by itself, "
           "at the limits measured beside it"}}},
        {"Shapes", shape_entries()}};
    command.examples = {
        {"quern-bench model.quern", "prompt and generation"},
        {"quern-bench --synthetic llama-1b --format q4_g32 --ops", "where the time goes"},
        {"quern-bench model.quern --depth 4096 --prompt 0 --json", "generation in a long context"},
        {"quern-bench model.quern --prompt 0 --batch 8", "one sequence and eight together"}};
    command.run = [settings](const cli::Common& common) { return run(settings.get(), common); };
    return command;
}

}  // namespace quern
