// Rotated models compute what they did; files of the method, their refusals and combinations.
#include <algorithm>
#include <cmath>
#include <filesystem>

#include "transform_fixture.h"

using namespace quern;
using namespace quern::test;

namespace {

constexpr const char* kKey = "llama.residual_rotation";

QuantizeOptions calibrated_to(const std::string& method, const std::string& format) {
    QuantizeOptions options = with_format(format);
    options.method = method;
    options.calibration.samples = 4;
    options.calibration.sample_tokens = 48;
    return options;
}

/// Root of the mean square, relative to that of the values.
double relative_difference(const std::vector<float>& a, const std::vector<float>& b) {
    REQUIRE(a.size() == b.size());
    double size = 0, difference = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        size += std::pow(static_cast<double>(a[i]), 2);
        difference += std::pow(static_cast<double>(a[i] - b[i]), 2);
    }
    return std::sqrt(difference / size);
}

LoudLlama llama(int64_t embd, int64_t heads, int64_t kv_heads, bool tied) {
    LoudLlama model;
    model.embd = embd;
    model.heads = heads;
    model.kv_heads = kv_heads;
    model.tied = tied;
    return model;
}

}  // namespace

TEST_CASE("rotate: the rotated model has the same logits, embedding and head as they were") {
    // Heads of 16, 18, 32 and 12; streams of 64, 72, 32 and 96.
    for (const LoudLlama& model :
         {llama(64, 4, 2, true), llama(64, 4, 4, false), llama(72, 4, 1, false),
          llama(32, 1, 1, true), llama(96, 8, 2, true)}) {
        CAPTURE(model.embd);
        const TempDir folder;
        const std::string in = folder.write("in.gguf", model.build());
        const std::string out = folder.file("out.quern");
        quantized(in, out, calibrated_to("rotate", "f32"));
        CHECK(relative_difference(logits_of(in), logits_of(out)) < 1e-4);
        const auto before = open_model(in), after = open_model(out);
        CHECK(after->metadata().get_int(kKey, 1, 1).ok());
        CHECK(before->tensors().size() == after->tensors().size());
        for (const char* same : {"token_embd.weight", "output_norm.weight"}) {
            CHECK(values_of(*before, same) == values_of(*after, same));
        }
        const std::vector<float> norm = values_of(*after, "blk.1.ffn_norm.weight");
        CHECK(std::count(norm.begin(), norm.end(), 1.0f) == model.embd);
        for (const char* changed : {"q", "k", "v", "output"}) {
            const std::string name = std::string("blk.1.attn_") + changed + ".weight";
            CHECK(values_of(*before, name) != values_of(*after, name));
        }
    }
}

TEST_CASE("rotate: no channel stands out any more, which int8 inputs profit from") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::vector<float> exact = logits_of(in);
    const auto difference = [&](const std::string& method) {
        quantized(in, folder.file("out.quern"), calibrated_to(method, "q8_row"));
        return relative_difference(exact, logits_of(folder.file("out.quern"), true));
    };
    const double rotated = difference("rotate"), plain = difference("rtn");
    CHECK(rotated < 0.85 * plain);
}

TEST_CASE("rotate: other transforms may follow, and change no more than rounding does") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::vector<float> exact = logits_of(in);
    const auto difference = [&](const std::string& method) {
        quantized(in, folder.file("out.quern"), calibrated_to(method, "q8_g32"));
        return relative_difference(exact, logits_of(folder.file("out.quern")));
    };
    const double plain = difference("rtn");  // of even weights, which no rotation makes better
    for (const std::string method : {"rotate+gptq", "rotate+awq", "rotate+awq+gptq",
                                     "rotate+smoothquant", "rotate+llm-int8"}) {
        CAPTURE(method);
        CHECK(difference(method) < 1.5 * plain);
    }
}

TEST_CASE("rotate: the same bytes for any number of threads, and when resumed") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::string whole = folder.file("whole.quern"), out = folder.file("out.quern");
    for (const char* method : {"rotate", "rotate+gptq", "rotate+awq+gptq"}) {
        CAPTURE(method);
        QuantizeOptions options = calibrated_to(method, "q4z_g32");
        quantized(in, whole, options);
        for (const int threads : {2, 3}) {
            options.threads = threads;
            quantized(in, out, options);
            CHECK(read_file(out) == read_file(whole));
        }
        std::filesystem::remove(out);
        std::atomic<bool> cancel{false};
        options.cancel = &cancel;
        options.progress = [&](const std::string& what, int64_t, int64_t) {
            if (what.rfind("layer 3", 0) == 0) cancel = true;
        };
        check_error(quantize_file(in, out, options).status(), Code::kInterrupted, "2 finished");
        options.cancel = nullptr;
        options.progress = nullptr;
        options.resume = true;
        QuantizeOptions other = options;
        other.method = "gptq";
        check_error(quantize_file(in, out, other).status(), Code::kWrongUse, "method: rotate");
        quantized(in, out, options);
        CHECK(read_file(out) == read_file(whole));
    }
}

TEST_CASE("rotate: a rotated file can be quantized again, by the model that it is") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::string rotated = folder.file("rotated.quern"), out = folder.file("out.quern");
    quantized(in, rotated, calibrated_to("rotate", "f32"));
    quantized(rotated, out, calibrated_to("gptq", "q8_g32"));
    CHECK(open_model(out)->metadata().get_int(kKey, 1, 1).ok());
    const std::vector<float> twice = logits_of(out);
    quantized(in, out, calibrated_to("rotate+gptq", "q8_g32"));
    CHECK(logits_of(out) == twice);
    QuantizeOptions again = calibrated_to("rotate+gptq", "q8_g32");
    check_error(quantize_file(rotated, out, again).status(), Code::kWrongUse,
                "is rotated already (key 'llama.residual_rotation'); leave out method 'rotate'");
}

TEST_CASE("rotate: what makes no sense is refused before any work") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::string rotated = folder.file("rotated.quern");
    quantized(in, rotated, calibrated_to("rotate", "f32"));
    const auto refuses = [&](const std::string& from, const char* out, const char* method,
                             const char* words) {
        QuantizeOptions options = calibrated_to(method, "q4_g32");
        options.progress = [](const std::string& what, int64_t, int64_t) { FAIL(what); };
        check_error(quantize_file(from, folder.file(out), options).status(), Code::kWrongUse,
                    words);
    };
    const char* gguf =
        "a rotated model (key 'llama.residual_rotation') has no place in a GGUF file";
    refuses(in, "out.gguf", "rotate+gptq", gguf);
    refuses(rotated, "out.gguf", "gptq", gguf);
    check_error(quantize_file(rotated, folder.file("copy.gguf"), {}).status(), Code::kWrongUse,
                gguf);
    refuses(in, "out.quern", "awq+rotate+gptq",
            "'rotate' comes after 'awq', but changes what is measured of a layer and must be the "
            "first");
    refuses(in, "out.quern", "rotate+rotate", "'rotate' is there twice");
    refuses(in, "out.quern", "gptq+rotate", "must be the last");
    CHECK(files_in(folder) == 2);
}

TEST_CASE("rotate: a model whose sizes cannot be rotated is refused") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", llama(257 * 4, 2, 2, true).build());
    check_error(
        quantize_file(in, folder.file("out.quern"), calibrated_to("rotate", "f32")).status(),
        Code::kBadFile, "vectors of 1028 values cannot be rotated");
    CHECK(files_in(folder) == 1);
}
