// Whole conversions with trained scales: what they gain, threads, resumption, what is refused.
#include <filesystem>

#include "fixtures.h"
#include "support/loud_llama.h"

using namespace quern;
using namespace quern::test;

namespace {

QuantizeOptions with_trained_scales(const std::string& method, const std::string& format) {
    QuantizeOptions options = with_format(format);
    options.method = method;
    options.calibration.samples = 40;
    options.calibration.sample_tokens = 48;
    options.scale_training_steps = 36;
    return options;
}

}  // namespace

TEST_CASE("training scales: the model's predictions come closer, whatever made the codes") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    for (const std::string method : {"rtn", "gptq", "awq+gptq", "rotate+gptq", "smoothquant"}) {
        for (const std::string format : {"q3m_g32", "q3_g32d"}) {
            CAPTURE(method);
            CAPTURE(format);
            const auto report =
                quantized(in, folder.file("out.quern"), with_trained_scales(method, format));
            CHECK(report.scale_training.steps == 36);
            CHECK(report.scale_training.after < report.scale_training.before);
            CHECK(report.warnings.empty());
            const auto file = open_model(folder.file("out.quern"));
            const FileTensor* t = file->find("blk.0.attn_q.weight");
            REQUIRE(t != nullptr);
            CHECK(t->provenance.settings.find("scales trained in 36 steps") != std::string::npos);
        }
    }
}

TEST_CASE("training scales: the file is the same for any number of threads, and resumed") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    QuantizeOptions options = with_trained_scales("gptq", "q3m_g32");
    quantized(in, folder.file("one.quern"), options);
    const std::string whole = read_file(folder.file("one.quern"));
    options.threads = 3;
    const std::string out = folder.file("out.quern");
    std::string partial;
    SUBCASE("in one go") {
        quantized(in, out, options);
        CHECK(read_file(out) == whole);
    }
    SUBCASE("from any part of what a killed run left, with a layer that has nothing to train") {
        auto rule = parse_rule("^blk\\.0\\.=f16");
        REQUIRE(rule.ok());
        options.recipe = default_recipe(*find_format("q4z_g32"), {*rule});
        quantized(in, folder.file("one.quern"), options);
        const std::string uneven = read_file(folder.file("one.quern"));
        for (const char* stop : {"training scales: step 3", "output_norm"}) {
            std::atomic<bool> cancel{false};
            options.resume = false;
            options.cancel = &cancel;
            options.progress = [&](const std::string& told, int64_t, int64_t) {
                if (told.rfind(stop, 0) == 0) cancel = true;
            };
            check_error(quantize_file(in, out, options).status(), Code::kInterrupted, "--resume");
            options.progress = nullptr;
            options.cancel = nullptr;
            options.resume = true;
            const std::string kept = read_file(out + ".partial");
            for (size_t eighth = 0; eighth <= 8; ++eighth) {
                CAPTURE(eighth);
                folder.write("out.quern.partial", kept.substr(0, kept.size() * eighth / 8));
                quantized(in, out, options);
                CHECK(read_file(out) == uneven);
                std::filesystem::remove(out);
            }
        }
    }
}

TEST_CASE("training scales: codes stay, and so does all that has none") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    QuantizeOptions options = with_trained_scales("gptq", "q3_g32");
    quantized(in, folder.file("trained.quern"), options);
    options.scale_training_steps = 0;
    quantized(in, folder.file("plain.quern"), options);
    const auto plain = open_model(folder.file("plain.quern"));
    const auto changed = open_model(folder.file("trained.quern"));
    for (const FileTensor& t : plain->tensors()) {
        CAPTURE(t.name);
        const bool is_trained = t.rank == 2 && t.name.rfind("blk.", 0) == 0;
        const std::vector<float> a = values_of(*plain, t.name), b = values_of(*changed, t.name);
        CHECK((a == b) != is_trained);
        // A code that stands for 0 does so on any scale.
        for (size_t i = 0; i < a.size(); ++i) REQUIRE((a[i] == 0) == (b[i] == 0));
    }
}

TEST_CASE("training scales: what cannot be trained is refused or told") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::string out = folder.file("out.quern");
    check_error(quantize_file(in, out, with_trained_scales("llm-int8", "q8_row")).status(),
                Code::kWrongUse, "--train-scales");
    const auto report = quantized(in, out, with_trained_scales("rtn", "f16"));
    REQUIRE(report.warnings.size() == 1);
    CHECK(report.warnings[0].find("no matrix has scales to train") != std::string::npos);
    QuantizeOptions options = with_trained_scales("gptq", "q3m_g32");
    options.calibration.max_memory = 1;
    const auto warnings = quantized(in, out, options).warnings;
    CHECK(std::any_of(warnings.begin(), warnings.end(), [](const std::string& text) {
        return text.find("while scales are trained") != std::string::npos;
    }));
}
