// Whole conversions with trained codes: that they are, threads, resumption, what is refused.
#include <filesystem>

#include "fixtures.h"
#include "support/loud_llama.h"

using namespace quern;
using namespace quern::test;

namespace {

QuantizeOptions with_trained_codes(const std::string& method, const std::string& format) {
    QuantizeOptions options = with_format(format);
    options.method = method;
    options.calibration.samples = 60;
    options.calibration.sample_tokens = 48;
    options.code_training_steps = 96;
    return options;
}

}  // namespace

TEST_CASE("training codes: every layer tells that it was trained, and codes have moved") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    struct Case {
        const char *method, *format;
    };
    for (const auto& [method, format] :
         {Case{"rtn", "q3m_g32"}, Case{"gptq", "q4z_g32"}, Case{"awq+gptq", "q3_g32d"},
          Case{"rotate+gptq", "nf4_g32"}, Case{"asymmetric+gptq", "q4z_g32"}}) {
        const std::string name = std::string(method) + " " + format;
        CAPTURE(name);
        QuantizeOptions options = with_trained_codes(method, format);
        quantized(in, folder.file("trained.quern"), options);
        options.code_training_steps = 0;
        options.importance = true;
        quantized(in, folder.file("plain.quern"), options);
        const auto plain = open_model(folder.file("plain.quern"));
        const auto changed = open_model(folder.file("trained.quern"));
        int64_t told = 0;
        for (const FileTensor& t : changed->tensors()) {
            const std::string& settings = t.provenance.settings;
            if (settings.find("codes trained in 96 steps") == std::string::npos) continue;
            ++told;
            CHECK(values_of(*changed, t.name) != values_of(*plain, t.name));
        }
        CHECK(told == 3 * 7);
    }
}

TEST_CASE("training codes: the file is the same for any number of threads, and resumed") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    QuantizeOptions options = with_trained_codes("gptq", "q4z_g32");
    options.scale_training_steps = 4;
    quantized(in, folder.file("one.quern"), options);
    const std::string whole = read_file(folder.file("one.quern"));
    options.threads = 3;
    options.calibration.max_memory = 1;  // activations in files
    const std::string out = folder.file("out.quern");
    std::atomic<bool> cancel{false};
    options.cancel = &cancel;
    options.progress = [&](const std::string& told, int64_t, int64_t) {
        if (told == "layer 3 of 3: training") cancel = true;
    };
    check_error(quantize_file(in, out, options).status(), Code::kInterrupted,
                "keeps 2 finished layers");
    options.cancel = nullptr;
    options.resume = true;
    quantized(in, out, options);
    CHECK(read_file(out) == whole);
}

TEST_CASE("training codes: what has no gradient is refused") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    check_error(
        quantize_file(in, folder.file("out.quern"), with_trained_codes("llm-int8", "q8_row"))
            .status(),
        Code::kWrongUse, "--train-codes");
}
