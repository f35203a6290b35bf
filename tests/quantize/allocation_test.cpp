// Formats chosen by size: the Lagrangian against all choices, then whole files: never too large,
// refused if impossible, the same for any number of threads, resumable by being deterministic.
#include <cstdlib>

#include "fixtures.h"
#include "lagrangian.h"
#include "support/loud_llama.h"

using namespace quern;
using namespace quern::test;

namespace {

using Items = std::vector<std::vector<Choice>>;

/// Five items of four choices; costs fall with bytes, not convexly.
Items some_items(uint64_t seed) {
    const std::vector<float> u = uniform(seed, 40);
    Items items(5);
    size_t next = 0;
    for (auto& choices : items) {
        uint64_t bytes = 0;
        double cost = 10;
        for (int k = 0; k < 4; ++k) {
            bytes += 1 + static_cast<uint64_t>(20 * (static_cast<double>(u[next++]) + 0.5));
            cost *= 0.2 + 0.7 * (static_cast<double>(u[next++]) + 0.5);
            choices.push_back({bytes, cost});
        }
    }
    return items;
}

Choice total(const Items& items, const std::vector<size_t>& chosen) {
    Choice sum;
    for (size_t i = 0; i < items.size(); ++i) {
        sum.bytes += items[i][chosen[i]].bytes;
        sum.cost += items[i][chosen[i]].cost;
    }
    return sum;
}

/// The least cost of all 4^5 choices within the budget.
double best_of_all(const Items& items, uint64_t budget) {
    double best = HUGE_VAL;
    for (size_t code = 0; code < 1024; ++code) {
        std::vector<size_t> chosen;
        for (size_t i = 0; i < 5; ++i) chosen.push_back(code >> (2 * i) & 3);
        const Choice sum = total(items, chosen);
        if (sum.bytes <= budget) best = std::min(best, sum.cost);
    }
    return best;
}

QuantizeOptions fitting(uint64_t bytes) {
    QuantizeOptions options;
    options.fit_bytes = bytes;
    options.threads = 1;
    options.calibration.samples = 4;
    options.calibration.sample_tokens = 48;
    return options;
}

/// The smallest size, from the message that refuses a smaller one.
uint64_t smallest_size(const std::string& in, const std::string& out) {
    const Status s = quantize_file(in, out, fitting(1000)).status();
    check_error(s, Code::kWrongUse, "the smallest has ");
    const std::string words = "the smallest has ";
    return std::strtoull(s.message().c_str() + s.message().find(words) + words.size(), nullptr, 10);
}

}  // namespace

TEST_CASE("allocation: against brute force; within the budget; more bytes never cost more") {
    for (uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        const Items items = some_items(seed);
        double before = HUGE_VAL;
        int optimal = 0, budgets = 0;
        for (uint64_t budget = smallest_total(items); budget < 420; budget += 3) {
            CAPTURE(budget);
            const std::vector<size_t> chosen = allocate(items, budget);
            REQUIRE(chosen.size() == items.size());
            const Choice sum = total(items, chosen);
            CHECK(sum.bytes <= budget);
            CHECK(sum.cost <= before + 1e-12);
            before = sum.cost;
            const double best = best_of_all(items, budget);
            CHECK(sum.cost >= best - 1e-12);
            // What is left over is smaller than a step, at most 3 x 21 bytes.
            if (budget >= smallest_total(items) + 63) {
                CHECK(sum.cost <= best_of_all(items, budget - 63) + 1e-12);
            }
            optimal += sum.cost <= best + 1e-12;
            ++budgets;
        }
        CHECK(optimal * 2 > budgets);
        CHECK(before == doctest::Approx(best_of_all(items, 1000)));
    }
    CHECK(allocate(some_items(1), smallest_total(some_items(1)) - 1).empty());
}

TEST_CASE(
    "allocation: files fit, more bytes lose less, too few are refused with the smallest size") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::string out = folder.file("out.quern");
    const uint64_t smallest = smallest_size(in, out);
    check_error(quantize_file(in, out, fitting(smallest - 1)).status(), Code::kWrongUse,
                "the smallest has");
    check_error(quantize_file(in, folder.file("out.gguf"), fitting(1 << 20)).status(),
                Code::kWrongUse, "GGUF");
    double before = HUGE_VAL;
    for (const uint64_t more : {0, 10'000, 20'000, 40'000, 400'000}) {
        CAPTURE(more);
        const QuantizeReport report = quantized(in, out, fitting(smallest + more));
        CHECK(report.output_bytes <= smallest + more);
        CHECK(std::filesystem::file_size(out) == report.output_bytes);
        CHECK(report.predicted_loss <= before);
        before = report.predicted_loss;
        CHECK(!report.loss_shares.empty());
    }
    CHECK(open_model(out)->find("blk.0.attn_q.weight")->stored_as == "q8_g32");
}

TEST_CASE("allocation: rules decide first; the same for any number of threads; resumes") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    QuantizeOptions options = fitting(smallest_size(in, folder.file("1.quern")) + 60'000);
    options.recipe.rules.push_back(std::move(*parse_rule("blk.1.ffn_up=q6_g32")));
    options.method = "gptq";
    quantized(in, folder.file("1.quern"), options);
    CHECK(open_model(folder.file("1.quern"))->find("blk.1.ffn_up.weight")->stored_as == "q6_g32");
    std::atomic<bool> cancel{false};
    options.cancel = &cancel;
    options.threads = 3;
    options.progress = [&](const std::string& what, int64_t, int64_t) {
        if (what == "layer 3 of 3: rounding") cancel = true;
    };
    const std::string out = folder.file("3.quern");
    check_error(quantize_file(in, out, options).status(), Code::kInterrupted, "--resume");
    options.cancel = nullptr;
    options.resume = true;
    quantized(in, out, options);
    CHECK(read_file(folder.file("1.quern")) == read_file(out));
}
