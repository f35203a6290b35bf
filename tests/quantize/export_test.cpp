// Conversions into GGUF: the values of the .quern file, whatever made them, and refusals before
// the work.
#include <cstring>
#include <filesystem>

#include "fixtures.h"
#include "support/loud_llama.h"

using namespace quern;
using namespace quern::test;

namespace {

void check_same_values(const ModelFile& a, const ModelFile& b) {
    REQUIRE(a.tensors().size() == b.tensors().size());
    for (const FileTensor& t : a.tensors()) {
        CAPTURE(t.name);
        const std::vector<float> x = values_of(a, t), y = values_of(b, t.name);
        REQUIRE(x.size() == y.size());
        CHECK(std::memcmp(x.data(), y.data(), x.size() * sizeof(float)) == 0);
    }
}

/// Rows that are whole blocks of 32.
GgufBuilder exportable_model() {
    GgufBuilder gguf;
    gguf.string("general.architecture", "llama").u32("general.file_type", 0);
    gguf.strings("tokenizer.ggml.tokens", {"a", "b"});
    gguf.tensor_f32("token_embd.weight", {96, 50}, gaussian(1, 50 * 96));
    gguf.tensor_f32("blk.0.ffn_down.weight", {224, 96}, gaussian(2, 96 * 224));
    gguf.tensor_f32("blk.0.attn_norm.weight", {96}, gaussian(3, 96));
    return gguf;
}

}  // namespace

TEST_CASE("export: .quern to GGUF and back, every value stays") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", exportable_model().build());
    const std::string quern = folder.file("a.quern"), gguf = folder.file("a.gguf");
    for (const char* name :
         {"q4_g32", "q4_g128", "q4m_g64", "q5_g32", "q5m_row", "q8_row", "f16", "bf16", "f32"}) {
        CAPTURE(name);
        quantized(in, quern, with_format(name));
        const QuantizeReport report = quantized(quern, gguf, {});
        const auto a = open_model(quern), b = open_model(gguf);
        CHECK(b->kind() == "GGUF v3");
        check_same_values(*a, *b);
        CHECK(report.tensors[1].format == b->tensors()[1].stored_as);
        CHECK(report.tensors[1].bytes == b->tensors()[1].bytes);
        CHECK(report.tensors[1].copied);
        CHECK(report.output_bytes == std::filesystem::file_size(gguf));
        CHECK(b->metadata().get_strings("tokenizer.ggml.tokens").value()->size() == 2);
        CHECK(b->metadata().get_string("quern.method").value() == "rtn");
        CHECK(b->metadata().find("general.file_type") != nullptr);
        quantized(gguf, folder.file("b.quern"), {});
        check_same_values(*a, *open_model(folder.file("b.quern")));
        quantized(in, folder.file("direct.gguf"), with_format(name));
        CHECK(read_file(folder.file("direct.gguf")) == read_file(gguf));
    }
}

TEST_CASE("export: what calibration makes is the same in both containers") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    QuantizeOptions options = with_format("q4m_g32");
    options.method = "awq+gptq";
    options.calibration.samples = 4;
    options.calibration.sample_tokens = 48;
    quantized(in, folder.file("a.quern"), options);
    options.threads = 3;
    quantized(in, folder.file("a.gguf"), options);
    const auto a = open_model(folder.file("a.quern")), b = open_model(folder.file("a.gguf"));
    check_same_values(*a, *b);
    for (const FileTensor& t : a->tensors()) {
        CAPTURE(t.name);
        const Provenance& told = b->find(t.name)->provenance;
        CHECK(told.method == t.provenance.method);
        CHECK(told.source == t.provenance.source);
        CHECK(told.settings == t.provenance.settings);
        CHECK(told.calibration == t.provenance.calibration);
        CHECK(told.relative_error == doctest::Approx(t.provenance.relative_error));
    }
    CHECK(files_in(folder) == 3);
}

TEST_CASE("export: f16 made ready for a format gets the factors that this format would") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    QuantizeOptions options = with_format("q4_g32");
    options.recipe = default_recipe(*find_format("q4_g32"), {*parse_rule("token_embd=f16")});
    options.method = "awq";
    options.calibration.samples = 4;
    options.calibration.sample_tokens = 48;
    quantized(in, folder.file("q4.quern"), options);
    options.recipe = with_format("f16").recipe;
    quantized(in, folder.file("plain.gguf"), options);
    options.transform.later_format = find_format("q4_g32");
    quantized(in, folder.file("ready.gguf"), options);
    // The first layer meets the same inputs in all of them; its factors are in its norms.
    const auto norm = [&](const char* name) {
        const auto file = open_model(folder.file(name));
        const FileTensor* t = file->find("blk.0.attn_norm.weight");
        REQUIRE(t != nullptr);
        std::vector<float> values(static_cast<size_t>(t->cols()));
        check_ok(file->read_vector(*t, values.data()));
        return values;
    };
    CHECK(norm("ready.gguf") == norm("q4.quern"));
    CHECK(norm("ready.gguf") != norm("plain.gguf"));
    options.method = "gptq";
    check_error(quantize_file(in, folder.file("x.gguf"), options).status(), Code::kWrongUse,
                "--for-format is of awq");
}

TEST_CASE("export: formats that GGUF lacks are refused before any work") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::string out = folder.file("out.gguf");
    for (const char* method : {"rtn", "gptq"}) {
        QuantizeOptions options = with_format("q4z_g32");
        options.method = method;
        options.progress = [](const std::string&, int64_t, int64_t) { FAIL("work began"); };
        for (const char* words :
             {"out.gguf: tensor 'blk.0.", "has format q4z_g32, which no GGUF type holds exactly",
              "q4m_g32", "or write a .quern file"}) {
            check_error(quantize_file(in, out, options).status(), Code::kWrongUse, words);
        }
        CHECK(files_in(folder) == 1);
    }
    quantized(in, folder.file("z.quern"), with_format("q4z_g32"));
    check_error(quantize_file(folder.file("z.quern"), out, {}).status(), Code::kWrongUse,
                "which no GGUF type holds exactly");
    CHECK(files_in(folder) == 2);
}
