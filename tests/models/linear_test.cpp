// What a file may store beside a matrix: input ranges and outlier columns, true and damaged ones.
#include <doctest/doctest.h>

#include <cmath>

#include "models/session.h"
#include "support/check_status.h"
#include "support/rewritten.h"
#include "support/tiny_llama.h"
#include "tensor/numeric.h"

using namespace quern;
using namespace quern::test;

namespace {

const std::vector<int32_t> kLinearTokens = {3, 1, 4, 1, 5, 9, 2, 6};

Result<std::shared_ptr<const Model>> load_model(const std::string& path, bool exact = false) {
    ModelOptions options;
    options.need_tokenizer = false;
    options.exact_inputs = exact;
    options.allow_nonfinite = true;  // is not about what stands beside a matrix
    return Model::load(path, options);
}

std::vector<float> logits_of(const std::string& path, SessionOptions options = {},
                             bool exact = false) {
    auto model = load_model(path, exact);
    check_ok(model.status());
    REQUIRE(model.ok());
    options.cache_keys = options.cache_values = "f32";
    auto session = Session::create(*model, options);
    REQUIRE(session.ok());
    check_ok((*session)->eval(kLinearTokens, static_cast<int64_t>(kLinearTokens.size())));
    return {(*session)->logits().begin(), (*session)->logits().end()};
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
    REQUIRE(a.size() == b.size());
    double most = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        most = std::max(most, static_cast<double>(std::fabs(a[i] - b[i])));
    }
    return most;
}

const std::vector<std::string> kMatrices = {"attn_q",   "attn_k", "attn_v",  "attn_output",
                                            "ffn_gate", "ffn_up", "ffn_down"};

/// Two columns of every matrix of both layers move to a product of their own.
std::map<std::string, NewTensor> split_columns(const std::string& path) {
    auto file = ModelFile::open(path, {});
    REQUIRE(file.ok());
    std::map<std::string, NewTensor> changed;
    for (const std::string layer : {"blk.0.", "blk.1."}) {
        for (const std::string& matrix : kMatrices) {
            const std::string name = layer + matrix + ".weight";
            const FileTensor& t = *(*file)->find(name);
            std::vector<float> values = values_of(**file, t), outliers;
            for (int64_t r = 0; r < t.rows(); ++r) {
                for (const int64_t k : {int64_t{2}, t.cols() - 1}) {
                    float& value = values[static_cast<size_t>(r * t.cols() + k)];
                    outliers.push_back(value);
                    value = 0;
                }
            }
            changed[name] = {2, t.rows(), t.cols(), values, t.format->name};
            changed[name + ".outliers"] = {2, t.rows(), 2, outliers, "f16"};
            changed[name + ".outlier_columns"] = {1, 1, 2, {2, static_cast<float>(t.cols() - 1)}};
        }
    }
    return changed;
}

}  // namespace

TEST_CASE("outlier columns: the logits are those of the whole matrices") {
    const TempDir folder;
    TinyLlama::write(folder.file("whole"), "f16");
    rewrite(folder.file("whole"), folder.file("split"), split_columns(folder.file("whole")));
    const std::vector<float> whole = logits_of(folder.file("whole"), {}, true);
    CHECK(largest_difference(whole, logits_of(folder.file("split"), {}, true)) < 1e-5);

    // Only products with the outliers could round here, and they do not.
    TinyLlama::write(folder.file("f32"), "f32");
    rewrite(folder.file("f32"), folder.file("f32split"), split_columns(folder.file("f32")));
    CHECK(logits_of(folder.file("f32split")) == logits_of(folder.file("f32split"), {}, true));

    // Beside int8 matrices: as near to the truth as those, with and without int8 activations, and
    // the same bits for any number of threads and any split of the prompt.
    TinyLlama::write(folder.file("q8"), "q8_g32");
    rewrite(folder.file("q8"), folder.file("q8split"), split_columns(folder.file("q8")));
    const std::vector<float> truth = logits_of(folder.file("f32"));
    for (const bool expand : {false, true}) {
        const double of_whole = largest_difference(truth, logits_of(folder.file("q8"), {}, expand));
        const double of_split =
            largest_difference(truth, logits_of(folder.file("q8split"), {}, expand));
        CHECK(of_split < 1.5 * of_whole);
    }
    for (const SessionOptions& options : {SessionOptions{0, 3, 256}, {0, 2, 3}}) {
        auto model = load_model(folder.file("q8split"));
        auto session = Session::create(*model, options);
        REQUIRE(session.ok());
        check_ok((*session)->eval(kLinearTokens));
        auto one = Session::create(*model, {0, 1, 256});
        check_ok((*one)->eval(kLinearTokens));
        CHECK(std::equal((*session)->last_logits().begin(), (*session)->last_logits().end(),
                         (*one)->last_logits().begin()));
    }
}

TEST_CASE("input ranges: a wide one is near what is measured, a narrow one clamps") {
    const TempDir folder;
    TinyLlama::write(folder.file("q8"), "q8_g32");
    const std::vector<float> measured = logits_of(folder.file("q8"));
    const auto with_range = [&](float range) {
        std::map<std::string, NewTensor> ranges;
        for (const std::string layer : {"blk.0.", "blk.1."}) {
            for (const std::string& matrix : kMatrices) {
                ranges[layer + matrix + ".weight.input_range"] = {1, 1, 1, {range}};
            }
        }
        rewrite(folder.file("q8"), folder.file("ranged"), ranges);
        return logits_of(folder.file("ranged"));
    };
    const double wide = largest_difference(measured, with_range(8));
    const double narrow = largest_difference(measured, with_range(0.1f));
    CHECK(wide > 0);
    CHECK(narrow > 5 * wide);
}

TEST_CASE("side tensors that are damaged are refused by name") {
    const TempDir folder;
    const std::string name = "blk.0.ffn_down.weight";  // 44 inputs
    TinyLlama::write(folder.file("tiny"), "q8_g32");
    const auto check = [&](const std::map<std::string, NewTensor>& more, const std::string& words) {
        rewrite(folder.file("tiny"), folder.file("bad"), more);
        const Status status = load_model(folder.file("bad")).status();
        check_error(status, Code::kBadFile, words);
        CHECK(status.message().find(folder.file("bad")) == 0);
    };
    const NewTensor two{2, 32, 2, std::vector<float>(64), "f16"};
    const auto columns = [&](std::vector<float> values) {
        const auto n = static_cast<int64_t>(values.size());
        const NewTensor outliers{2, 32, n, std::vector<float>(static_cast<size_t>(32 * n)), "f16"};
        return std::map<std::string, NewTensor>{
            {name + ".outlier_columns", {1, 1, n, std::move(values)}},
            {name + ".outliers", outliers}};
    };
    const std::string ascend = "expected whole numbers that ascend and stay below 44";
    check(columns({1, 44}), "outlier_columns': value 1 is 44.000000, " + ascend);
    check(columns({1, 1}), ascend);
    check(columns({2, 1}), ascend);
    check(columns({-1, 1}), ascend);
    check(columns({0.5f, 1}), ascend);
    check(columns({3, NAN}), ascend);
    check(columns({3, HUGE_VALF}), ascend);
    std::vector<float> many(45);
    for (size_t i = 0; i < many.size(); ++i) many[i] = static_cast<float>(i);
    check(columns(many), "value 44 is 44.000000");
    check({{name + ".outlier_columns", {1, 1, 2, {1, 2}}}},
          "'blk.0.ffn_down.weight.outliers' is missing");
    check({{name + ".outliers", two}}, "is not part of this architecture");
    check({{name + ".outlier_columns", {1, 1, 3, {1, 2, 3}}}, {name + ".outliers", two}},
          "has shape [32, 2], expected [32, 3]");
    check({{name + ".outlier_columns", two}, {name + ".outliers", two}}, "expected [2]");

    for (const float range : {0.0f, -1.0f, NAN, HUGE_VALF}) {
        check({{name + ".input_range", {1, 1, 1, {range}}}},
              "input_range' is " + std::to_string(range) + ", expected a finite number above 0");
    }
    check({{name + ".input_range", {1, 1, 2, {1, 1}}}}, "has shape [2], expected [1]");
    check({{"token_embd.weight.input_range", {1, 1, 1, {1}}}}, "is not part of this architecture");
}
