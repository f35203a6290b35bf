// Whole calibrated conversions: threads, interruption and resumption, what the file tells.
#include <cmath>
#include <cstring>
#include <filesystem>

#include "fixtures.h"
#include "partial_file.h"
#include "support/file_size_limit.h"
#include "support/loud_llama.h"

using namespace quern;
using namespace quern::test;

namespace {

QuantizeOptions calibrated(const std::string& method) {
    QuantizeOptions options = with_format("q4z_g32");
    options.method = method;
    options.importance = true;
    options.calibration.samples = 4;
    options.calibration.sample_tokens = 48;
    return options;
}

std::string with_partial(const std::string& out) { return out + ".partial"; }

/// Stops a run when its progress first tells of something that begins with `what`; returns what it
/// says then.
std::string stopped_at(const std::string& in, const std::string& out, QuantizeOptions options,
                       const std::string& what) {
    std::atomic<bool> cancel{false};
    options.cancel = &cancel;
    options.progress = [&](const std::string& told, int64_t, int64_t) {
        if (told.rfind(what, 0) == 0) cancel = true;
    };
    const Status s = quantize_file(in, out, options).status();
    check_error(s, Code::kInterrupted, "interrupted; " + out + " was not written");
    CHECK(!std::filesystem::exists(out));
    return s.message();
}

/// Stops a run when it begins layer `layer` (from 1); returns what OUT.partial then holds.
std::string interrupted(const std::string& in, const std::string& out,
                        const QuantizeOptions& options, int layer) {
    const std::string text = stopped_at(in, out, options, "layer " + std::to_string(layer) + " of");
    CHECK(text.find("--resume") != std::string::npos);
    return read_file(with_partial(out));
}

}  // namespace

TEST_CASE("calibrated: the file is the same, byte for byte, for any number of threads") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    for (const char* method :
         {"rtn", "gptq", "awq", "awq+clip", "awq+gptq", "asymmetric", "awq+asymmetric+gptq"}) {
        CAPTURE(method);
        QuantizeOptions options = calibrated(method);
        quantized(in, folder.file("1.quern"), options);
        options.threads = 3;
        options.calibration.max_memory = 1;  // activations in a file
        quantized(in, folder.file("3.quern"), options);
        CHECK(read_file(folder.file("1.quern")) == read_file(folder.file("3.quern")));
        CHECK(files_in(folder) == 3);
    }
}

TEST_CASE("calibrated: resumed after any interruption, the file is the same") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    for (const char* method : {"awq+gptq", "asymmetric+gptq"}) {
        CAPTURE(method);
        QuantizeOptions options = calibrated(method);
        quantized(in, folder.file("whole.quern"), options);
        const std::string whole = read_file(folder.file("whole.quern"));
        const std::string out = folder.file("out.quern");
        const std::string partial = interrupted(in, out, options, 3);
        REQUIRE(partial.size() > 1000);
        options.resume = true;
        options.threads = 2;
        // A killed process may leave any prefix; a damaged byte ends what is used.
        for (size_t eighth = 0; eighth <= 9; ++eighth) {
            CAPTURE(eighth);
            std::string left = partial.substr(0, partial.size() * eighth / 8);
            if (eighth == 9) left[left.size() / 2] = static_cast<char>(left[left.size() / 2] + 1);
            folder.write("out.quern.partial", left);
            quantized(in, out, options);
            CHECK(read_file(out) == whole);
            CHECK(!std::filesystem::exists(with_partial(out)));
        }
        std::filesystem::remove(out);
    }
}

TEST_CASE("calibrated: a resumed run does not repeat what is finished") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    QuantizeOptions options = calibrated("gptq");
    const std::string out = folder.file("out.quern");
    interrupted(in, out, options, 3);
    options.resume = true;
    int collected = 0;
    std::string before;
    options.progress = [&](const std::string& what, int64_t, int64_t) {
        if (what != before && what.find("layer") == 0 &&
            what.find("statistics") != std::string::npos)
            ++collected;
        before = what;
    };
    quantized(in, out, options);
    CHECK(collected == 1);
}

TEST_CASE("calibrated: an interruption tells what is kept, in every phase") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    QuantizeOptions options = calibrated("gptq");
    const std::string out = folder.file("out.quern"), written = out + " was not written";
    const auto keeps = [&](const std::string& layers) {
        return "interrupted; " + written + "; " + with_partial(out) + " keeps " + layers +
               ", from where the same command with --resume goes on";
    };
    CHECK(stopped_at(in, out, options, "layer 1 of") == "interrupted; " + written);
    CHECK(files_in(folder) == 1);
    CHECK(stopped_at(in, out, options, "layer 2 of") == keeps("1 finished layer"));
    options.resume = true;
    CHECK(stopped_at(in, out, options, "layer 1 of") == keeps("1 finished layer"));
    CHECK(stopped_at(in, out, options, "head") == keeps("3 finished layers"));
    CHECK(stopped_at(in, out, options, "token_embd") == keeps("4 finished layers"));
    quantized(in, out, options);
    CHECK(files_in(folder) == 2);
}

TEST_CASE("calibrated: a full disk tells what is kept, and a run goes on from there") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    QuantizeOptions options = calibrated("gptq");
    const std::string out = folder.file("out.quern");
    quantized(in, out, options);
    const std::string whole = read_file(out);
    std::filesystem::remove(out);
    struct Case {
        uint64_t limit;
        const char* words;
    };
    for (const Case& c : {Case{5'000, ""}, Case{60'000, "keeps 2 finished layers"},
                          Case{whole.size() - 1000, "keeps 4 finished layers"}}) {  // and the head
        CAPTURE(c.limit);
        Status s;
        {
            const FileSizeLimit limit(c.limit);
            s = quantize_file(in, out, options).status();
        }
        check_error(s, Code::kOutOfSpace, c.words);
        const bool kept = c.words[0] != 0;
        CHECK((s.message().find("--resume") != std::string::npos) == kept);
        CHECK(std::filesystem::exists(with_partial(out)) == kept);
        CHECK(!std::filesystem::exists(out));
        options.resume = true;
    }
    quantized(in, out, options);
    CHECK(read_file(out) == whole);
}

TEST_CASE("calibrated: an output that cannot be written is known before any work") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    std::filesystem::create_directory(folder.file("directory"));
    QuantizeOptions options = calibrated("gptq");
    options.progress = [](const std::string& what, int64_t, int64_t) { FAIL(what); };
    for (const bool allocated : {false, true}) {
        if (allocated) {
            options.recipe = {};
            options.target_bpw = 6;
        }
        check_error(quantize_file(in, folder.file("directory"), options).status(), Code::kFailed,
                    "is a directory, expected a file name");
        for (const char* out : {"no/such/out.quern", "in.gguf/out.quern"}) {
            check_error(quantize_file(in, folder.file(out), options).status(), Code::kFailed,
                        "choose a folder that exists");
        }
    }
    CHECK(files_in(folder) == 2);
}

TEST_CASE("calibrated: a limit on memory that cannot be kept is told") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    QuantizeOptions options = calibrated("gptq");
    options.calibration.max_memory = uint64_t{1} << 30;
    CHECK(quantized(in, folder.file("a.quern"), options).warnings.empty());
    options.calibration.max_memory = 1 << 20;
    const auto warnings = quantized(in, folder.file("b.quern"), options).warnings;
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].find("--max-memory cannot be kept while layers are rounded") == 0);
}

TEST_CASE("calibrated: finished layers are not thrown away by mistake") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    QuantizeOptions options = calibrated("gptq");
    const std::string out = folder.file("out.quern");
    const std::string partial = interrupted(in, out, options, 3);
    check_error(quantize_file(in, out, options).status(), Code::kWrongUse,
                "holds 2 finished layers of this very command; add --resume");
    options.calibration.sample_tokens = 1000;  // refused before OUT.partial is touched
    check_error(quantize_file(in, out, options).status(), Code::kWrongUse, "context");
    CHECK(read_file(with_partial(out)) == partial);
    options = calibrated("rtn");
    std::string warnings;
    options.warning = [&](const std::string& text) { warnings += text + "\n"; };
    const QuantizeReport report = quantized(in, out, options);
    CHECK(warnings == with_partial(out) +
                          " held 2 finished layers of a run with other settings; it is replaced\n");
    CHECK(report.warnings.size() == 1);
    CHECK(!std::filesystem::exists(with_partial(out)));
}

TEST_CASE("calibrated: other settings or another input are not resumed") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    QuantizeOptions options = calibrated("gptq");
    const std::string out = folder.file("out.quern");
    const std::string partial = interrupted(in, out, options, 2);
    options.resume = true;
    options.calibration.seed = 5;
    check_error(quantize_file(in, out, options).status(), Code::kWrongUse,
                "it has 'seed: 0', this run 'seed: 5'");
    options.calibration.seed = 0;
    options.calibration.shrinkage = 0.5f;
    check_error(quantize_file(in, out, options).status(), Code::kWrongUse,
                "it has 'shrinkage: 0.300000012', this run 'shrinkage: 0.5'");
    options.calibration.shrinkage = CalibrationOptions().shrinkage;
    options.calibration.equal_tokens = true;
    check_error(quantize_file(in, out, options).status(), Code::kWrongUse,
                "it has 'equal tokens: no', this run 'equal tokens: yes'");
    options.calibration.equal_tokens = false;
    LoudLlama other;
    other.seed = 1;
    const std::string in2 = folder.write("in2.gguf", other.build());
    check_error(quantize_file(in2, out, options).status(), Code::kWrongUse, "'input: ");
    // A single byte of the same file, far from where its tensors begin.
    std::string bytes = read_file(in);
    const FileTensor q = *open_model(in)->find("blk.2.ffn_down.weight");
    bytes[bytes.size() - q.bytes / 3] ^= 1;
    folder.write("in.gguf", bytes);
    check_error(quantize_file(in, out, options).status(), Code::kWrongUse, "'input: ");
    CHECK(read_file(with_partial(out)) == partial);  // refusing leaves it alone
    folder.write("out.quern.partial", "something else, not of Quern");
    check_error(quantize_file(in, out, options).status(), Code::kWrongUse, "not a partial result");
    QuantizeOptions corrected = calibrated("asymmetric+gptq");
    const std::string second = folder.file("second.quern");
    interrupted(in2, second, corrected, 2);
    corrected.resume = true;
    corrected.transform.strength = 0.25f;
    check_error(quantize_file(in2, second, corrected).status(), Code::kWrongUse,
                "it has '--strength: 0.5', this run '--strength: 0.25'");
}

TEST_CASE("calibrated: a partial result whose tensors have other sizes is refused") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    QuantizeOptions options = calibrated("awq+gptq");
    const std::string out = folder.file("out.quern");
    const std::string partial = interrupted(in, out, options, 2);
    // magic (8) | frame: bytes (8) | hash (8) | settings
    uint64_t bytes = 0;
    std::memcpy(&bytes, &partial[8], sizeof bytes);
    const std::string settings = partial.substr(24, bytes);
    std::vector<FinishedTensor> layer =
        PartialFile::open(with_partial(out), settings, true).value()->finished();
    REQUIRE(!layer.empty());
    options.resume = true;
    for (const int64_t change : {-1, 1, 1000}) {
        CAPTURE(change);
        for (size_t i = 0; i < layer.size(); ++i) {
            std::vector<FinishedTensor> crafted = layer;
            for (FinishedTensor& t : crafted) t.bytes.resize(t.size);
            crafted[i].bytes.resize(
                static_cast<size_t>(static_cast<int64_t>(layer[i].size) + change));
            std::filesystem::remove(with_partial(out));
            check_ok(
                PartialFile::open(with_partial(out), settings, false).value()->append(crafted));
            check_error(quantize_file(in, out, options).status(), Code::kBadFile, "damaged");
        }
    }
}

TEST_CASE("calibrated: measurements are no layers, and what follows a misplaced frame is cut") {
    const TempDir folder;
    const std::string path = folder.file("partial");
    FinishedTensor tensor;
    tensor.name = "a";
    tensor.bytes = {1, 2, 3};
    {
        auto file = PartialFile::open(path, "settings", false);
        check_ok((*file)->append_measured({{"a", {0.5, 0.25}}, {"b", {}}}));
        CHECK((*file)->frames() == 0);
        CHECK((*file)->kept() == "1 measurement for the choice of formats");
        check_ok((*file)->append({tensor}));
        CHECK((*file)->kept() == "1 finished layer");
    }
    const std::string before = read_file(path);
    {
        auto file = PartialFile::open(path, "settings", true);
        check_ok((*file)->append_measured({{"c", {1}}}));  // behind a layer it does not count
        check_ok((*file)->append({tensor}));
    }
    REQUIRE(read_file(path).size() > before.size());
    auto file = PartialFile::open(path, "settings", true);
    check_ok(file.status());
    CHECK(read_file(path) == before);
    CHECK((*file)->frames() == 1);
    CHECK((*file)->measured_frames() == 1);
    REQUIRE((*file)->measured().size() == 2);
    CHECK((*file)->measured()[0].name == "a");
    CHECK((*file)->measured()[0].values == std::vector<double>{0.5, 0.25});
    CHECK((*file)->measured()[1].values.empty());
    std::vector<uint8_t> bytes(3);
    check_ok((*file)->read(*(*file)->find("a"), 0, 3, bytes.data()));
    CHECK(bytes == tensor.bytes);
}

TEST_CASE("calibrated: damaged settings are told, and cost nothing without --resume") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    QuantizeOptions options = calibrated("gptq");
    const std::string out = folder.file("out.quern");
    const std::string whole = interrupted(in, out, options, 2);
    options.resume = true;
    for (const size_t at : {8, 14, 16, 30}) {  // length, checksum, settings
        std::string partial = whole;
        partial[at] = static_cast<char>(partial[at] + 1);
        folder.write("out.quern.partial", partial);
        check_error(quantize_file(in, out, options).status(), Code::kBadFile,
                    "settings are damaged");
        CHECK(read_file(with_partial(out)) == partial);
    }
    options.resume = false;
    quantized(in, out, options);
}

TEST_CASE("calibrated: a file that is no partial result is never emptied") {
    const TempDir folder;
    const std::string in = folder.write("out.quern.partial", LoudLlama().build());
    const std::string before = read_file(in);
    check_error(quantize_file(in, folder.file("out.quern"), calibrated("gptq")).status(),
                Code::kWrongUse, "not a partial result");
    CHECK(read_file(in) == before);
}

TEST_CASE("calibrated: tokens beyond the embedding are refused") {
    const TempDir folder;
    LoudLlama damaged;
    damaged.embedding_rows = 16;
    const std::string in = folder.write("in.gguf", damaged.build());
    check_error(quantize_file(in, folder.file("out.quern"), calibrated("gptq")).status(),
                Code::kBadFile, "the model has 16 tokens");
}

TEST_CASE("calibrated: methods are better than rtn, and the file tells what was done") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const QuantizeReport report = quantized(in, folder.file("out.quern"), calibrated("awq+gptq"));
    CHECK(report.samples == 4);
    double loss = 0, rtn = 0;
    for (const TensorReport& t : report.tensors) {
        if (t.loss < 0) continue;
        loss += t.loss;
        rtn += t.rtn_loss;
    }
    CHECK(loss < 0.9 * rtn);
    const auto out = open_model(folder.file("out.quern"));
    const Provenance& p = out->find("blk.1.attn_q.weight")->provenance;
    CHECK(p.method == "awq+gptq");
    CHECK(p.calibration == report.text_hash);
    CHECK(p.settings.find("shrinkage 0.3; tokens by attention; awq") != std::string::npos);
    const Provenance& down = out->find("blk.1.ffn_down.weight")->provenance;
    CHECK(down.settings.find("by attention") == std::string::npos);
    CHECK(p.settings.find("4 x 48 tokens") != std::string::npos);
    CHECK(p.settings.find("of rtn's loss") != std::string::npos);
    const Provenance& head = out->find("token_embd.weight")->provenance;
    CHECK(head.method == "rtn");
    CHECK(head.settings.find("of rtn's loss") != std::string::npos);
    const auto head_report =
        std::find_if(report.tensors.begin(), report.tensors.end(),
                     [](const TensorReport& t) { return t.name == "token_embd.weight"; });
    CHECK(head_report->loss > 0);
    CHECK(head_report->loss < head_report->rtn_loss);
    CHECK(head_report->seconds > 0);
}

TEST_CASE("calibrated: losses and errors of awq are in the terms of the model as it was") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::string out = folder.file("awq.quern");
    const QuantizeReport plain = quantized(in, folder.file("gptq.quern"), calibrated("gptq"));
    const QuantizeReport scaled = quantized(in, out, calibrated("awq"));
    const auto before = open_model(in), after = open_model(out);
    // Scales of a product's inputs sit in the norm before it; what a reader computes is w' n' / n.
    const std::vector<float> norm = values_of(*before, "blk.0.attn_norm.weight");
    const std::vector<float> new_norm = values_of(*after, "blk.0.attn_norm.weight");
    REQUIRE(norm != new_norm);
    for (size_t i = 0; i < plain.tensors.size(); ++i) {
        const TensorReport& t = scaled.tensors[i];
        if (t.name.find("blk.0.") != 0 || t.loss < 0) continue;
        CAPTURE(t.name);
        CHECK(t.rtn_loss == plain.tensors[i].rtn_loss);  // the same plain rounding for both
        CHECK(t.loss < t.rtn_loss);
        if (t.name != "blk.0.attn_q.weight" && t.name != "blk.0.attn_k.weight") continue;
        const std::vector<float> w = values_of(*before, t.name), v = values_of(*after, t.name);
        double error = 0, weight = 0;
        for (size_t k = 0; k < w.size(); ++k) {
            const size_t col = k % norm.size();
            const auto e = static_cast<double>(v[k] * new_norm[col] / norm[col] - w[k]);
            error += e * e;
            weight += static_cast<double>(w[k]) * static_cast<double>(w[k]);
        }
        CHECK(t.squared_error == doctest::Approx(error).epsilon(1e-3));
        CHECK(t.squared_weight == doctest::Approx(weight).epsilon(1e-3));
    }
}

TEST_CASE("calibrated: refinement lowers the loss, is told, and separates partial results") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::string out = folder.file("out.quern");
    QuantizeOptions options = calibrated("gptq");
    const auto first_layer_loss = [](const QuantizeReport& report) {
        double loss = 0;  // later layers have other inputs
        for (const TensorReport& t : report.tensors) {
            if (t.loss >= 0 && t.name.find("blk.0.attn_q") == 0) loss += t.loss;
        }
        return loss;
    };
    const double plain = first_layer_loss(quantized(in, out, options));
    options.rounding.refine_sweeps = 2;
    const double refined = first_layer_loss(quantized(in, out, options));
    CHECK(refined > 0);
    CHECK(refined < plain);
    const Provenance p = open_model(out)->find("blk.1.attn_q.weight")->provenance;
    CHECK(p.settings.find("refined in 2 sweeps") != std::string::npos);
    std::filesystem::remove(out);
    interrupted(in, out, options, 2);
    options.resume = true;
    options.rounding.refine_sweeps = 0;
    check_error(quantize_file(in, out, options).status(), Code::kWrongUse, "refine 2'");
    for (const char* method : {"rtn", "awq"}) {
        options = calibrated(method);
        options.rounding.refine_sweeps = 2;
        check_error(quantize_file(in, folder.file("no.quern"), options).status(), Code::kWrongUse,
                    "method 'rtn' has no use for --refine; leave it out, or choose a method that "
                    "has: gptq");
    }
    CHECK(files_in(folder) == 2);
}

TEST_CASE("calibrated: what is rounded to nearest instead is told, and what rounding took") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    QuantizeOptions options = calibrated("gptq");
    auto times = quantize_file(in, folder.file("a.quern"), options);
    check_ok(times.status());
    CHECK(times->warnings.empty());
    for (const TensorReport& t : times->tensors) {
        if (t.loss >= 0) CHECK(t.seconds > 0);
    }
    options.recipe = with_format("f8_e4m3").recipe;
    auto report = quantize_file(in, folder.file("b.quern"), options);
    check_ok(report.status());
    REQUIRE(report->warnings.size() == 1);
    CHECK(report->warnings[0].find("tensors were rounded to nearest: the format has no groups") !=
          std::string::npos);
}

TEST_CASE("calibrated: options of transforms that are not in the method are refused") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const auto refused = [&](const QuantizeOptions& options, const std::string& words) {
        check_error(quantize_file(in, folder.file("out.quern"), options).status(), Code::kWrongUse,
                    words);
    };
    QuantizeOptions options = calibrated("gptq");
    options.transform.strength = 0.25f;
    refused(options,
            "--strength is of asymmetric, which is not in the method; leave it out, or "
            "use --method asymmetric+gptq");
    options = calibrated("asymmetric");
    options.transform.alpha = 0.5f;
    refused(options, "--alpha is of smoothquant");
    options.transform.alpha = -1;
    options.rounding.damping = 0.02f;  // of the correction
    options.transform.strength = 1.5f;
    refused(options, "--strength 1.5 is outside of 0 to 1");
    options.transform.strength = 1;
    options.rounding.damping = 1.5f;
    refused(options, "damping 1.5");
    options.rounding.damping = 0.02f;
    quantized(in, folder.file("out.quern"), options);
    const auto out = open_model(folder.file("out.quern"));
    const std::string settings = out->find("blk.1.attn_q.weight")->provenance.settings;
    CHECK(settings.find("asymmetric 1 (damping 0.02)") != std::string::npos);
}

TEST_CASE("calibrated: shrinkage is of methods that know how inputs go together") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::string out = folder.file("out.quern");
    const auto query = [&](const QuantizeOptions& options) {
        quantized(in, out, options);
        const auto file = open_model(out);
        const FileTensor& t = *file->find("blk.1.attn_q.weight");
        const bool told = t.provenance.settings.find("shrinkage") != std::string::npos;
        CHECK(told == (options.calibration.shrinkage > 0));
        return t.checksum;
    };
    for (const char* method : {"gptq", "awq", "clip", "asymmetric"}) {
        CAPTURE(method);
        QuantizeOptions options = calibrated(method);
        const uint64_t usual = query(options);
        options.calibration.shrinkage = 0;
        CHECK(query(options) != usual);
    }
    for (const char* method : {"rtn", "smoothquant"}) {
        QuantizeOptions options = calibrated(method);
        options.calibration.shrinkage = 0;
        check_error(quantize_file(in, out, options).status(), Code::kWrongUse,
                    "method '" + std::string(method) + "' has no use for --shrinkage");
    }
    for (const float wrong : {-0.1f, 1.1f, std::nanf("")}) {
        QuantizeOptions options = calibrated("gptq");
        options.calibration.shrinkage = wrong;
        check_error(quantize_file(in, out, options).status(), Code::kWrongUse, "outside of 0 to 1");
    }
}

TEST_CASE("calibrated: damage in a .quern file is not passed on, whatever tensor it is in") {
    const TempDir folder;
    const std::string whole = folder.file("whole.quern");
    quantized(folder.write("in.gguf", LoudLlama().build()), whole, QuantizeOptions{});
    const auto file = open_model(whole);
    for (const FileTensor& t : file->tensors()) {
        CAPTURE(t.name);
        std::string bytes = read_file(whole);
        const size_t at = bytes.find(std::string(reinterpret_cast<const char*>(t.data), 64));
        REQUIRE(at != std::string::npos);
        bytes[at + 10] = static_cast<char>(bytes[at + 10] ^ 1);
        const std::string damaged = folder.write("damaged.quern", bytes);
        check_error(quantize_file(damaged, folder.file("out.quern"), calibrated("gptq")).status(),
                    Code::kBadFile, "'" + t.name + "': its checksum");
    }
}

TEST_CASE("calibrated: equal tokens, for all methods that measure squares") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::string out = folder.file("out.quern");
    for (const char* method : {"rtn", "gptq"}) {
        CAPTURE(method);
        QuantizeOptions options = calibrated(method);
        options.importance = true;
        const auto checksum = [&] {
            quantized(in, out, options);
            return open_model(out)->find("blk.1.attn_q.weight")->checksum;
        };
        const uint64_t usual = checksum();
        options.calibration.equal_tokens = true;
        CHECK(checksum() != usual);
    }
}

TEST_CASE("calibrated: names of methods") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::string out = folder.file("out.quern");
    check_error(quantize_file(in, out, calibrated("gtpq")).status(), Code::kWrongUse,
                "unknown method 'gtpq'");
    check_error(quantize_file(in, out, calibrated("gptq+awq")).status(), Code::kWrongUse,
                "must be the last");
    check_error(quantize_file(in, out, calibrated("awq+")).status(), Code::kWrongUse,
                "unknown method '' in 'awq+'");
    check_error(quantize_file(in, out, calibrated("awq+clip+awq")).status(), Code::kWrongUse,
                "'awq' is there twice");
    CHECK(files_in(folder) == 1);
}
