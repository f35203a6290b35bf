// Prompt and answer in turn, and the median of each.
#include "eval/speed.h"

#include <algorithm>
#include <chrono>
#include <vector>

namespace quern {
namespace {

using Clock = std::chrono::steady_clock;

/// Evaluates `tokens` in pieces of `step` from an empty cache; tokens per second.
Result<double> rate(Session* session, std::span<const int32_t> tokens, size_t step,
                    const std::atomic<bool>* cancel) {
    session->truncate(0);
    const Clock::time_point start = Clock::now();
    for (size_t at = 0; at < tokens.size(); at += step) {
        const Status s = session->eval(tokens.subspan(at, step), 1, cancel);
        if (!s.ok()) return s;
    }
    const std::chrono::duration<double> seconds = Clock::now() - start;
    return static_cast<double>(tokens.size()) / seconds.count();
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

}  // namespace

Result<Speed> measure_speed(std::shared_ptr<const Model> model, SessionOptions options,
                            const std::atomic<bool>* cancel) {
    const auto vocab = static_cast<size_t>(model->info().vocab_size);
    options.context = kSpeedPrompt;
    auto session = Session::create(std::move(model), options);
    if (!session.ok()) return session.status();
    std::vector<int32_t> tokens;
    for (size_t i = 0; i < kSpeedPrompt; ++i) {  // far apart in the vocabulary
        tokens.push_back(static_cast<int32_t>(i * 7919 % vocab));
    }
    const std::span<const int32_t> few = std::span(tokens).first(kSpeedGenerate);
    std::vector<double> prompt, generate;
    for (int round = 0; round <= kSpeedRounds; ++round) {
        const auto p = rate(session->get(), tokens, tokens.size(), cancel);
        if (!p.ok()) return p.status();
        const auto g = rate(session->get(), few, 1, cancel);
        if (!g.ok()) return g.status();
        if (round == 0) continue;
        prompt.push_back(p.value());
        generate.push_back(g.value());
    }
    return Speed{median(prompt), median(generate)};
}

}  // namespace quern
