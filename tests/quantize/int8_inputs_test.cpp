// Methods for int8 inputs: SmoothQuant, LLM.int8() and stored input ranges, through whole files.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "partial_file.h"
#include "side_tensors.h"
#include "tensor/numeric.h"
#include "transform_fixture.h"

using namespace quern;
using namespace quern::test;

namespace {

constexpr const char* kQ = "blk.0.attn_q.weight";

QuantizeOptions calibrated_int8(const std::string& method, const std::string& rule = "") {
    QuantizeOptions options = with_format("q8_g32");
    options.method = method;
    options.static_activations = rule;
    if (method.find("llm-int8") != std::string::npos) options.transform.outlier_threshold = 5;
    options.calibration.samples = 4;
    options.calibration.sample_tokens = 48;
    return options;
}

double squared_difference(const std::vector<float>& a, const std::vector<float>& b) {
    REQUIRE(a.size() == b.size());
    double sum = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        sum += std::pow(static_cast<double>(a[i]) - static_cast<double>(b[i]), 2);
    }
    return sum;
}

/// The statistics of a layer's inputs on the samples that `options` chooses.
std::vector<Tap> first_taps(const std::string& path, const QuantizeOptions& options) {
    const auto file = open_model(path);
    QuantizeReport ignored;
    auto samples = make_samples(*file, options.calibration, &ignored);
    REQUIRE(samples.ok());
    auto runner = BlockRunner::create(*file, std::move(*samples), {});
    REQUIRE(runner.ok());
    const FileTensor& t = *file->find("token_embd.weight");
    const Format& format = *find_format("q8_g32");
    std::vector<float> values = test::values_of(*file, t);
    std::vector<uint8_t> tiles(format.matrix_bytes(t.rows(), t.cols()));
    for (int64_t r = 0; r < t.rows(); r += kTileRows) {
        format.encode_tile(
            &values[static_cast<size_t>(r * t.cols())], std::min(kTileRows, t.rows() - r), t.cols(),
            &tiles[static_cast<uint64_t>(r / kTileRows) * format.tile_bytes(format, t.cols())]);
    }
    check_ok((*runner)->embed(format, reinterpret_cast<std::byte*>(tiles.data())));
    check_ok((*runner)->load(0));
    auto taps = (*runner)->collect(false);
    REQUIRE(taps.ok());
    return *taps;
}

}  // namespace

TEST_CASE("int8 inputs: the file is the same for any number of threads, and when resumed") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    for (const char* method : {"rtn", "smoothquant", "llm-int8+gptq", "smoothquant+llm-int8"}) {
        CAPTURE(method);
        QuantizeOptions options = calibrated_int8(method, "entropy");
        const std::string whole = folder.file("whole.quern"), out = folder.file("out.quern");
        quantized(in, whole, options);
        std::atomic<bool> cancel{false};
        options.threads = 3;
        options.cancel = &cancel;
        options.progress = [&](const std::string& what, int64_t, int64_t) {
            if (what.rfind("layer 3", 0) == 0) cancel = true;
        };
        check_error(quantize_file(in, out, options).status(), Code::kInterrupted, "2 finished");
        const std::string partial = read_file(out + ".partial");
        options.cancel = nullptr;
        options.progress = nullptr;
        options.resume = true;
        for (const size_t third : {1, 2, 3}) {
            folder.write("out.quern.partial", partial.substr(0, partial.size() * third / 3));
            quantized(in, out, options);
            CHECK(read_file(out) == read_file(whole));
        }
        QuantizeOptions other = options;
        folder.write("out.quern.partial", partial);
        other.static_activations = "minmax";
        check_error(quantize_file(in, out, other).status(), Code::kWrongUse, "static activations");
        std::filesystem::remove(out + ".partial");
        std::filesystem::remove(out);
        std::filesystem::remove(whole);
    }
}

TEST_CASE("llm-int8: columns with large inputs are stored in f16, and the others without them") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::string out = folder.file("out.quern");
    const QuantizeOptions options = calibrated_int8("llm-int8");
    quantized(in, out, options);
    const auto source = open_model(in), made = open_model(out);
    const std::vector<Tap> taps = first_taps(in, options);
    std::vector<float> expected;
    for (size_t j = 0; j < taps[0].statistics.max_abs.size(); ++j) {
        if (taps[0].statistics.max_abs[j] >= 5) expected.push_back(static_cast<float>(j));
    }
    REQUIRE(!expected.empty());
    REQUIRE(expected.size() < 32);
    for (const std::string name : {"blk.0.attn_q.weight", "blk.0.attn_k.weight"}) {
        CHECK(values_of(*made, name + ".outlier_columns") == expected);
        const std::vector<float> w = values_of(*source, name), rest = values_of(*made, name);
        const std::vector<float> outliers = values_of(*made, name + ".outliers");
        const auto rows = static_cast<size_t>(source->find(name)->rows());
        double error = 0, weight = 0;
        for (size_t r = 0; r < rows; ++r) {
            for (size_t i = 0; i < expected.size(); ++i) {
                const size_t at = r * 64 + static_cast<size_t>(expected[i]);
                CHECK(outliers[r * expected.size() + i] == f16_to_f32(f32_to_f16(w[at])));
                CHECK(rest[at] == 0);
            }
            for (size_t k = 0; k < 64; ++k) {
                if (std::count(expected.begin(), expected.end(), static_cast<float>(k))) continue;
                error += std::pow(static_cast<double>(rest[r * 64 + k] - w[r * 64 + k]), 2);
                weight += std::pow(static_cast<double>(w[r * 64 + k]), 2);
            }
        }
        CHECK(std::sqrt(error / weight) < 0.01);
    }
    CHECK(made->find(std::string(kQ) + ".outliers")->provenance.method == "llm-int8");
    CHECK(made->find(kQ)->provenance.settings.find(" outlier columns in f16") != std::string::npos);

    QuantizeOptions none = options;
    none.transform.outlier_threshold = 1e6f;
    quantized(in, folder.file("none.quern"), none);
    CHECK(open_model(folder.file("none.quern"))->tensors().size() == source->tensors().size());
}

TEST_CASE("llm-int8: an 8-bit float keeps its columns, and is rounded as without outliers") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    QuantizeOptions options = calibrated_int8("llm-int8");
    options.recipe = default_recipe(*find_format("f8_e4m3"), {});
    quantized(in, folder.file("a.quern"), options);
    options.transform.outlier_threshold = 1e6f;
    quantized(in, folder.file("b.quern"), options);
    CHECK(open_model(folder.file("a.quern"))->find(std::string(kQ) + ".outliers") == nullptr);
    CHECK(values_of(*open_model(folder.file("a.quern")), kQ) ==
          values_of(*open_model(folder.file("b.quern")), kQ));
}

TEST_CASE("static activations: ranges are those of the inputs, without outlier columns") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const auto range_of = [&](const std::string& path, const std::string& name) {
        return values_of(*open_model(path), name + ".input_range")[0];
    };
    const QuantizeOptions options = calibrated_int8("rtn", "minmax");
    quantized(in, folder.file("minmax.quern"), options);
    const std::vector<float> seen = first_taps(in, options)[0].statistics.max_abs;
    CHECK(range_of(folder.file("minmax.quern"), kQ) == *std::max_element(seen.begin(), seen.end()));
    for (const char* rule : {"minmax", "percentile", "entropy"}) {
        CAPTURE(rule);
        quantized(in, folder.file("a.quern"), calibrated_int8("rtn", rule));
        const float q = range_of(folder.file("a.quern"), kQ);
        CHECK(range_of(folder.file("a.quern"), "blk.0.attn_k.weight") == q);
        CHECK(range_of(folder.file("a.quern"), "blk.0.attn_v.weight") == q);
        CHECK(range_of(folder.file("a.quern"), "blk.0.ffn_down.weight") != q);
        CHECK(q <= range_of(folder.file("minmax.quern"), kQ));
        CHECK(open_model(folder.file("a.quern"))
                  ->metadata()
                  .get_string("quern.static_activations")
                  .value() == rule);
        quantized(in, folder.file("b.quern"), calibrated_int8("llm-int8", rule));
        CHECK(range_of(folder.file("b.quern"), kQ) < 5);
    }
    // A matrix that is copied gets one too.
    quantized(in, folder.file("q8.quern"), with_format("q8_g32"));
    quantized(folder.file("q8.quern"), folder.file("a.quern"), options);
    CHECK(range_of(folder.file("a.quern"), kQ) == range_of(folder.file("minmax.quern"), kQ));
    CHECK(values_of(*open_model(folder.file("a.quern")), kQ) ==
          values_of(*open_model(folder.file("q8.quern")), kQ));
    // Plain floats have no int8 inputs.
    QuantizeOptions floats = options;
    floats.recipe = default_recipe(*find_format("f16"), {});
    quantized(in, folder.file("f16.quern"), floats);
    CHECK(!open_model(folder.file("f16.quern"))->find(std::string(kQ) + ".input_range"));
}

TEST_CASE("int8 inputs: smoothing and outlier columns make up for one scale for all inputs") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::vector<float> truth = logits_of(in, true);
    const auto error = [&](const std::string& method, const std::string& rule) {
        QuantizeOptions options = calibrated_int8(method, rule);
        options.calibration.samples = 16;  // fewer do not show how large inputs become
        quantized(in, folder.file("out.quern"), options);
        return squared_difference(truth, logits_of(folder.file("out.quern"), true));
    };
    const double measured = error("rtn", ""), fixed = error("rtn", "minmax");
    const double smooth = error("smoothquant", "minmax"), split = error("llm-int8", "minmax");
    CAPTURE(measured);
    CAPTURE(fixed);
    CAPTURE(smooth);
    CAPTURE(split);
    CHECK(measured < fixed);
    CHECK(smooth < 0.8 * fixed);
    CHECK(split < 0.5 * fixed);
}

TEST_CASE("smoothquant: the factors are those of the paper, up to a constant") {
    const TempDir folder;
    TransformFixture f(folder.write("model.gguf", LoudLlama().build()), "q8_g32");
    f.enter(0);
    const std::vector<ScaleFold> one = {f.folds[0]};
    const std::vector<float> a = f.taps[0].statistics.max_abs;
    std::vector<float> largest(64);
    for (const char* name : {"attn_q", "attn_k", "attn_v"}) {
        const std::vector<float> w = f.values(std::string("blk.0.") + name + ".weight");
        for (size_t i = 0; i < w.size(); ++i) {
            largest[i % 64] = std::max(largest[i % 64], std::fabs(w[i]));
        }
    }
    const LayerTensor* norm = f.runner->tensors().find("blk.0.attn_norm.weight");
    const std::vector<float> before(norm->vector(), norm->vector() + 64);
    TransformContext context = f.context(one);
    context.options.alpha = 0.7f;
    check_ok(find_transform("smoothquant")->apply(context));
    std::vector<double> ratio;
    for (size_t j = 0; j < 64; ++j) {
        const double s = std::pow(static_cast<double>(a[j]), 0.7) /
                         std::pow(static_cast<double>(largest[j]), 0.3);
        ratio.push_back(static_cast<double>(before[j]) / static_cast<double>(norm->vector()[j]) /
                        s);
    }
    for (const double r : ratio) CHECK(r == doctest::Approx(ratio[0]).epsilon(1e-4));
    CHECK(f.notes[kQ] == "smoothquant 0.70");
}

TEST_CASE("side tensors: containers, budgets and inputs that have no place for them") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const auto refused = [&](const std::string& from, const std::string& to,
                             QuantizeOptions options, const std::string& words) {
        options.progress = [](const std::string&, int64_t, int64_t) { FAIL("work began"); };
        check_error(quantize_file(from, folder.file(to), options).status(), Code::kWrongUse, words);
    };
    refused(in, "out.gguf", calibrated_int8("llm-int8"),
            "no place for what method llm-int8 stores");
    refused(in, "out.gguf", calibrated_int8("rtn", "minmax"), "what --static-activations stores");
    refused(in, "out.quern", calibrated_int8("rtn", "mean"), "minmax, percentile, entropy");
    QuantizeOptions budget = calibrated_int8("llm-int8");
    budget.recipe = {};
    budget.target_bpw = 5;
    refused(in, "out.quern", budget, "--fit");

    const std::string made = folder.file("made.quern");
    quantized(in, made, calibrated_int8("llm-int8", "percentile"));
    refused(made, "out.quern", with_format("q4_g32"), "quantize the file that this one was made");
    refused(made, "out.gguf", {}, "has no place in a GGUF file");
    quantized(made, folder.file("copy.quern"), {});
    CHECK(read_file(folder.file("copy.quern")) == read_file(made));
    quantized(in, folder.file("smooth.gguf"), calibrated_int8("smoothquant"));
}

TEST_CASE("side tensors: outliers go and come back as f16 stores them; bad values are refused") {
    const TempDir folder;
    TransformFixture f(folder.write("model.gguf", LoudLlama().build()), "q8_g32");
    f.enter(0);
    LayerTensor* t = f.runner->tensors().find("blk.0.ffn_down.weight");
    const std::vector<float> before = f.values("blk.0.ffn_down.weight");
    auto outliers = take_outliers({1, 95}, t);
    REQUIRE(outliers.ok());
    const std::vector<float> without = f.values("blk.0.ffn_down.weight");
    check_ok(put_outliers(*outliers, t));
    const std::vector<float> after = f.values("blk.0.ffn_down.weight");
    for (size_t i = 0; i < before.size(); ++i) {
        const bool taken = i % 96 == 1 || i % 96 == 95;
        CHECK(without[i] == (taken ? 0 : before[i]));
        CHECK(after[i] == (taken ? f16_to_f32(f32_to_f16(before[i])) : before[i]));
    }
    const float beyond[] = {1, 96};
    std::memcpy(outliers->columns.bytes.data(), beyond, sizeof beyond);
    check_error(put_outliers(*outliers, t), Code::kBadFile, "stay below 96");
    t->tile(0)[kTileRows] = 1e6f;
    check_error(take_outliers({1}, t).status(), Code::kBadFile, "beyond the range of f16");
}

TEST_CASE("side tensors: a partial result in which they have wrong sizes is refused") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const auto file = open_model(in);
    const FileTensor& t = *file->find("blk.0.ffn_down.weight");
    const PlannedTensor p{&t, TensorClass::kMlp, find_format("q8_g32"), false};
    const auto fits = [&](const std::vector<std::pair<std::string, uint64_t>>& sizes) {
        std::vector<FinishedTensor> finished;
        for (const auto& [ending, size] : sizes) {
            finished.emplace_back().name = t.name + ending;
            finished.back().size = size;
        }
        size_t next = 0;
        return skip_side_tensors({&p}, finished, &next) && next == finished.size();
    };
    const uint64_t two = find_format("f16")->matrix_bytes(t.rows(), 2);
    CHECK(fits({}));
    CHECK(fits({{".outlier_columns", 8}, {".outliers", two}, {".input_range", 4}}));
    CHECK(fits({{".input_range", 4}}));
    CHECK(!fits({{".input_range", 8}}));
    CHECK(!fits({{".input_range", 4}, {".input_range", 4}}));
    CHECK(!fits({{".outlier_columns", 8}, {".outliers", two + 1}}));
    CHECK(!fits({{".outlier_columns", 8}}));
    CHECK(!fits({{".outlier_columns", 9}, {".outliers", two}}));
    CHECK(!fits({{".outlier_columns", 0}, {".outliers", two}}));
    CHECK(!fits({{".outlier_columns", 4 * 97}, {".outliers", 1u << 20}}));
    CHECK(!fits({{".outliers", two}}));
}
