// quern-eval compare: whole runs on a tiny model, what they print, what they leave behind.
#include "eval/compare.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "common/json_reader.h"
#include "eval/commands.h"
#include "eval/compare_report.h"
#include "eval/row_record.h"
#include "support/byte_llama.h"
#include "support/captured_run.h"
#include "support/check_status.h"
#include "support/pseudo_random.h"
#include "support/temp_dir.h"

using namespace quern;
using namespace quern::test;

namespace {

std::string random_text(size_t n) {
    std::string text;
    for (uint64_t i = 0; i < n; ++i) text += static_cast<char>('a' + splitmix64(i) % 26);
    return text;
}

CompareSource quantized(const std::string& method, const std::string& format) {
    cli::QuantizationSettings settings;
    settings.options.calibration.samples = 2;
    settings.options.calibration.sample_tokens = 16;
    auto row = quantized_row({method, format}, settings);
    check_ok(row.status());
    return row.value();
}

struct CompareFixture {
    TempDir folder;
    CompareOptions options;
    std::vector<CompareRow> rows;
    std::vector<std::string> messages;

    CompareFixture() {
        options.base = folder.write("base.gguf", ByteLlama::gguf());
        options.evaluation.text = folder.write("text", random_text(2100));
        options.evaluation.chunks = 2;
        options.common.threads = 1;
        options.keep = folder.file("kept");
        options.message = [this](const std::string& what) { messages.push_back(what); };
    }
    Status run() {
        rows.clear();
        messages.clear();
        return compare_models(options, &rows);
    }
    std::string kept(const std::string& name) const { return folder.file("kept/" + name); }
};

CompareRow made_up_row(const std::string& method, const std::string& format, double kl) {
    CompareRow row;
    row.source.method = method;
    row.source.format = format;
    RowFigures& f = row.figures;
    f.file_bytes = 12'345'678;
    f.protocols = {{{20.5, 0.25, 1.125, 0.0625, 2, 510}, {15.25, 0.5, 1.5, 0.125, 1, 2047}}};
    f.kl_mean = kl;
    f.prompt = 1000;
    f.generate = 100;
    f.memory = 50'000'000;
    f.quantize_seconds = 1.25;
    return row;
}

size_t count(const std::string& text, const std::string& part) {
    size_t n = 0;
    for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
    return n;
}

}  // namespace

TEST_CASE("compare: fewer bits are smaller and diverge more; a copy does not diverge at all") {
    CompareFixture f;
    f.options.sources = {quantized("rtn", "q8_g32"), quantized("rtn", "q3_g32"),
                         quantized("rtn", "f32"), model_row(f.options.base)};
    check_ok(f.run());
    CHECK(f.messages.empty());
    REQUIRE(f.rows.size() == 5);
    const RowFigures& base = f.rows[0].figures;
    const RowFigures &q8 = f.rows[1].figures, &q3 = f.rows[2].figures;
    CHECK(base.linear_bits == 32);
    CHECK(base.quantize_seconds < 0);
    for (const CompareRow& row : f.rows) {
        CAPTURE(row.source.format);
        CHECK(row.figures.protocols[0].tokens == 2 * 255);
        CHECK(row.figures.protocols[0].chunks == 2);
        // At least one window, whatever --chunks says.
        CHECK(row.figures.protocols[1].tokens == 2047);
        CHECK(row.figures.prompt > 0);
        CHECK(row.figures.memory > 0);
    }
    CHECK(q8.quantize_seconds > 0);
    CHECK(q8.quantize_memory > 0);
    // A 16-bit scale per 32 weights; where a row has only 32, a tile's scales are padded to 64
    // bytes: (8192 * 9 + 2048 * 8.5) / 10240.
    CHECK(q8.linear_bits == doctest::Approx(8.9));
    CHECK(q3.linear_bits == doctest::Approx(3.9));
    CHECK(q3.file_bytes < q8.file_bytes);
    CHECK(q3.kl_mean > 10 * q8.kl_mean);
    CHECK(q8.kl_mean > 0);
    CHECK(q3.protocols[0].ratio_error > 0);
    for (const size_t same : {3, 4}) {
        const RowFigures& copy = f.rows[same].figures;
        CHECK(copy.kl_mean == 0);
        CHECK(copy.kl_max == 0);
        CHECK(copy.top1 == 1);
        CHECK(copy.protocols[1].perplexity == base.protocols[1].perplexity);
    }

    // With f32 activations only the weights' rounding is left: less than with int8 on top.
    const double with_int8 = q8.kl_mean;
    f.options.sources.resize(1);
    f.options.evaluation.activations = "f32";
    check_ok(f.run());
    CHECK(f.rows[1].figures.kl_mean < with_int8);
    CHECK(f.rows[1].figures.kl_mean > 0);
}

TEST_CASE("compare: the base rounds nothing, also if it is quantized") {
    CompareFixture f;
    auto options = cli::quantize_options(quantized("rtn", "q8_g32").quantization);
    REQUIRE(options.ok());
    const std::string base = f.folder.file("base.quern");
    check_ok(quantize_file(f.options.base, base, *options).status());
    f.options.base = base;
    f.options.sources = {model_row(base)};
    check_ok(f.run());
    CHECK(f.rows[1].figures.kl_mean > 0);  // its own int8 inputs
    f.options.evaluation.activations = "f32";
    check_ok(f.run());
    CHECK(f.rows[1].figures.kl_mean == 0);
}

TEST_CASE("compare: files are removed unless they are to be kept, also after an interruption") {
    CompareFixture f;
    const TempDir temporary;
    const char* before = std::getenv("TMPDIR");
    const std::string saved = before ? before : "";
    ::setenv("TMPDIR", temporary.path().c_str(), 1);
    f.options.keep.clear();
    f.options.sources = {quantized("rtn", "q8_g32"), quantized("rtn", "q4_g32")};
    std::atomic<bool> cancel{false};
    size_t most = 0;
    f.options.cancel = &cancel;
    f.options.progress = [&](const std::string& what, int64_t, int64_t) {
        using Iterator = std::filesystem::recursive_directory_iterator;
        most = std::max(most,
                        static_cast<size_t>(std::distance(Iterator(temporary.path()), Iterator())));
        cancel = what == "rtn q4_g32: speed";
    };
    check_error(f.run(), Code::kInterrupted, "were not kept");
    if (before) ::setenv("TMPDIR", saved.c_str(), 1);
    if (!before) ::unsetenv("TMPDIR");
    CHECK(f.rows.size() == 2);  // the base and the row that was complete
    CHECK(most == 2);           // a folder with one file at a time
    CHECK(std::filesystem::is_empty(temporary.path()));
}

TEST_CASE("compare: kept files are reused if they were made with the same settings") {
    CompareFixture f;
    f.options.sources = {quantized("gptq", "q4_g32"), quantized("rtn", "q8_g32")};
    check_ok(f.run());
    const std::string file = f.kept("gptq-q4_g32.quern");
    const RowRecord made = read_record(file);
    CHECK(made.seconds > 0);
    CHECK(made.peak_memory > 0);
    CHECK(made.file_bytes == std::filesystem::file_size(file));
    const auto time = std::filesystem::last_write_time(file);
    const RowFigures first = f.rows[1].figures;

    f.options.sources.push_back(quantized("rtn", "q4_g32"));
    check_ok(f.run());
    REQUIRE(f.messages.size() == 2);
    CHECK(f.messages[0].find("gptq q4_g32: " + file + " was made and measured with these") == 0);
    CHECK(std::filesystem::last_write_time(file) == time);
    CHECK(f.rows[1].figures.kl_mean == first.kl_mean);
    CHECK(f.rows[1].figures.quantize_seconds == doctest::Approx(made.seconds));
    CHECK(f.rows[1].figures.quantize_memory == made.peak_memory);
    CHECK(f.rows[1].figures.protocols[1].ratio_error == first.protocols[1].ratio_error);
    CHECK(f.rows[1].figures.file_bytes == made.file_bytes);

    // Quality is measured again where the record is not of these figures, of the same file.
    const auto measured_again = [&] {
        check_ok(f.run());
        REQUIRE(!f.messages.empty());
        CHECK(std::filesystem::last_write_time(file) == time);
        return f.messages[0].find("was made with these settings") != std::string::npos;
    };
    CHECK(!measured_again());
    const std::string record = read_file(record_path(file));
    const auto damaged = [&](const std::string& what, const std::string& with) {
        std::string text = record;
        text.replace(text.find(what), what.size(), with);
        f.folder.write("kept/gptq-q4_g32.json", text);
    };
    damaged("kl_max", "kl_min");
    CHECK(measured_again());
    damaged("\"kl_max\": ", "\"kl_max\": -");
    CHECK(measured_again());
    damaged("figures", "numbers");
    CHECK(measured_again());
    const CompareOptions usual = f.options;
    f.options.evaluation.chunks = 1;
    CHECK(measured_again());
    CHECK(f.rows[1].figures.protocols[0].chunks == 1);
    f.options = usual;
    f.options.evaluation.activations = "f32";
    CHECK(measured_again());
    f.options = usual;
    CHECK(f.options.evaluation.session.cache_keys == "f16");  // on every CPU
    f.options.evaluation.session.cache_keys = "q8";
    CHECK(measured_again());
    f.options = usual;
    f.options.evaluation.text = f.folder.write("other", random_text(2100) + "b");
    CHECK(measured_again());
    f.options = usual;
    CHECK(measured_again());
    CHECK(!measured_again());
    CHECK(f.rows[1].figures.kl_mean == first.kl_mean);
    std::string other = read_file(file);
    other[other.size() / 2] = static_cast<char>(other[other.size() / 2] ^ 1);
    f.folder.write("kept/gptq-q4_g32.quern", other);
    check_ok(f.run());
    REQUIRE(!f.messages.empty());
    CHECK(f.messages[0].find("was made with these settings") != std::string::npos);

    // Other settings, a damaged record, a file that changed its size: made again.
    f.options.sources = {quantized("gptq", "q4_g32")};
    f.options.sources[0].quantization.options.calibration.seed = 7;
    check_ok(f.run());
    CHECK(f.messages.empty());
    CHECK(read_record(file).settings.find("seed: 7") != std::string::npos);
    f.folder.write("kept/gptq-q4_g32.json", "{\"settings\": 1}");
    check_ok(f.run());
    CHECK(f.messages.empty());
    f.folder.write("kept/gptq-q4_g32.quern", "cut");
    check_ok(f.run());
    CHECK(f.messages.empty());
    CHECK(std::filesystem::file_size(file) == made.file_bytes);
    check_ok(f.run());
    CHECK(f.messages.size() == 1);
}

TEST_CASE("compare: what an interrupted quantization left is gone on with") {
    CompareFixture f;
    f.options.sources = {quantized("gptq", "q4_g32")};
    check_ok(f.run());
    const std::string file = f.kept("gptq-q4_g32.quern");
    const std::string whole = read_file(file);
    const std::string settings = read_record(file).settings;

    // A whole quantization is short here, so that the state is made by hand: a record of work that
    // took 100 s, and layers in a partial file that this library wrote.
    std::filesystem::remove(file);
    std::atomic<bool> cancel{false};
    auto options = cli::quantize_options(f.options.sources[0].quantization);
    REQUIRE(options.ok());
    options->threads = 1;
    options->cancel = &cancel;
    options->progress = [&](const std::string& what, int64_t, int64_t) {
        cancel = std::filesystem::exists(file + ".partial") && what.rfind("layer", 0) != 0;
    };
    const auto leave_partial = [&] {
        cancel = false;
        const Status s = quantize_file(f.options.base, file, *options).status();
        CHECK(s.code() == Code::kInterrupted);
        REQUIRE(std::filesystem::exists(file + ".partial"));
    };
    leave_partial();
    check_ok(write_record(file, {settings, 100, 0, 0, "", {}}));
    check_ok(f.run());
    CHECK(f.messages.empty());
    CHECK(read_file(file) == whole);
    CHECK(f.rows[1].figures.quantize_seconds > 100);
    CHECK(f.rows[1].figures.quantize_seconds < 150);
    CHECK(!std::filesystem::exists(file + ".partial"));

    // Without a record it is gone on with, and how long it took in all is not known.
    std::filesystem::remove(file);
    leave_partial();
    std::filesystem::remove(f.kept("gptq-q4_g32.json"));
    check_ok(f.run());
    CHECK(read_file(file) == whole);
    CHECK(f.rows[1].figures.quantize_seconds == -1);

    // What other settings left is not.
    std::filesystem::remove(file);
    options->calibration.seed = 99;
    leave_partial();
    std::filesystem::remove(f.kept("gptq-q4_g32.json"));
    check_ok(f.run());
    CHECK(read_file(file) == whole);
    CHECK(f.rows[1].figures.quantize_seconds >= 0);
}

TEST_CASE("compare: a row that fails does not cost the others") {
    CompareFixture f;
    CompareSource refused = quantized("rtn", "q8_g32");
    refused.method = "refused";
    refused.quantization.options.method = "no such method";
    f.options.sources = {refused, quantized("rtn", "q8_g32")};
    check_error(f.run(), Code::kFailed, "1 of 2 rows failed");
    CHECK(f.rows.size() == 2);
    REQUIRE(f.messages.size() == 1);
    CHECK(f.messages[0].find("refused q8_g32 is left out: ") == 0);

    // A folder where the file should be.
    f.options.sources = {quantized("rtn", "q3_g32"), quantized("rtn", "q8_g32")};
    std::filesystem::create_directories(f.kept("rtn-q3_g32.quern"));
    check_error(f.run(), Code::kFailed, "1 of 2 rows failed");
    CHECK(f.rows.size() == 2);
    CHECK(f.rows[1].source.format == "q8_g32");
}

TEST_CASE("compare: bad files and texts are known before the work") {
    CompareFixture f;
    f.options.sources = {quantized("rtn", "q8_g32"), model_row(f.folder.file("absent.quern"))};
    CHECK(f.run().code() == Code::kBadFile);
    CHECK(f.rows.empty());

    std::string other = ByteLlama::gguf();
    other.replace(other.find("<|im_start|>"), 12, "<|im_begun|>");
    f.options.sources = {model_row(f.folder.write("other.gguf", other))};
    check_error(f.run(), Code::kWrongUse, "its vocabulary is not that of");
    CHECK(f.rows.empty());

    f.options.sources = {quantized("rtn", "q8_g32")};
    f.options.evaluation.text = f.folder.write("text", random_text(500));
    check_error(f.run(), Code::kWrongUse, "one window of protocol llama.cpp needs 512");
    CHECK(f.rows.empty());
    CHECK(!std::filesystem::exists(f.options.keep));

    f.options.evaluation.text = f.folder.write("text", random_text(2000));
    check_ok(f.run());
    REQUIRE(f.messages.size() == 1);
    CHECK(f.messages[0].find("one window of protocol gptq needs 2048; its figures are left out") !=
          std::string::npos);
    REQUIRE(f.rows.size() == 2);
    CHECK(f.rows[1].figures.protocols[0].tokens == 2 * 255);
    CHECK(comparison_csv(f.rows).find("gptq_perplexity") == std::string::npos);
    CHECK(comparison_markdown(f.options, f.rows).find("protocol gptq") == std::string::npos);
}

TEST_CASE("compare: rows of a file") {
    const cli::QuantizationSettings defaults;
    const auto rows = parse_rows(
        "# all of it\n"
        "rtn q4_0\n"
        "  awq+gptq+refine\tq4z_g64   # the best\n"
        "\n"
        "finer down = gptq 4.25bpw --tensor 'ffn_down=q6_g64' --samples 3\r\n"
        "rtn+importance 90M",
        "rows.txt", defaults);
    check_ok(rows.status());
    REQUIRE(rows.value().size() == 4);
    const std::vector<CompareSource>& r = rows.value();
    CHECK(row_title(r[0]) == "rtn q4_g32");
    CHECK(row_file_name(r[0]) == "rtn-q4_g32.quern");
    CHECK(r[0].command == "--method rtn --format q4_g32");
    CHECK(row_file_name(r[1]) == "awq+gptq+refine-q4z_g64.quern");
    CHECK(r[1].quantization.options.method == "awq+gptq");
    CHECK(r[1].quantization.refine);
    CHECK(row_title(r[2]) == "finer down 4.25bpw");
    CHECK(row_file_name(r[2]).find("finer-down-4-25bpw-") == 0);
    CHECK(r[2].quantization.options.target_bpw == 4.25);
    CHECK(r[2].quantization.options.calibration.samples == 3);
    CHECK(r[2].quantization.rules == std::vector<std::string>{"ffn_down=q6_g64"});
    CHECK(r[3].quantization.options.fit_bytes == uint64_t{90} << 20);
    CHECK(r[3].quantization.options.importance);

    const auto failure = [&](const std::string& text) {
        return parse_rows(text, "rows.txt", defaults).status();
    };
    check_error(failure("rtn q4_g32\ngptq"), Code::kWrongUse, "rows.txt line 2: a row needs");
    check_error(failure("magic q4_g32"), Code::kWrongUse, "the unknown part 'magic'");
    check_error(failure("rtn q4_g31"), Code::kWrongUse, "q4_g31");
    check_error(failure("rtn 4.x5bpw"), Code::kWrongUse, "--target-bpw needs a number");
    check_error(failure("rtn q4_g32 --smaple 3"), Code::kWrongUse, "did you mean --sample");
    check_error(failure("rtn q4_g32 --tensor 'x"), Code::kWrongUse, "a quote ' is open");
    check_error(failure(" = rtn q4_g32"), Code::kWrongUse, "a row needs a name");
    check_error(check_distinct(parse_rows("rtn q4_0\nrtn q4_g32", "", defaults).value()),
                Code::kWrongUse, "two rows are 'rtn q4_g32'");
}

TEST_CASE("quern-eval compare: no output is an input, and that is known before the work") {
    CompareFixture f;
    const auto run = [](std::vector<std::string> arguments) {
        return captured_run({"quern-eval", "", {compare_command()}}, std::move(arguments));
    };
    const std::string base = f.options.base, text = f.options.evaluation.text;
    const std::string kept = f.folder.file("rtn-q8_g32.quern");
    std::filesystem::copy_file(base, kept);
    struct Case {
        std::vector<std::string> arguments;
        std::string words;
    };
    const Case cases[] = {
        {{"--csv", text}, "--csv " + text + " is the same file as TEXT"},
        {{"--svg", base}, "--svg " + base + " is the same file as BASE"},
        {{"--svg", f.folder.file("x"), "--csv", f.folder.file("./x")}, "same file as --csv"},
        {{"--models", kept, "--keep", f.folder.path()}, "same file as --models " + kept},
        {{"--calibration", text, "--csv", text}, "is the same file as"},
        {{"--calibration", "-"}, "give the name of a file"},
        {{"--keep", f.folder.path(), "--csv", f.folder.file("rtn-q8_g32.json")}, "as --csv"}};
    const std::string before = read_file(base) + read_file(text) + read_file(kept);
    for (const Case& c : cases) {
        std::vector<std::string> arguments = {"compare", base, text, "--formats", "q8_g32"};
        arguments.insert(arguments.end(), c.arguments.begin(), c.arguments.end());
        const Outcome outcome = run(arguments);
        CAPTURE(outcome.err);
        CHECK(outcome.code == 2);
        CHECK(outcome.err.find(c.words) != std::string::npos);
        CHECK(outcome.out.empty());
    }
    CHECK(read_file(base) + read_file(text) + read_file(kept) == before);

    const Outcome whole = run({"compare", base, text, "--formats", "q8_g32", "--threads", "1",
                               "--csv", f.folder.file("csv"), "--svg", f.folder.file("svg")});
    CHECK(whole.code == 0);
    CHECK(whole.out.find("| rtn    | q8_g32 ") != std::string::npos);
    CHECK(whole.err.find("rtn q8_g32: ") != std::string::npos);
    CHECK(read_file(f.folder.file("csv")).find("\nrtn,q8_g32,") != std::string::npos);
    CHECK(read_file(f.folder.file("svg")).find("</svg>") != std::string::npos);
}

TEST_CASE("compare: tables, CSV and JSON") {
    CompareOptions options;
    options.base = "base.gguf";
    const std::vector<CompareRow> rows = {made_up_row("rtn", "q4_g32", 0.123456),
                                          made_up_row("a,\"b|\"", "x|y", 0.5)};
    const std::string table = comparison_markdown(options, rows);
    CHECK(table.find("| rtn    | q4_g32 | 12.3 |") != std::string::npos);
    CHECK(table.find("| 20.500 ± 0.250 | 1.1250 ± 0.0625 |") != std::string::npos);
    CHECK(table.find("0.1235") != std::string::npos);
    CHECK(table.find("x|y") == std::string::npos);
    CHECK(table.find("2 chunks of 512, 510 tokens scored") != std::string::npos);
    const std::string header = table.substr(0, table.find('\n'));
    const std::string body = table.substr(0, table.find("\n\n"));
    CHECK(count(body, "|") == 4 * count(header, "|"));

    const std::string csv = comparison_csv(rows);
    CHECK(csv.find("method,format,file_megabytes,linear_bits_per_weight,") == 0);
    CHECK(csv.find("\nrtn,q4_g32,12.3457,") != std::string::npos);
    CHECK(csv.find("\n\"a,\"\"b|\"\"\",x|y,") != std::string::npos);

    const auto json = cli::parse_json(std::string_view(comparison_json(options, rows)));
    REQUIRE(json.ok());
    const auto* list = json.value().find("rows");
    REQUIRE(list != nullptr);
    REQUIRE(list->items.size() == 2);
    const cli::JsonValue& row = list->items[0];
    for (const auto& expected :
         std::vector<std::pair<std::string, double>>{{"file_bytes", 12345678},
                                                     {"perplexity", 20.5},
                                                     {"standard_error", 0.25},
                                                     {"ppl_ratio", 1.125},
                                                     {"ppl_ratio_standard_error", 0.0625},
                                                     {"gptq_perplexity", 15.25},
                                                     {"kl_mean", 0.123456},
                                                     {"top1_percent", 100},
                                                     {"prompt_tokens_per_second", 1000},
                                                     {"memory_megabytes", 50},
                                                     {"quantize_seconds", 1.25}}) {
        const std::string key = expected.first;
        CAPTURE(key);
        REQUIRE(row.find(key) != nullptr);
        CHECK(row.find(key)->number == doctest::Approx(expected.second).epsilon(1e-5));
    }
    CHECK(row.find("quantize_memory_megabytes")->kind == cli::JsonValue::Kind::kNull);
}
