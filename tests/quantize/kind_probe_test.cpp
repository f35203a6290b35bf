// What noise in a kind of tensor does to the predictions, against files that were quantized so and
// evaluated like any other; and how the losses of formats follow from it.
#include "allocation/kind_probe.h"

#include "allocation/candidates.h"
#include "allocation/probe_correction.h"
#include "models/row_divergence.h"
#include "models/session.h"
#include "transform_fixture.h"

using namespace quern;
using namespace quern::test;

namespace {

QuantizeOptions probe_options(int threads) {
    QuantizeOptions options;
    options.threads = threads;
    options.calibration.samples = 2;
    options.calibration.sample_tokens = 48;
    return options;
}

struct Probe {
    std::unique_ptr<ModelFile> in;
    QuantizeOptions options;
    Samples samples;
    std::unique_ptr<KindProbe> probe;

    Probe(const std::string& path, int threads)
        : in(open_model(path)), options(probe_options(threads)) {
        QuantizeReport report;
        samples = make_samples(*in, options.calibration, &report).value();
        auto made = KindProbe::create(*in, samples, options, ".", {});
        check_ok(made.status());
        probe = std::move(*made);
    }
    double divergence(const std::set<std::string>& tensors) const {
        const auto result = probe->divergence(tensors);
        check_ok(result.status());
        return result.value();
    }
};

/// Logits of all the tokens of a sample, with a cache and inputs in f32.
std::vector<float> predictions(const std::string& path, std::span<const int32_t> ids) {
    ModelOptions options;
    options.exact_inputs = true;
    auto model = Model::load(path, options);
    check_ok(model.status());
    SessionOptions session_options;
    session_options.cache_keys = session_options.cache_values = "f32";
    auto session = Session::create(*model, session_options);
    check_ok(session.status());
    check_ok((*session)->eval(ids, static_cast<int64_t>(ids.size())));
    return {(*session)->logits().begin(), (*session)->logits().end()};
}

/// Of a file whose tensors whose names `pattern` matches are in the probe's format.
double divergence_of_file(const Probe& probe, const std::string& in, const std::string& out,
                          const std::string& pattern) {
    QuantizeOptions options = with_format("f32");
    options.recipe.rules.insert(options.recipe.rules.begin(),
                                std::move(*parse_rule(pattern + "=" + probe_format().name)));
    quantized(in, out, options);
    double sum = 0;
    for (int64_t i = 0; i < probe.samples.count; ++i) {
        const auto ids = probe.samples.sample(i);
        const std::vector<float> base = predictions(in, ids), changed = predictions(out, ids);
        const size_t vocab = base.size() / ids.size();
        for (size_t t = 0; t < ids.size(); ++t) {
            const auto row = [&](const std::vector<float>& logits) {
                return std::span(logits).subspan(t * vocab, vocab);
            };
            sum += compare_rows(row(base), row(changed), 0).kl;
        }
    }
    return sum / static_cast<double>(probe.samples.count * probe.samples.tokens);
}

}  // namespace

TEST_CASE("kinds are the names of tensors without their layers") {
    CHECK(kind_of("blk.0.attn_q.weight") == "attn_q.weight");
    CHECK(kind_of("blk.12.ffn_down.weight") == "ffn_down.weight");
    CHECK(kind_of("token_embd.weight") == "token_embd.weight");
    CHECK(kind_of("blk.") == "blk.");
    CHECK(kind_of("") == "");
}

TEST_CASE("the divergence of a kind is that of a file that was quantized so") {
    const TempDir folder;
    for (const bool tied : {true, false}) {
        CAPTURE(tied);
        LoudLlama llama;
        llama.tied = tied;
        const std::string in = folder.write("in.gguf", llama.build());
        const Probe probe(in, 2);
        CHECK(probe.divergence({}) == 0);
        const Candidates candidates(*probe.in, Recipe{});
        CHECK(candidates.kinds().size() == (tied ? 8 : 9));
        for (const std::string& kind : candidates.kinds()) {
            CAPTURE(kind);
            const double measured = probe.divergence(candidates.of_kind(kind));
            const double expected =
                divergence_of_file(probe, in, folder.file("out.quern"), "(^|[0-9][.])" + kind);
            CHECK(measured > 0);
            // The head alone runs with int8 inputs here.
            const bool is_head = kind == (tied ? "token_embd.weight" : "output.weight");
            CHECK(measured == doctest::Approx(expected).epsilon(is_head ? 0.05 : 1e-3));
        }
        CHECK(probe.divergence({}) == 0);  // nothing is left of them
        if (tied) continue;
        const std::set<std::string> both = {"token_embd.weight", "output.weight"};
        const double expected = divergence_of_file(probe, in, folder.file("out.quern"),
                                                   "^(token_embd|output)[.]weight");
        CHECK(probe.divergence(both) == doctest::Approx(expected).epsilon(0.05));
    }
}

TEST_CASE("a probe takes samples that are spread over all of them") {
    const TempDir folder;
    const auto in = open_model(folder.write("in.gguf", LoudLlama().build()));
    QuantizeOptions options = probe_options(1);
    options.calibration.samples = 9;
    QuantizeReport report;
    const Samples samples = make_samples(*in, options.calibration, &report).value();
    CHECK(KindProbe::samples_of(samples) == 4);
    Samples four = samples;
    four.count = 4;
    four.ids.clear();
    for (const int64_t i : {1, 3, 5, 7}) {
        const auto ids = samples.sample(i);
        four.ids.insert(four.ids.end(), ids.begin(), ids.end());
    }
    const std::set<std::string> some = {"blk.1.ffn_down.weight"};
    const auto of_nine =
        KindProbe::create(*in, samples, options, ".", {}).value()->divergence(some);
    const auto of_four = KindProbe::create(*in, four, options, ".", {}).value()->divergence(some);
    CHECK(of_nine.value() == of_four.value());
}

TEST_CASE("the divergence of a kind is the same for any number of threads") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::set<std::string> some = {"blk.0.ffn_up.weight", "blk.2.attn_v.weight"};
    CHECK(Probe(in, 1).divergence(some) == Probe(in, 3).divergence(some));
}

TEST_CASE("losses of formats: a kind's divergence, in proportion to noise") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const auto file = open_model(in);
    Candidates candidates(*file, Recipe{});
    const size_t formats = candidates.all()[0].formats.size();
    for (const Candidate& c : candidates.all()) {
        std::vector<double> noise(formats, 0.01);
        noise[1] = 0.02;
        CHECK(!candidates.measured());
        Candidate* candidate = candidates.find(c.tensor->name);
        candidate->noise = noise;
        candidate->probe_noise = kind_of(c.tensor->name) == "attn_v.weight" ? 0.05 : 0.1;
    }
    CHECK(candidates.measured());
    const auto choices = candidates.choices({{"attn_v.weight", 0.3}, {"token_embd.weight", 12}});
    for (size_t i = 0; i < choices.size(); ++i) {
        const std::string_view kind = kind_of(candidates.all()[i].tensor->name);
        // Three layers: 0.3 over 0.15; the head: 12 over 0.1. Of the others nothing is known.
        const double of_v = 2 * probe_correction("attn_v.weight");
        const double of_head = 120 * probe_correction("token_embd.weight");
        const double weight = kind == "attn_v.weight"       ? of_v
                              : kind == "token_embd.weight" ? of_head
                                                            : std::sqrt(of_v * of_head);
        CHECK(choices[i][0].cost == doctest::Approx(0.01 * weight));
        CHECK(choices[i][1].cost == doctest::Approx(0.02 * weight));
    }
}

TEST_CASE("a kind that was never measured in files weighs what its probe says") {
    CHECK(probe_correction("ffn_gate_exps.weight") == probe_correction("ffn_gate.weight"));
    CHECK(probe_correction("attn_v.weight") < 1);
    CHECK(probe_correction("output.weight") > 1);
    CHECK(probe_correction("position_embd.weight") == 1);
}
