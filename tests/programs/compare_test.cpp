// quern-eval compare: a whole run on a tiny model, what it prints, what it leaves behind.
#include "eval/compare.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "common/json_reader.h"
#include "eval/compare_report.h"
#include "support/byte_llama.h"
#include "support/check_status.h"
#include "support/pseudo_random.h"
#include "support/temp_dir.h"

using namespace quern;
using namespace quern::test;

namespace {

struct Fixture {
    TempDir folder;
    CompareOptions options;
    std::vector<CompareRow> rows;
    std::vector<std::string> warnings;

    Fixture() {
        std::string text;
        for (uint64_t i = 0; i < 2100; ++i) {
            text += static_cast<char>('a' + splitmix64(i) % 26);
        }
        options.base = folder.write("base.gguf", ByteLlama::gguf());
        options.evaluation.text = folder.write("text", text);
        options.evaluation.chunks = 2;
        options.common.threads = 1;
        options.keep = folder.file("kept");
        options.warning = [this](const std::string& what) { warnings.push_back(what); };
    }
    Status run() {
        rows.clear();
        return compare_models(options, &rows);
    }
};

CompareRow made_up_row(const std::string& method, const std::string& format, double kl) {
    CompareRow row;
    row.source = {method, format, ""};
    row.file_bytes = 12'345'678;
    row.protocols = {{20.5, 0.25, 1.125, 0.0625, 2, 510}, {15.25, 0.5, 1.5, 0.125, 1, 2047}};
    row.kl_mean = kl;
    row.speed = {1000, 100, 50'000'000};
    row.quantize_seconds = 1.25;
    return row;
}

size_t count(const std::string& text, const std::string& part) {
    size_t n = 0;
    for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
    return n;
}

}  // namespace

TEST_CASE("compare: fewer bits are smaller and diverge more; a copy does not diverge at all") {
    Fixture f;
    f.options.sources = {{"rtn", "q8_g32", ""},
                         {"rtn", "q3_g32", ""},
                         {"rtn", "f32", ""},
                         {"file", f.options.base, f.options.base}};
    check_ok(f.run());
    REQUIRE(f.rows.size() == 5);
    const CompareRow& base = f.rows[0];
    CHECK(base.linear_bits == 32);
    CHECK(base.quantize_seconds < 0);
    for (const CompareRow& row : f.rows) {
        CAPTURE(row.source.format);
        REQUIRE(row.protocols.size() == 2);
        CHECK(row.protocols[0].tokens == 2 * 255);
        CHECK(row.protocols[0].chunks == 2);
        CHECK(row.protocols[1].tokens == 2047);  // at least one window, whatever --chunks says
        CHECK(row.speed.prompt > 0);
        CHECK(row.speed.memory > 0);
    }
    // A 16-bit scale per 32 weights; where a row has only 32, a tile's scales are padded to 64
    // bytes: (8192 * 9 + 2048 * 8.5) / 10240.
    CHECK(f.rows[1].linear_bits == doctest::Approx(8.9));
    CHECK(f.rows[2].linear_bits == doctest::Approx(3.9));
    CHECK(f.rows[2].file_bytes < f.rows[1].file_bytes);
    CHECK(f.rows[2].kl_mean > 10 * f.rows[1].kl_mean);
    CHECK(f.rows[1].kl_mean > 0);
    CHECK(f.rows[2].protocols[0].ratio_error > 0);
    for (const size_t same : {3, 4}) {
        CHECK(f.rows[same].kl_mean == 0);
        CHECK(f.rows[same].kl_max == 0);
        CHECK(f.rows[same].top1 == 1);
        CHECK(f.rows[same].protocols[1].perplexity == base.protocols[1].perplexity);
    }
    CHECK(std::filesystem::exists(f.folder.file("kept/rtn-q8_g32.quern")));

    // With f32 activations only the weights' rounding is left: less than with int8 on top.
    const double with_int8 = f.rows[1].kl_mean;
    f.options.sources.resize(1);
    f.options.evaluation.activations = "f32";
    check_ok(f.run());
    CHECK(f.rows[1].kl_mean < with_int8);
    CHECK(f.rows[1].kl_mean > 0);
}

TEST_CASE("compare: files are removed unless they are to be kept, also after an interruption") {
    Fixture f;
    const TempDir temporary;
    const char* before = std::getenv("TMPDIR");
    const std::string saved = before ? before : "";
    ::setenv("TMPDIR", temporary.path().c_str(), 1);
    f.options.keep.clear();
    f.options.sources = {{"rtn", "q8_g32", ""}, {"rtn", "q4_g32", ""}};
    std::atomic<bool> cancel{false};
    size_t most = 0;
    f.options.cancel = &cancel;
    f.options.progress = [&](const std::string& what, int64_t done, int64_t) {
        using Iterator = std::filesystem::recursive_directory_iterator;
        most = std::max(most,
                        static_cast<size_t>(std::distance(Iterator(temporary.path()), Iterator())));
        // In the middle of the second row.
        cancel = what == "rtn q4_g32" && done > 2 * (2 * 511 + 2047);
    };
    CHECK(f.run().code() == Code::kInterrupted);
    if (before) ::setenv("TMPDIR", saved.c_str(), 1);
    if (!before) ::unsetenv("TMPDIR");
    CHECK(f.rows.size() == 2);  // the base and the row that was complete
    CHECK(most == 2);           // a folder with one file at a time
    CHECK(std::filesystem::is_empty(temporary.path()));
}

TEST_CASE("compare: a method that refuses a format costs its row only; bad files cost the run") {
    Fixture f;
    f.options.sources = {{"no such method", "q8_g32", ""}, {"rtn", "q8_g32", ""}};
    check_ok(f.run());
    CHECK(f.rows.size() == 2);
    REQUIRE(f.warnings.size() == 1);
    CHECK(f.warnings[0].find("no such method q8_g32 is left out: ") == 0);

    f.options.sources = {{"file", "x", f.folder.file("absent.quern")}};
    CHECK(f.run().code() == Code::kBadFile);
    CHECK(f.rows.empty());  // known before the base is measured

    std::string other = ByteLlama::gguf();
    other.replace(other.find("<|im_start|>"), 12, "<|im_begun|>");
    f.options.sources = {{"file", "other", f.folder.write("other.gguf", other)}};
    check_error(f.run(), Code::kWrongUse, "its vocabulary is not that of");

    f.options.sources.clear();
    f.options.evaluation.text = f.folder.write("text", std::string(2000, 'a'));
    check_error(f.run(), Code::kWrongUse, "one window needs 2048");
}

TEST_CASE("compare: tables, CSV and JSON") {
    CompareOptions options;
    options.base = "base.gguf";
    const std::vector<CompareRow> rows = {made_up_row("rtn", "q4_g32", 0.123456),
                                          made_up_row("a,\"b\"", "x|y", 0.5)};
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
    CHECK(csv.find("\n\"a,\"\"b\"\"\",x|y,") != std::string::npos);

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
                                                     {"quantize_seconds", 1.25}}) {
        const std::string key = expected.first;
        CAPTURE(key);
        REQUIRE(row.find(key) != nullptr);
        CHECK(row.find(key)->number == doctest::Approx(expected.second).epsilon(1e-5));
    }
}
