// KL divergence and its companions against an independent numpy computation, and the walk of two
// models over one text.
#include "eval/divergence.h"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <map>

#include "programs/fake_session.h"
#include "support/data.h"
#include "support/pseudo_random.h"

using namespace quern;
using namespace quern::test;

namespace {

constexpr int64_t kRows = 40, kVocab = 101;

struct Logits {
    std::vector<float> base = uniform(11, kRows* kVocab);
    std::vector<float> model = uniform(12, kRows* kVocab);
    Logits() {
        for (size_t i = 0; i < base.size(); ++i) {
            base[i] *= 8;
            model[i] = base[i] + 2 * model[i];
        }
    }
    static std::span<const float> row(const std::vector<float>& of, int64_t r) {
        return std::span(of).subspan(static_cast<size_t>(r * kVocab), kVocab);
    }
};

/// Logits that depend on everything in the cache.
FakeSession::Logits mixed_logits(double factor) {
    return [factor](const std::vector<int32_t>& cache) {
        double state = 0;
        for (const int32_t token : cache) state = std::fmod(state * 1.7 + token + 1, 11.0);
        std::vector<float> logits;
        for (int v = 0; v < 9; ++v) {
            logits.push_back(static_cast<float>(factor * std::sin(state * (v + 1))));
        }
        return logits;
    };
}

}  // namespace

TEST_CASE("divergence: statistics of 40 rows are those of numpy") {
    std::map<std::string, double> expected;
    std::ifstream file(golden("divergence.golden"));
    for (std::string name; file >> name;) file >> expected[name];
    REQUIRE(expected.size() == 15);

    const Logits logits;
    Divergence d;
    for (int64_t r = 0; r < kRows; ++r) {
        d.add(compare_rows(Logits::row(logits.base, r), Logits::row(logits.model, r),
                           static_cast<int32_t>(7 * r % kVocab)));
    }
    const double parts[] = {0.5, 0.99, 0.999, 1};
    const std::vector<double> kl = d.kl_percentiles(parts);
    const std::map<std::string, double> found = {
        {"kl_mean", d.kl_mean()},
        {"kl_error", d.kl_error()},
        {"kl_median", kl[0]},
        {"kl_p99", kl[1]},
        {"kl_p999", kl[2]},
        {"kl_max", kl[3]},
        {"top1", d.same_top()},
        {"top1_error", d.same_top_error()},
        {"base_perplexity", d.base().perplexity()},
        {"base_perplexity_error", d.base().perplexity_error()},
        {"perplexity", d.model().perplexity()},
        {"ratio", d.ratio()},
        {"ratio_error", d.ratio_error()},
        {"delta_p_mean", d.delta_p_mean()},
        {"delta_p_rms", d.delta_p_rms()}};
    for (const auto& entry : expected) {
        const std::string name = entry.first;
        CAPTURE(name);
        CHECK(found.at(name) == doctest::Approx(entry.second).epsilon(2e-6));
    }
}

TEST_CASE("divergence: percentiles interpolate between neighbours") {
    CHECK(percentile({}, 0.5) == 0);
    CHECK(percentile(std::vector<double>{4}, 0.99) == 4);
    const std::vector<double> values = {1, 2, 4, 8};
    CHECK(percentile(values, 0) == 1);
    CHECK(percentile(values, 0.5) == 3);
    CHECK(percentile(values, 1) == 8);
}

TEST_CASE("divergence: both models see the same windows; threads change nothing") {
    double first_kl = -1;
    for (const int threads : {1, 3}) {
        FakeSession base(512, mixed_logits(1));
        FakeSession model(512, mixed_logits(1.5));
        DivergenceOptions options;
        options.walk.protocol = *find_perplexity_protocol("llama.cpp");
        options.walk.bos = 8;
        options.threads = threads;
        const auto result = measure_divergence(&base, &model, counting(1100), options);
        REQUIRE(result.ok());
        const Divergence& d = result.value().divergence;
        CHECK(result.value().walked.windows == 2);
        CHECK(result.value().walked.evaluated == 2 * 511);
        CHECK(d.count() == 2 * 255);
        CHECK(d.same_top() == 1);
        CHECK(d.kl_mean() > 0);
        CHECK(base.cache == model.cache);
        CHECK(base.cache[0] == 8);
        if (first_kl < 0) first_kl = d.kl_mean();
        CHECK(d.kl_mean() == first_kl);

        // The perplexity that the other command prints.
        PerplexityOptions alone;
        alone.walk.protocol = options.walk.protocol;
        alone.walk.bos = 8;
        const auto perplexity = measure_perplexity(&model, counting(1100), alone);
        CHECK(d.model().mean() == perplexity.value().statistics.mean());
    }
}

TEST_CASE("divergence: cancelled between pieces") {
    FakeSession base(512, mixed_logits(1));
    FakeSession model(512, mixed_logits(2));
    std::atomic<bool> cancel{false};
    DivergenceOptions options;
    options.walk.protocol = *find_perplexity_protocol("llama.cpp");
    options.walk.cancel = &cancel;
    options.progress = [&](int64_t done, int64_t total, const Divergence&) {
        CHECK(total == 2 * 511);
        cancel = done > 600;
    };
    const auto result = measure_divergence(&base, &model, counting(1100), options);
    CHECK(result.status().code() == Code::kInterrupted);
}
