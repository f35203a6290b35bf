// Whole conversions: what is written, that it does not depend on threads, what is lossless.
#include <numeric>

#include "fixtures.h"
#include "tensor/numeric.h"

using namespace quern;
using namespace quern::test;

namespace {

/// A model large enough for several slices, with ragged rows and columns.
GgufBuilder large_model() {
    GgufBuilder gguf;
    gguf.string("general.architecture", "llama");
    gguf.tensor_f32("token_embd.weight", {264, 9001}, gaussian(1, 9001 * 264));
    gguf.tensor_f32("blk.0.attn_norm.weight", {264}, gaussian(2, 264));
    gguf.tensor_f32("blk.0.ffn_up.weight", {264, 5003}, gaussian(3, 5003 * 264));
    gguf.tensor_f32("blk.0.ffn_down.weight", {33, 7}, gaussian(4, 7 * 33));
    return gguf;
}

/// Blocks of 32 elements with `bytes_of_header` scale bytes (f16) and pseudo-random codes.
std::string quantized_blocks(int64_t blocks, int n_scales, int code_bytes) {
    std::string data;
    for (int64_t b = 0; b < blocks; ++b) {
        for (int s = 0; s < n_scales; ++s) {
            put(&data, f32_to_f16(0.01f * static_cast<float>(1 + (b * 7 + s * 3) % 50) - 0.2f));
        }
        for (int i = 0; i < code_bytes; ++i) {
            data += static_cast<char>(splitmix64(static_cast<uint64_t>(b * 64 + i)));
        }
    }
    return data;
}

float scale_at(const std::string& block, size_t i) {
    return f16_to_f32(static_cast<uint16_t>(static_cast<uint8_t>(block[2 * i]) |
                                            static_cast<uint8_t>(block[2 * i + 1]) << 8));
}

/// The values of Q4_0, Q4_1 and Q8_0 by the definition of the formats.
std::vector<float> dequantized(uint32_t type, const std::string& data) {
    const size_t header = type == 3 ? 4 : 2, block_bytes = type == 8 ? 34 : header + 16;
    std::vector<float> values;
    for (size_t at = 0; at < data.size(); at += block_bytes) {
        const std::string block = data.substr(at, block_bytes);
        for (size_t i = 0; i < 32; ++i) {
            const auto byte = static_cast<uint8_t>(block[header + (type == 8 ? i : i % 16)]);
            const int nibble = i < 16 ? byte & 15 : byte >> 4;
            const float d = scale_at(block, 0);
            values.push_back(type == 8   ? d * static_cast<float>(static_cast<int8_t>(byte))
                             : type == 3 ? d * static_cast<float>(nibble) + scale_at(block, 1)
                                         : d * static_cast<float>(nibble - 8));
        }
    }
    return values;
}

}  // namespace

TEST_CASE("quantize: the file is the same, byte for byte, for any number of threads") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", large_model().build());
    QuantizeOptions options = with_format("q4z_g128");
    const QuantizeReport one = quantized(in, folder.file("1.quern"), options);
    const std::string expected = read_file(folder.file("1.quern"));
    for (int threads : {2, 3, 7}) {
        CAPTURE(threads);
        options.threads = threads;
        const QuantizeReport report = quantized(in, folder.file("n.quern"), options);
        CHECK(read_file(folder.file("n.quern")) == expected);
        for (size_t i = 0; i < one.tensors.size(); ++i) {
            CHECK(report.tensors[i].squared_error == one.tensors[i].squared_error);
            CHECK(report.tensors[i].squared_weight == one.tensors[i].squared_weight);
        }
    }
}

TEST_CASE("quantize: what is read back is what the format's encoder made") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", small_model().build());
    const auto source = open_model(in);
    for (const char* name : {"q4z_g128", "q4_g32", "q5m_g64", "q2_row", "f8_e4m3", "bf16"}) {
        CAPTURE(name);
        quantized(in, folder.file("out.quern"), with_format(name));
        const auto out = open_model(folder.file("out.quern"));
        const FileTensor& t = *out->find("blk.0.ffn_down.weight");
        const Format& f = *t.format;
        CHECK(f.name == name);
        const std::vector<float> w = values_of(*source, t.name);
        const std::vector<float> written = values_of(*out, t.name);
        std::vector<float> row(static_cast<size_t>(t.cols()));
        for (int64_t r = 0; r < t.rows(); ++r) {
            std::vector<uint8_t> tile(f.tile_bytes(f, t.cols()));
            const float* from = &w[static_cast<size_t>(r * t.cols())];
            f.encode_tile(from, 1, t.cols(), tile.data());
            f.decode_row(f, tile.data(), 0, t.cols(), row.data());
            REQUIRE(
                std::equal(row.begin(), row.end(), &written[static_cast<size_t>(r * t.cols())]));
        }
        CHECK(values_of(*out, "blk.0.attn_norm.weight") ==
              values_of(*source, "blk.0.attn_norm.weight"));
    }
}

TEST_CASE("quantize: GGUF Q4_0, Q4_1 and Q8_0 convert to the same values") {
    struct Case {
        uint32_t type;
        const char* name;
        const char* format;
        int n_scales, code_bytes;
    };
    constexpr int64_t kRows = 21, kCols = 96;
    for (const Case& c : {Case{2, "Q4_0", "q4_g32", 1, 16}, Case{3, "Q4_1", "q4m_g32", 2, 16},
                          Case{8, "Q8_0", "q8_g32", 1, 32}}) {
        CAPTURE(c.name);
        const TempDir folder;
        const std::string data = quantized_blocks(kRows * kCols / 32, c.n_scales, c.code_bytes);
        GgufBuilder gguf;
        gguf.string("general.architecture", "llama");
        gguf.tensor("blk.0.ffn_up.weight", {kCols, kRows}, c.type, data);
        const std::string in = folder.write("in.gguf", gguf.build());
        const QuantizeReport report = quantized(in, folder.file("out.quern"), {});
        CHECK(report.tensors.at(0).copied);
        CHECK(report.tensors.at(0).source == c.name);
        CHECK(report.tensors.at(0).format == c.format);
        CHECK(report.tensors.at(0).squared_error == 0);
        CHECK(report.warnings.empty());
        const auto out = open_model(folder.file("out.quern"));
        CHECK(values_of(*out, "blk.0.ffn_up.weight") == dequantized(c.type, data));
        const Provenance& p = out->find("blk.0.ffn_up.weight")->provenance;
        CHECK(p.method == "convert");
        CHECK(p.source == std::string("GGUF ") + c.name);
        CHECK(p.relative_error == 0);
    }
}

TEST_CASE("quantize: a .quern file converts to itself and keeps what it knows of its making") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", small_model().build());
    quantized(in, folder.file("a.quern"), with_format("q4z_g32"));
    quantized(folder.file("a.quern"), folder.file("b.quern"), {});
    CHECK(read_file(folder.file("a.quern")) == read_file(folder.file("b.quern")));

    quantized(folder.file("a.quern"), folder.file("c.quern"), with_format("q3_g32"));
    const auto out = open_model(folder.file("c.quern"));
    CHECK(out->find("blk.0.attn_q.weight")->provenance.source ==
          "q4z_g32 made by rtn from GGUF F32");
    CHECK(out->find("token_embd.weight")->provenance.method == "rtn");  // q8_g32, copied
}

TEST_CASE("quantize: metadata passes through, keys about GGUF's encoding do not") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", small_model().build());
    QuantizeOptions options;
    options.recipe = default_recipe(*find_format("q4_g32"), {});
    quantized(in, folder.file("out.quern"), options);
    const auto out = open_model(folder.file("out.quern"));
    const Metadata& m = out->metadata();
    CHECK(m.get_string("general.architecture").value() == "llama");
    CHECK(m.get_strings("tokenizer.ggml.tokens").value()->size() == 2);
    CHECK(m.find("general.file_type") == nullptr);
    CHECK(m.get_string("quern.method").value() == "rtn");
    CHECK(m.get_string("quern.recipe").value() == options.recipe.text());
    CHECK(m.find("quern.version") != nullptr);
}

TEST_CASE("quantize: warns of quantized input and of rules without effect, before the work") {
    const TempDir folder;
    GgufBuilder gguf = small_model();
    gguf.tensor("blk.0.ffn_up.weight", {64, 16}, 2, quantized_blocks(32, 1, 16));
    const std::string in = folder.write("in.gguf", gguf.build());
    QuantizeOptions options;
    options.recipe = default_recipe(*find_format("q4z_g32"), {*parse_rule("ffn_gate=q6_g32")});
    std::vector<std::string> said;
    options.warning = [&](const std::string& text) {
        CHECK_FALSE(std::filesystem::exists(folder.file("out.quern")));
        said.push_back(text);
    };
    const QuantizeReport report = quantized(in, folder.file("out.quern"), options);
    REQUIRE(said.size() == 2);
    CHECK(said == report.warnings);
    CHECK(said[0].find("already quantized (1 tensor Q4_0)") != std::string::npos);
    CHECK(said[1].find("rule 'ffn_gate=q6_g32' decided no tensor") != std::string::npos);
}

TEST_CASE("quantize: progress grows to the number of weights and names tensors") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", large_model().build());
    QuantizeOptions options = with_format("q8_g32");
    int64_t last = 0, expected = 9001 * 264 + 264 + 5003 * 264 + 7 * 33;
    std::string first;
    options.progress = [&](const std::string& tensor, int64_t done, int64_t total) {
        if (first.empty()) first = tensor;
        CHECK(total == expected);
        CHECK(done > last);
        last = done;
    };
    const QuantizeReport report = quantized(in, folder.file("out.quern"), options);
    CHECK(last == expected);
    CHECK(first == "token_embd.weight");
    CHECK(report.output_bytes == std::filesystem::file_size(folder.file("out.quern")));
    CHECK(report.input_bytes == std::filesystem::file_size(in));
}
