// Perplexity against values worked out by hand, and against a second, direct implementation of the
// protocols.
#include "eval/perplexity.h"

#include <doctest/doctest.h>

#include <cmath>

#include "programs/fake_session.h"

using namespace quern;
using namespace quern::test;

namespace {

/// Logits that depend on everything in the cache: a wrong order, cut or reset would show.
std::vector<float> nine_logits(const std::vector<int32_t>& cache) {
    double state = 0;
    for (const int32_t token : cache) state = std::fmod(state * 1.7 + token + 1, 11.0);
    std::vector<float> logits;
    for (int v = 0; v < 9; ++v) logits.push_back(static_cast<float>(std::sin(state * (v + 1))));
    return logits;
}

double direct_nll(const std::vector<float>& logits, int32_t target) {
    double sum = 0;
    for (const float logit : logits) sum += std::exp(static_cast<double>(logit));
    return std::log(sum) - static_cast<double>(logits[static_cast<size_t>(target)]);
}

PerplexityOptions options_for(const PerplexityProtocol& protocol) {
    PerplexityOptions options;
    options.walk.protocol = protocol;
    return options;
}

}  // namespace

TEST_CASE("perplexity: hand-computed rows") {
    // Row 0: logits 0, ln 3: probabilities 1/4, 3/4. Row 1: equal.
    const std::vector<float> logits = {0.0f, std::log(3.0f), 5.0f, 5.0f};
    const std::vector<int32_t> targets = {1, 0};
    for (const int threads : {1, 2, 5}) {
        std::vector<double> nll(2);
        ThreadPool pool(threads);
        score_rows(logits, targets, &pool, nll);
        CHECK(nll[0] == doctest::Approx(std::log(4.0 / 3.0)).epsilon(1e-6));
        CHECK(nll[1] == doctest::Approx(std::log(2.0)).epsilon(1e-6));
    }
}

TEST_CASE("perplexity: large logits do not overflow") {
    const std::vector<float> logits = {30000.0f, 29999.0f};
    std::vector<double> nll(1);
    ThreadPool pool(1);
    score_rows(logits, std::vector<int32_t>{1}, &pool, nll);
    CHECK(nll[0] == doctest::Approx(1 + std::log(1 + std::exp(-1.0))).epsilon(1e-6));
}

TEST_CASE("perplexity: mean, standard error and perplexity by hand") {
    NllStatistics s;
    CHECK(s.standard_error() == 0);
    for (const double nll : {1.0, 2.0, 3.0, 6.0}) s.add(nll);
    CHECK(s.mean() == 3.0);
    // E[x^2] = 12.5, variance 3.5, over n - 1 = 3.
    CHECK(s.standard_error() == doctest::Approx(std::sqrt(3.5 / 3)));
    CHECK(s.perplexity() == doctest::Approx(std::exp(3.0)));
    CHECK(s.perplexity_error() == doctest::Approx(std::exp(3.0) * std::sqrt(3.5 / 3)));
}

TEST_CASE("perplexity: a model that knows nothing scores its vocabulary size") {
    FakeSession session(512, [](const auto&) { return std::vector<float>(100, 0.25f); });
    const auto result = measure_perplexity(&session, counting(1100),
                                           options_for(*find_perplexity_protocol("llama.cpp")));
    REQUIRE(result.ok());
    CHECK(result.value().walked.windows == 2);
    CHECK(result.value().statistics.count() == 2 * 255);
    CHECK(result.value().walked.evaluated == 2 * 511);
    CHECK(result.value().statistics.perplexity() == doctest::Approx(100).epsilon(1e-6));
    CHECK(result.value().statistics.perplexity_error() == doctest::Approx(0).epsilon(1e-5));
}

TEST_CASE("perplexity: protocol llama.cpp scores positions 256..510 after BOS, each chunk anew") {
    FakeSession session(512, nine_logits);
    const std::vector<int32_t> text = counting(1024);
    PerplexityOptions options = options_for(*find_perplexity_protocol("llama.cpp"));
    options.walk.bos = 8;
    const auto result = measure_perplexity(&session, text, options);
    REQUIRE(result.ok());
    NllStatistics direct;
    for (size_t chunk = 0; chunk < 2; ++chunk) {
        std::vector<int32_t> cache;
        for (size_t i = 0; i < 511; ++i) {
            cache.push_back(i == 0 ? 8 : text[512 * chunk + i]);
            if (i >= 256) direct.add(direct_nll(nine_logits(cache), text[512 * chunk + i + 1]));
        }
    }
    CHECK(result.value().statistics.count() == direct.count());
    CHECK(result.value().statistics.mean() == doctest::Approx(direct.mean()).epsilon(1e-7));
}

TEST_CASE(
    "perplexity: protocol gptq scores 2047 of every 2048 and leaves BOS where the text has it") {
    FakeSession session(2048, nine_logits);
    const std::vector<int32_t> text = counting(2048 + 2047);
    PerplexityOptions options = options_for(*find_perplexity_protocol("gptq"));
    options.walk.bos = 8;
    const auto result = measure_perplexity(&session, text, options);
    REQUIRE(result.ok());
    NllStatistics direct;
    std::vector<int32_t> cache;
    for (size_t i = 0; i < 2047; ++i) {
        cache.push_back(text[i]);
        direct.add(direct_nll(nine_logits(cache), text[i + 1]));
    }
    CHECK(result.value().walked.windows == 1);
    CHECK(result.value().statistics.count() == 2047);
    CHECK(result.value().statistics.mean() == doctest::Approx(direct.mean()).epsilon(1e-7));
}

TEST_CASE("perplexity: number of chunks, progress, cancellation, short texts") {
    FakeSession session(512, nine_logits);
    PerplexityOptions options = options_for(*find_perplexity_protocol("llama.cpp"));
    options.walk.max_windows = 2;
    int64_t last_done = 0;
    int64_t last_total = 0;
    options.progress = [&](int64_t done, int64_t total, const NllStatistics&) {
        CHECK(done > last_done);
        last_done = done;
        last_total = total;
    };
    const auto result = measure_perplexity(&session, counting(5000), options);
    REQUIRE(result.ok());
    CHECK(result.value().walked.windows == 2);
    CHECK(last_done == last_total);

    std::atomic<bool> cancel{false};
    options.walk.cancel = &cancel;
    options.progress = [&](int64_t done, int64_t, const NllStatistics&) { cancel = done > 600; };
    const auto cancelled = measure_perplexity(&session, counting(5000), options);
    CHECK(cancelled.status().code() == Code::kInterrupted);
    CHECK(cancelled.status().message().find("after 1 chunk") != std::string::npos);

    const auto shorter = measure_perplexity(&session, counting(511), options);
    CHECK(shorter.status().code() == Code::kWrongUse);
    CHECK(shorter.status().message().find("511 tokens") != std::string::npos);
}
