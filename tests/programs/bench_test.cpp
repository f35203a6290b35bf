// quern-bench: statistics and counted work against values worked out by hand, synthetic models, one
// small benchmark from loading to JSON.
#include <doctest/doctest.h>

#include <cstdlib>
#include <cstring>
#include <sstream>

#include "bench/benchmark.h"
#include "bench/command.h"
#include "bench/report.h"
#include "bench/statistics.h"
#include "bench/synthetic.h"
#include "bench/work.h"
#include "support/captured_run.h"
#include "support/check_status.h"
#include "tensor/system.h"

using namespace quern;
using namespace quern::test;

namespace {

std::unique_ptr<ModelFile> synthetic(const std::string& shape, const std::string& format) {
    auto file = make_synthetic(shape, format);
    check_ok(file.status());
    REQUIRE(file.ok());
    return std::move(*file);
}

BenchmarkOptions tiny_options() {
    BenchmarkOptions options;
    options.synthetic = "tiny";
    options.format = "q4_g32";
    options.prompt = 40;
    options.generate = 3;
    options.depth = 7;
    options.repeat = 3;
    options.buffer = 1 << 20;
    options.session.threads = 2;
    options.session.chunk = 32;
    return options;
}

/// The number behind "name": in a line of JSON.
double number(const std::string& json, const std::string& name) {
    const size_t at = json.find("\"" + name + "\": ");
    INFO("member " << name << " of " << json);
    REQUIRE(at != std::string::npos);
    return std::stod(json.substr(at + name.size() + 4));
}

}  // namespace

TEST_CASE("bench: median and extremes") {
    CHECK(spread_of({}).median == 0);
    CHECK(spread_of({4}).median == 4);
    const Spread odd = spread_of({9, 1, 5});
    CHECK(odd.median == 5);
    CHECK(odd.min == 1);
    CHECK(odd.max == 9);
    const Spread even = spread_of({8, 1, 3, 2});
    CHECK(even.median == 2.5);
    CHECK(even.min == 1);
    CHECK(even.max == 8);
}

TEST_CASE("bench: weights and bytes of the tiny model") {
    // Per layer: q 64 x 64, k and v 32 x 64, out 64 x 64, gate and up 160 x 64, down 64 x 160.
    constexpr double kLayer = 4096 + 2 * 2048 + 4096 + 3 * 10240;
    const ModelWork f16 = work_of(*synthetic("tiny", "f16"));
    CHECK(f16.linear_weights == 2 * kLayer);
    CHECK(f16.linear_bytes == 2 * 2 * kLayer);
    CHECK(f16.head_weights == 256 * 64);
    CHECK(f16.head_bytes == 2 * 256 * 64);
    CHECK(f16.format->name == "f16");

    // A tile of 64 columns: 512 bytes of codes, 2 groups of 16 scales. Of 160 columns: 1280 bytes,
    // 5 groups: 1440 bytes, padded to 1472. 32 tiles of the first and 4 of the second per layer.
    const ModelWork q4 = work_of(*synthetic("tiny", "q4_g32"));
    CHECK(q4.linear_weights == 2 * kLayer);
    CHECK(q4.linear_bytes == 2 * (32 * 576 + 4 * 1472));
    CHECK(q4.head_bytes == 16 * (1024 + 64));  // q8_g32 by the default recipe
    CHECK(q4.format->name == "q4_g32");
}

TEST_CASE("bench: SmolLM2's shape has its number of weights, its tied embedding counts once") {
    const auto file = synthetic("llama-135m", "q4z_g64");
    int64_t weights = 0;
    for (const FileTensor& t : file->tensors()) weights += t.elements();
    CHECK(weights == 134'515'008);
    CHECK(file->find("output.weight") == nullptr);
    const ModelWork work = work_of(*file);
    CHECK(work.head_weights == 49152 * 576);
    CHECK(work.linear_weights + work.head_weights + 61 * 576 == 134'515'008);
}

TEST_CASE("bench: every tile of a synthetic model is filled") {
    const auto file = synthetic("llama-135m", "q4z_g128");
    int64_t empty = 0;
    for (const FileTensor& t : file->tensors()) {
        if (t.rank != 2) continue;
        const uint64_t bytes = t.format->tile_bytes(*t.format, t.cols());
        for (int64_t i = 0; i < t.rows() / kTileRows; ++i) {
            const uint8_t* tile = t.data + static_cast<uint64_t>(i) * bytes;
            const bool constant = std::memcmp(tile, tile + 1, 64) == 0;
            empty += constant || !t.format->is_valid(*t.format, tile, t.cols());
        }
    }
    CHECK(empty == 0);
}

TEST_CASE("bench: work of a prompt in chunks and of tokens one by one") {
    ModelWork m;
    m.linear_weights = 1000;
    m.linear_bytes = 500;
    m.head_weights = 100;
    m.head_bytes = 80;
    m.cache_bytes_per_token = 10;
    const Cost prompt = prompt_cost(m, 5, 300, 256);
    CHECK(prompt.operations == 2 * (1000 * 300 + 100));
    CHECK(prompt.bytes == 2 * 500 + 80 + 10 * (5 + 256) + 10 * (5 + 300));
    const Cost generate = generate_cost(m, 5, 3);
    CHECK(generate.operations == 3 * 2 * (1000 + 100));
    CHECK(generate.bytes == 3 * (500 + 80) + 10 * (6 + 7 + 8));
    CHECK(m.bytes_per_token(7) == 500 + 80 + 70);
    // Four sequences: weights once, everything else four times.
    const Cost batch = generate_cost(m, 5, 3, 4);
    CHECK(batch.operations == 4 * generate.operations);
    CHECK(batch.bytes == 3 * (500 + 80) + 4 * 10 * (6 + 7 + 8));
}

TEST_CASE("bench: the limit is the one that takes longer") {
    Limits limits{1000, 100, 200, 10};
    const Format& block = *find_format("q4_g32");
    const Format& real = *find_format("f16");
    const Limit compute = limit_of({10, 5000}, limits, block);  // 5 s against 1 s
    CHECK(compute.name == "int8");
    CHECK(compute.value == 1000);
    CHECK(compute.seconds == 5);
    const Limit read = limit_of({70, 5000}, limits, block);  // 5 s against 7 s
    CHECK(read.name == "read");
    CHECK(read.value == 10);
    CHECK(read.seconds == 7);
    CHECK(limit_of({70, 5000}, limits, real).name == "f32");  // 50 s against 7 s
    const Format& bf16 = *find_format("bf16");
    CHECK(limit_of({70, 5000}, limits, bf16).name == "bf16");  // 25 s
    CHECK(limit_of({70, 5000}, limits, bf16).seconds == 25);
    limits.bf16 = 0;  // a CPU without its dot product
    CHECK(limit_of({70, 5000}, limits, bf16).name == "f32");
    CHECK(limit_of({70, 5000}, limits, bf16).seconds == 50);
}

TEST_CASE("bench: every repetition is compared with the limits beside it") {
    Run run;
    run.steps = 25;
    run.sequences = 4;
    run.cost = {70, 0};  // bytes
    Limits slow, fast;
    slow.read = 10;  // 7 s
    fast.read = 20;
    // The medians, 10 s and 3.5 s, are of different repetitions.
    const Repetition repetitions[] = {{10, slow}, {7, fast}, {14, fast}};
    summarize(repetitions, *find_format("q4_g32"), &run);
    CHECK(run.percent_of_limit.min == 25);
    CHECK(run.percent_of_limit.median == 50);
    CHECK(run.percent_of_limit.max == 70);
    CHECK(run.tokens_per_s.median == 10);
    CHECK(run.seconds() == 10);
    CHECK(run.limits.read == 20);
    CHECK(run.limit.name == "read");
    CHECK(run.limit.seconds == 3.5);
}

TEST_CASE("bench: a batch is compared with the one sequence beside it") {
    const Repetition one[] = {{6, {}}, {2, {}}, {12, {}}};
    const Repetition batch[] = {{12, {}}, {8, {}}, {4, {}}};  // 2, 1 and 12 times
    CHECK(times_one(one, batch, 4) == 2);                     // of the medians, 6 and 8 s: 3
}

TEST_CASE("bench: a small benchmark from loading to JSON") {
    BenchmarkOptions options = tiny_options();
    options.ops = true;
    int64_t last = -1;
    options.progress = [&](int64_t done, int64_t total, const std::string&) {
        CHECK(done >= last);
        CHECK(done < total);
        last = done;
    };
    auto result = run_benchmark(options);
    check_ok(result.status());
    REQUIRE(result.ok());
    const Benchmark& b = *result;
    CHECK(b.threads == 2);
    CHECK(b.peak_memory > b.memory.weights);
    REQUIRE(b.runs.size() == 2);
    for (const Run& run : b.runs) {
        CHECK(run.tokens_per_s.min > 0);
        CHECK(run.tokens_per_s.min <= run.tokens_per_s.median);
        CHECK(run.tokens_per_s.median <= run.tokens_per_s.max);
        CHECK(run.percent_of_limit.median > 0);
        CHECK(run.limits.int8 > 0);
        CHECK(run.limits.f32 > 0);
        CHECK(run.limits.read > 0);
        CHECK_FALSE(run.profile.entries().empty());
    }
    ModelWork work = work_of(*synthetic("tiny", "q4_g32"));
    // Two bytes a number, of 2 layers with 2 heads of 16 dimensions; keys are rows, which are
    // padded to 32.
    work.cache_bytes_per_token = 2 * 2 * (32 + 16) * 2;
    CHECK(b.runs[0].cost.operations == prompt_cost(work, 7, 40, 32).operations);
    CHECK(b.runs[0].cost.bytes == prompt_cost(work, 7, 40, 32).bytes);
    CHECK(b.runs[1].cost.bytes == generate_cost(work, 7, 3).bytes);

    std::istringstream lines(benchmark_json(b));
    std::string prompt, generate, more;
    REQUIRE(std::getline(lines, prompt));
    REQUIRE(std::getline(lines, generate));
    CHECK_FALSE(std::getline(lines, more));
    for (const std::string* line : {&prompt, &generate}) {
        CHECK(line->front() == '{');
        CHECK(line->back() == '}');
        CHECK(number(*line, "depth") == 7);
        CHECK(number(*line, "threads") == 2);
        CHECK(number(*line, "percent_of_limit") > 0);
        CHECK(line->find("null") == std::string::npos);
        CHECK(line->find("\"model\": \"synthetic:tiny\"") != std::string::npos);
    }
    CHECK(number(prompt, "prompt") == 40);
    CHECK(number(prompt, "tokens_per_s") == b.runs[0].tokens_per_s.median);
    CHECK(number(prompt, "ops") == b.runs[0].cost.operations);
    CHECK(number(generate, "generate") == 3);
    CHECK(number(generate, "bytes") == b.runs[1].cost.bytes);

    const std::string text = benchmark_text(b);
    for (const char* part :
         {"int8 dot product", "from op to op", "prompt 40", "generate 3", "matmul q4_g32"}) {
        CAPTURE(part);
        CHECK(text.find(part) != std::string::npos);
    }
}

TEST_CASE("bench: a run of 0 tokens is left out") {
    BenchmarkOptions options = tiny_options();
    options.prompt = 0;
    options.repeat = 1;
    auto result = run_benchmark(options);
    REQUIRE(result.ok());
    REQUIRE(result->runs.size() == 1);
    CHECK(result->runs[0].name == "generate");
}

TEST_CASE("bench: a batch is a run of its own, beside one sequence") {
    BenchmarkOptions options = tiny_options();
    options.prompt = 0;
    options.batch = 4;
    options.repeat = 1;
    auto result = run_benchmark(options);
    check_ok(result.status());
    REQUIRE(result.ok());
    REQUIRE(result->runs.size() == 2);
    const Run& one = result->runs[0];
    const Run& batch = result->runs[1];
    CHECK(one.tokens() == 3);
    CHECK(batch.tokens() == 12);
    CHECK(batch.times_one == doctest::Approx(batch.tokens_per_s.median / one.tokens_per_s.median));
    ModelWork work = work_of(*synthetic("tiny", "q4_g32"));
    work.cache_bytes_per_token = 2 * 2 * (32 + 16) * 2;
    CHECK(one.cost.bytes == generate_cost(work, 7, 3).bytes);
    CHECK(batch.cost.bytes == generate_cost(work, 7, 3, 4).bytes);
    const std::string json = benchmark_json(*result);
    const std::string line = json.substr(json.find('\n') + 1);
    CHECK(number(line, "sequences") == 4);
    CHECK(number(line, "generate") == 3);
    CHECK(number(line, "times_one") == batch.times_one);
    CHECK(benchmark_text(*result).find("batch 4 x 3") != std::string::npos);
    CHECK(benchmark_text(*result).find("4 sequences together: ") != std::string::npos);
}

TEST_CASE("bench: --isa is what runs and what the figures are said to be of") {
    const auto run = [](const std::string& isa) {
        return captured_run({"quern-bench", "", {bench_command()}},
                            {"--synthetic", "tiny", "--prompt", "4", "--generate", "0", "--repeat",
                             "1", "--buffer", "1M", "--threads", "1", "--isa", isa, "--json"});
    };
    for (const std::string_view isa : available_isas()) {
        const Outcome outcome = run(std::string(isa));
        CHECK(active_isa() == isa);
        CHECK(outcome.code == 0);
        CHECK(contains(outcome.out, "\"isa\": \"" + std::string(isa) + "\""));
    }
    const Outcome refused = run("mmx");
    CHECK(refused.code == 2);
    CHECK(contains(refused.err, "instruction set \"mmx\" is not available here"));
    const char* wanted = std::getenv("QUERN_ISA");
    check_ok(force_isa(wanted != nullptr ? wanted : ""));
}

TEST_CASE("bench: what cannot be measured is refused, interruption ends it") {
    check_error(make_synthetic("llama-2b", "f16").status(), Code::kWrongUse,
                "unknown shape 'llama-2b'; choose one of: tiny, llama-135m");
    check_error(make_synthetic("tiny", "q4z_g3").status(), Code::kWrongUse,
                "unknown format 'q4z_g3'");
    BenchmarkOptions options = tiny_options();
    options.model = "model.quern";
    check_error(run_benchmark(options).status(), Code::kWrongUse, "both a model and --synthetic");
    options.model = options.synthetic = "";
    check_error(run_benchmark(options).status(), Code::kWrongUse, "name a model or --synthetic");
    options = tiny_options();
    options.prompt = options.generate = 0;
    check_error(run_benchmark(options).status(), Code::kWrongUse, "--prompt and --generate");
    options.prompt = 5;
    options.batch = 2;
    check_error(run_benchmark(options).status(), Code::kWrongUse, "--generate is 0");
    options = tiny_options();
    const std::atomic<bool> cancel{true};
    options.cancel = &cancel;
    check_error(run_benchmark(options).status(), Code::kInterrupted, "interrupted");
}
