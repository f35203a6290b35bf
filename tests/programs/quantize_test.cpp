// quern-quantize: what its commands print, the exit codes of bad input, text from hostile files.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <sstream>

#include "quantize/commands.h"
#include "quantize/metadata_text.h"
#include "quantize/report.h"
#include "support/captured_run.h"
#include "support/gguf_builder.h"
#include "support/loud_llama.h"
#include "support/pseudo_random.h"
#include "support/temp_dir.h"

using namespace quern;
using namespace quern::test;

namespace {

struct QuantizeFixture {
    TempDir folder;

    Outcome run(std::vector<std::string> arguments) {
        cli::Program program{"quern-quantize",
                             "",
                             {quantize_command(), convert_command(), inspect_command(),
                              verify_command(), formats_command(), methods_command()}};
        return captured_run(std::move(program), std::move(arguments));
    }

    std::string model(const std::string& name = "in.gguf") {
        GgufBuilder gguf;
        gguf.string("general.architecture", "llama");
        gguf.string("general.name", "evil \x1b]0;title\x07 name");
        gguf.tensor_f32("token_embd.weight", {64, 20}, uniform(1, 64 * 20));
        gguf.tensor_f32("blk.0.attn_q.weight", {64, 32}, uniform(2, 64 * 32));
        gguf.tensor_f32("blk.0.attn_norm.weight", {64}, uniform(3, 64));
        return folder.write(name, gguf.build());
    }
    size_t files() const {
        using Iterator = std::filesystem::directory_iterator;
        return static_cast<size_t>(std::distance(Iterator(folder.path()), Iterator()));
    }
};

TensorReport tensor_report(TensorClass c, const std::string& format, double error, double weight) {
    TensorReport t;
    t.name = "t";
    t.tensor_class = c;
    t.source = "F16";
    t.format = format;
    t.elements = 1000;
    t.bytes = 500;
    t.squared_error = error;
    t.squared_weight = weight;
    return t;
}

}  // namespace

TEST_CASE("metadata: arrays are shortened, texts escaped and cut") {
    MetaValue list{MetaType::kArray, MetaType::kU32, std::vector<uint64_t>(1000, 7)};
    CHECK(metadata_type(list) == "array of 1000 u32");
    CHECK(metadata_text(list, 80) == "7, 7, 7, 7, 7, 7, ...");
    cli::Json json;
    metadata_json(&json, list);
    CHECK(json.text() == R"({"length": 1000, "first": [7, 7, 7, 7, 7, 7]})");

    MetaValue words{MetaType::kArray, MetaType::kString, std::vector<std::string>{"a\n", "b"}};
    CHECK(metadata_text(words, 80) == "'a\\n', 'b'");
    CHECK(metadata_text({MetaType::kString, {}, std::string(500, 'x')}, 5) == "xxxxx...");
    CHECK(metadata_text({MetaType::kBool, {}, uint64_t{1}}, 80) == "true");
    CHECK(metadata_text({MetaType::kI32, {}, int64_t{-4}}, 80) == "-4");
    CHECK(metadata_text({MetaType::kF32, {}, 0.5}, 80) == "0.5");
}

TEST_CASE("report: tensors of one role and format are one row, errors add as squares") {
    QuantizeReport report;
    report.input_bytes = 6000;
    report.output_bytes = 2000;
    report.tensors = {tensor_report(TensorClass::kMlp, "q4_g32", 1, 100),
                      tensor_report(TensorClass::kEmbedding, "q8_g32", 1, 10000),
                      tensor_report(TensorClass::kMlp, "q4_g32", 3, 300)};
    const std::vector<ReportGroup> groups = group_report(report);
    REQUIRE(groups.size() == 2);
    CHECK(groups[0].tensor_class == TensorClass::kEmbedding);
    CHECK(groups[1].tensors == 2);
    CHECK(groups[1].weights == 2000);
    CHECK(groups[1].squared_error == 4);
    const std::string table = report_table({"in", "out", "rtn"}, report);
    CHECK(contains(table, "embedding  F16   q8_g32"));
    CHECK(contains(table, "1.00 %"));   // sqrt(1 / 10000)
    CHECK(contains(table, "10.00 %"));  // sqrt(4 / 400)
    CHECK(contains(table, "5.33 bits per weight of the whole file"));
    CHECK_FALSE(contains(table, "Nothing was lost"));
    const std::string json = report_json({"in", "out", "rtn"}, report, true);
    CHECK(contains(json, R"("class": "mlp", "source": "F16", "format": "q4_g32", "tensors": 2)"));
    CHECK(contains(json, R"("relative_error": 0.1)"));
    CHECK(contains(json, R"("mean_squared_error": 0.003)"));
}

TEST_CASE("quern-quantize: a model is quantized, converted, inspected and verified") {
    QuantizeFixture f;
    const std::string in = f.model(), out = f.folder.file("out.quern");
    const Outcome made = f.run({in, out, "--format", "q4_g32", "--tensor", "attn_q=q6_g32",
                                "--report", f.folder.file("report.json")});
    CHECK(made.code == 0);
    CHECK(contains(made.out, "attention  F32   q6_g32"));
    CHECK(contains(made.out, "embedding  F32   q8_g32"));
    CHECK(contains(read_file(f.folder.file("report.json")), R"("name": "blk.0.attn_q.weight")"));

    CHECK(f.run({"verify", out}).code == 0);
    const Outcome shown = f.run({"inspect", out, "--tensors", "--metadata"});
    CHECK(shown.code == 0);
    CHECK(contains(shown.out, "rtn from GGUF F32"));
    CHECK(contains(shown.out, "general.architecture"));
    CHECK(contains(shown.out, "evil \\x1B]0;title\\x07 name"));
    CHECK_FALSE(contains(shown.out, "\x1b"));
    CHECK(contains(f.run({"inspect", out, "--json"}).out, R"("kind": ".quern v2")"));

    const std::string gguf = f.folder.file("out.gguf");
    CHECK(contains(f.run({in, gguf, "--format", "q4_g32"}).out, "attention  F32   Q4_0"));
    CHECK(contains(f.run({"inspect", gguf}).out, "GGUF v3"));
    CHECK(contains(f.run({"convert", gguf, out}).out, "attention  Q4_0  q4_g32"));

    const Outcome converted = f.run({"convert", in, out});
    CHECK(converted.code == 0);
    CHECK(contains(converted.out, "Nothing was lost"));
    const Outcome quiet = f.run({in, out, "--format", "q8_g32", "--quiet"});
    CHECK(quiet.code == 0);
    CHECK(quiet.out + quiet.err == "");
    CHECK(contains(f.run({in, out, "--format", "q8_g32", "--json"}).out, R"("method": "rtn")"));
}

TEST_CASE("quern-quantize: every format and method of the registries is listed") {
    QuantizeFixture f;
    const std::string json = f.run({"formats", "--json"}).out;
    for (const Format& format : formats()) CHECK(contains(json, "\"" + format.name + "\""));
    const std::string table = f.run({"formats"}).out;
    for (const Format& format : formats()) {
        CHECK(contains(
            table, format.is_block() ? format.name.substr(0, format.name.find('_')) : format.name));
    }
    for (const Method& m : methods()) CHECK(contains(f.run({"methods"}).out, std::string(m.name)));
}

TEST_CASE("quern-quantize: wrong use is 2, with advice") {
    QuantizeFixture f;
    const std::string in = f.model(), out = f.folder.file("out.quern");
    struct Case {
        std::vector<std::string> arguments;
        const char* words;
    };
    const Case cases[] = {
        {{in, out}, "--format is missing; '--format q4z_g128' is a good start"},
        {{in, out, "--format", "q4z_g12"}, "did you mean q4z_g32 or q4z_g128?"},
        {{in, out, "--format", "q4_g32", "--tensor", "("}, "has no '='"},
        {{in, out, "--format", "q4_g32", "--method", "magic"}, "rtn"},
        {{in, out, "--format", "q4_g32", "--refine"}, "no use for --refine; leave it out"},
        {{in, out, "--format", "q4_g32", "--order", "act"}, "no use for --order"},
        {{in, out, "--format", "q4_g32", "--damping", "0.1"}, "no use for --damping"},
        {{in, out, "--format", "q4_g32", "--shrinkage", "0"}, "no use for --shrinkage"},
        {{in, out, "--format", "q4_g32", "--method", "gptq", "--shrinkage", "2"}, "shrinkage"},
        {{in, out, "--format", "q4_g32", "--order", "best"}, "knows group-aware, act, none"},
        {{in, out, "--format", "q4_g32", "--grid", "fine"}, "knows range, searched"},
        {{in, out, "--format", "q4_g32", "--calibration", in}, "add --importance"},
        {{in, out, "--format", "q4_g32", "--samples", "3"}, "--samples has no effect"},
        {{in, out, "--format", "q4_g32", "--sample-tokens", "512"}, "--sample-tokens has no"},
        {{in, out, "--format", "q4_g32", "--max-memory", "1G"}, "--max-memory has no effect"},
        {{in, out, "--format", "q4_g32", "--equal-tokens"}, "--equal-tokens has no effect"},
        {{in, out, "--format", "q4_g32", "--resume"}, "--resume has no effect"},
        {{in, out, "--fit", "1M", "--equal-tokens"}, "--equal-tokens has no effect"},
        {{in, out, "--format", "q4_g32", "--importance", "--grid", "range"}, "leave one of them"},
        {{in, f.folder.file("a.gguf"), "--format", "q6_g32"}, "which no GGUF type holds exactly"},
        {{in, in, "--format", "q4_g32"}, "is the same file as IN"},
        {{"inspct", in}, "did you mean inspect?"},
        {{"inspct", in, out}, "did you mean inspect?"},
        {{"convert", in, out, "--report", in}, "is the same file as"},
        {{"convert", in, out, "--report", f.folder.path() + "/./in.gguf"}, "is the same file as"},
        {{"convert", in, out, "--report", f.folder.path() + "/./out.quern"}, "is the same file as"},
        {{in}, "OUT is missing"}};
    for (const Case& c : cases) {
        const Outcome outcome = f.run(c.arguments);
        CAPTURE(outcome.err);
        CHECK(outcome.code == 2);
        CHECK(contains(outcome.err, c.words));
        CHECK(f.files() == 1);
    }
}

TEST_CASE("quern-quantize: bad input is 3 for every command, one line, nothing left") {
    QuantizeFixture f;
    const std::string out = f.folder.file("out.quern");
    const std::string whole = read_file(f.model());
    const std::string bad[] = {f.folder.write("empty", ""), f.folder.write("text", "not a model"),
                               f.folder.write("cut", whole.substr(0, whole.size() - 100)),
                               f.folder.write("half", whole.substr(0, 100))};
    const size_t before = f.files();
    for (const std::string& in : bad) {
        for (const std::vector<std::string>& arguments :
             {std::vector<std::string>{in, out, "--format", "q4_g32"},
              {"convert", in, out},
              {"inspect", in},
              {"verify", in}}) {
            const Outcome outcome = f.run(arguments);
            CAPTURE(outcome.err);
            CHECK(outcome.code == 3);
            CHECK(contains(outcome.err, in));
            CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
            CHECK(outcome.out.empty());
            CHECK(f.files() == before);
        }
    }
    CHECK(f.run({"inspect", f.folder.file("missing")}).code == 3);
    CHECK(f.run({"verify", f.folder.path()}).code != 0);
}

TEST_CASE("quern-quantize: verify lists every damaged tensor and ends with 3") {
    QuantizeFixture f;
    const std::string in = f.model(), out = f.folder.file("out.quern");
    CHECK(f.run({in, out, "--format", "q8_g32"}).code == 0);
    std::string bytes = read_file(out);
    auto file = ModelFile::open(out, {});
    REQUIRE(file.ok());
    for (const char* name : {"token_embd.weight", "blk.0.attn_q.weight"}) {
        const FileTensor* t = (*file)->find(name);
        const size_t at = bytes.find(std::string(reinterpret_cast<const char*>(t->data), 64));
        REQUIRE(at != std::string::npos);
        bytes[at] = static_cast<char>(bytes[at] ^ 1);
        const Outcome first = f.run({"verify", f.folder.write("damaged.quern", bytes)});
        CHECK(
            contains(first.err, *name == 't' ? "1 of 3 tensors is damaged" : "2 of 3 tensors are"));
    }
    const std::string damaged = f.folder.file("damaged.quern");
    const Outcome outcome = f.run({"verify", damaged});
    CHECK(outcome.code == 3);
    CHECK(contains(outcome.out, "'token_embd.weight': its checksum"));
    CHECK(contains(outcome.out, "'blk.0.attn_q.weight': its checksum"));
    CHECK(contains(outcome.err, "2 of 3 tensors are damaged"));
    CHECK(contains(f.run({"verify", damaged, "--json"}).out, R"("sound": false)"));
}

TEST_CASE("quern-quantize: no command's help is wider than 100 columns") {
    QuantizeFixture f;
    for (const char* command : {"", "convert", "inspect", "verify", "formats", "methods"}) {
        const std::string name = command;
        const std::vector<std::string> help = {"--help"}, of_command = {name, "--help"};
        std::istringstream lines(f.run(name.empty() ? help : of_command).out);
        for (std::string line; std::getline(lines, line);) {
            CAPTURE(line);
            CHECK(line.size() <= 100);
        }
    }
}

TEST_CASE("quern-quantize: a report that cannot be written is known before the work") {
    QuantizeFixture f;
    const std::string in = f.model(), out = f.folder.file("out.quern");
    const Outcome outcome =
        f.run({in, out, "--format", "q4_g32", "--report", f.folder.file("no/such/report")});
    CHECK(outcome.code == 1);
    CHECK(contains(outcome.err, "the report cannot be written"));
    CHECK(f.files() == 1);
    // A conversion that fails leaves no report either.
    CHECK(f.run({f.folder.file("missing"), out, "--format", "q4_g32", "--report",
                 f.folder.file("report")})
              .code == 3);
    CHECK(f.files() == 1);
}

TEST_CASE("quern-quantize: --grid searched works without calibration and rounds closer") {
    QuantizeFixture f;
    const std::string in = f.model();
    const auto attention_error = [&](const std::string& grid) {
        const std::string out = f.folder.file(grid + ".quern");
        CHECK(f.run({in, out, "--format", "q3_g32", "--grid", grid, "--json"}).code == 0);
        auto file = ModelFile::open(out, {});
        REQUIRE(file.ok());
        return (*file)->find("blk.0.attn_q.weight")->provenance.relative_error;
    };
    CHECK(attention_error("searched") < 0.98 * attention_error("range"));
}

TEST_CASE("quern-quantize: the options of rounding reach the method") {
    QuantizeFixture f;
    const std::string in = f.folder.write("loud.gguf", LoudLlama().build());
    const std::string out = f.folder.file("out.quern");
    const auto tensors = [&](std::vector<std::string> options) {
        std::vector<std::string> arguments = {
            in, out, "--format", "q3z_g32", "--samples", "2", "--sample-tokens", "48", "--quiet"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        CHECK(f.run(arguments).code == 0);
        auto file = ModelFile::open(out, {});
        REQUIRE(file.ok());
        return (*file)->find("blk.0.ffn_down.weight")->checksum;
    };
    const uint64_t usual = tensors({"--method", "gptq"});
    CHECK(tensors({"--method", "gptq", "--order", "group-aware", "--damping", "0.01"}) == usual);
    CHECK(tensors({"--method", "gptq", "--grid", "searched"}) == usual);
    CHECK(tensors({"--method", "gptq", "--order", "none"}) != usual);
    CHECK(tensors({"--method", "gptq", "--order", "act"}) != usual);
    CHECK(tensors({"--method", "gptq", "--damping", "0.5"}) != usual);
    CHECK(tensors({"--method", "gptq", "--shrinkage", "0"}) != usual);
    CHECK(tensors({"--method", "gptq", "--grid", "range"}) != usual);
    CHECK(tensors({"--method", "awq+clip", "--grid", "range"}) !=
          tensors({"--method", "awq", "--grid", "range"}));
}
