// Formats chosen by size: the Lagrangian against all choices, then whole files: never too large,
// refused if impossible, the same for any number of threads, resumed without measuring again.
#include <cstdlib>
#include <cstring>
#include <set>

#include "allocation/lagrangian.h"
#include "fixtures.h"
#include "partial_file.h"
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

/// A run of gptq, stopped when its progress tells of `what`; returns what it says then.
std::string interruption_at(const std::string& in, const std::string& out, QuantizeOptions options,
                            const std::string& what) {
    std::atomic<bool> cancel{false};
    options.cancel = &cancel;
    options.progress = [&](const std::string& told, int64_t, int64_t) {
        if (told == what) cancel = true;
    };
    const Status s = quantize_file(in, out, options).status();
    check_error(s, Code::kInterrupted, "interrupted; " + out + " was not written");
    return s.message();
}

/// Layers, head and kinds of tensors of LoudLlama.
constexpr int64_t kMeasurements = 3 + 1 + 8;

/// How many of them a run makes.
int64_t count_measurements(const std::string& in, const std::string& out, QuantizeOptions options,
                           QuantizeReport* report) {
    std::set<std::string> made;
    options.progress = [&](const std::string& what, int64_t, int64_t) {
        const bool is_layer = what.find(": trying formats") != std::string::npos;
        const bool is_kind = what.find("predictions with noise in ") != std::string::npos;
        if (is_layer || is_kind) made.insert(what);
    };
    *report = quantized(in, out, options);
    return static_cast<int64_t>(made.size());
}

QuantizeOptions fitting_gptq(const std::string& in, const std::string& out) {
    QuantizeOptions options = fitting(smallest_size(in, out) + 60'000);
    options.method = "gptq";
    return options;
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

TEST_CASE("allocation: bits per weight are those of the whole file; more make a larger one") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::string out = folder.file("out.quern");
    const auto model = open_model(in);
    double weights = 0;
    for (const FileTensor& t : model->tensors()) weights += static_cast<double>(t.elements());
    const double least = 8 * static_cast<double>(smallest_size(in, out)) / weights;
    double before = 0;
    for (const double more : {0.5, 1.5, 2.5}) {
        CAPTURE(more);
        QuantizeOptions options = fitting(0);
        options.target_bpw = least + more;
        quantized(in, out, options);
        const double bits = 8 * static_cast<double>(std::filesystem::file_size(out)) / weights;
        CHECK(bits <= options.target_bpw);
        CHECK(bits > before);
        before = bits;
    }
}

TEST_CASE("allocation: a limit on memory that the choice cannot keep is told") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    QuantizeOptions options = fitting(smallest_size(in, folder.file("1.quern")) + 60'000);
    options.calibration.max_memory = 1 << 20;
    const auto warnings = quantized(in, folder.file("2.quern"), options).warnings;
    REQUIRE(warnings.size() == 2);
    CHECK(warnings[0].find("--max-memory cannot be kept while formats are tried") == 0);
    CHECK(warnings[1].find("--max-memory cannot be kept while predictions are compared") == 0);
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

TEST_CASE("allocation: a resumed run does not measure again, and writes the same") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::string out = folder.file("out.quern"), partial = out + ".partial";
    QuantizeOptions options = fitting_gptq(in, out);
    QuantizeReport whole, report;
    CHECK(count_measurements(in, out, options, &whole) == kMeasurements);
    const std::string bytes = read_file(out);
    struct Case {
        const char* moment;
        const char* kept;
        int64_t left;  ///< when it is resumed
    };
    for (const Case& c :
         {Case{"layer 1 of 3: trying formats", "", kMeasurements},
          Case{"layer 2 of 3: trying formats", "1 measurement for the choice of formats,",
               kMeasurements - 1},
          Case{"head: trying formats", "3 measurements for the choice", kMeasurements - 3},
          Case{"predictions as they are", "4 measurements for the choice", kMeasurements - 4},
          Case{"predictions with noise in attn_q.weight", "5 measurements for the choice",
               kMeasurements - 5},
          Case{"layer 1 of 3: collecting statistics", "12 measurements for the choice", 0},
          Case{"layer 2 of 3: collecting statistics", "1 finished layer,", 0},
          Case{"token_embd.weight", "4 finished layers,", 0}}) {
        CAPTURE(c.moment);
        options.resume = false;
        const std::string text = interruption_at(in, out, options, c.moment);
        const bool kept = c.kept[0] != 0;
        CHECK((text.find(partial + " keeps " + c.kept) != std::string::npos) == kept);
        CHECK(std::filesystem::exists(partial) == kept);
        options.resume = true;
        CHECK(count_measurements(in, out, options, &report) == c.left);
        CHECK(read_file(out) == bytes);
        CHECK(report.loss_shares == whole.loss_shares);
        CHECK(report.predicted_loss == whole.predicted_loss);
        CHECK(files_in(folder) == 2);
    }
}

TEST_CASE("allocation: plain rounding resumes its choice too") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::string out = folder.file("out.quern"), partial = out + ".partial";
    QuantizeOptions options = fitting(smallest_size(in, out) + 60'000);
    QuantizeReport report;
    CHECK(count_measurements(in, out, options, &report) == kMeasurements);
    const std::string bytes = read_file(out);
    for (const char* moment : {"predictions with noise in ffn_up.weight", "token_embd.weight"}) {
        CAPTURE(moment);
        options.resume = false;
        const std::string text = interruption_at(in, out, options, moment);
        CHECK(text.find(partial + " keeps ") != std::string::npos);
        options.resume = true;
        CHECK(count_measurements(in, out, options, &report) < 3);
        CHECK(read_file(out) == bytes);
        CHECK(files_in(folder) == 2);
    }
}

TEST_CASE("allocation: what was measured is kept through any cut or damage, or measured again") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::string out = folder.file("out.quern");
    QuantizeOptions options = fitting_gptq(in, out);
    quantized(in, out, options);
    const std::string bytes = read_file(out);
    interruption_at(in, out, options, "layer 1 of 3: collecting statistics");
    const std::string partial = read_file(out + ".partial");
    options.resume = true;
    for (size_t eighth = 0; eighth <= 9; ++eighth) {
        CAPTURE(eighth);
        std::string left = partial.substr(0, partial.size() * eighth / 8);
        if (eighth == 9) left[left.size() / 2] = static_cast<char>(left[left.size() / 2] + 1);
        folder.write("out.quern.partial", left);
        quantized(in, out, options);
        CHECK(read_file(out) == bytes);
    }
}

TEST_CASE("allocation: what was measured for another size or command is not used") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::string out = folder.file("out.quern");
    QuantizeOptions options = fitting_gptq(in, out);
    interruption_at(in, out, options, "head: trying formats");
    const std::string partial = read_file(out + ".partial");
    check_error(
        quantize_file(in, out, options).status(), Code::kWrongUse,
        "holds 3 measurements for the choice of formats of this very command; add --resume");
    options.resume = true;
    const std::string size = std::to_string(options.fit_bytes);
    QuantizeOptions other = options;
    other.fit_bytes += 1;
    check_error(quantize_file(in, out, other).status(), Code::kWrongUse,
                "it has 'size: " + size +
                    " bytes', this run 'size: " + std::to_string(other.fit_bytes) + " bytes'");
    other.fit_bytes = 0;
    other.target_bpw = 7.5;
    check_error(quantize_file(in, out, other).status(), Code::kWrongUse,
                "this run 'size: 7.5 bits per weight'");
    other = options;
    other.recipe.rules.push_back(std::move(*parse_rule("blk.1.ffn_up=q6_g32")));
    check_error(quantize_file(in, out, other).status(), Code::kWrongUse,
                "it has 'recipe: ', this run 'recipe: blk.1.ffn_up=q6_g32'");
    other = with_format("q4z_g32");
    other.method = "gptq";
    other.calibration = options.calibration;
    other.resume = true;
    check_error(quantize_file(in, out, other).status(), Code::kWrongUse, "it has 'recipe: '");
    CHECK(read_file(out + ".partial") == partial);
    other.resume = false;
    const std::vector<std::string> warnings = quantized(in, out, other).warnings;
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0] == out +
                             ".partial held 3 measurements for the choice of formats of a run "
                             "with other settings; it is replaced");
}

TEST_CASE("allocation: a finished layer behind an incomplete choice is refused") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::string out = folder.file("out.quern"), partial = out + ".partial";
    QuantizeOptions options = fitting_gptq(in, out);
    interruption_at(in, out, options, "predictions with noise in ffn_down.weight");
    const std::string left = read_file(partial);
    uint64_t bytes = 0;
    std::memcpy(&bytes, &left[8], sizeof bytes);
    {
        auto file = PartialFile::open(partial, left.substr(24, bytes), true);
        check_ok(file.status());
        CHECK((*file)->measured_frames() == kMeasurements - 1);
        check_ok((*file)->append({}));
    }
    options.resume = true;
    check_error(quantize_file(in, out, options).status(), Code::kBadFile,
                "does not hold what was measured of this model's formats");
}

TEST_CASE("allocation: a model that is on the probe's grid keeps its bits where they fit") {
    const TempDir folder;
    const std::string original = folder.write("in.gguf", LoudLlama().build());
    const std::string in = folder.file("in.quern"), out = folder.file("out.quern");
    QuantizeOptions options = with_format("f32");
    options.recipe.rules = {std::move(*parse_rule(".=q4m_g64d"))};
    quantized(original, in, options);
    quantized(in, out, fitting(std::filesystem::file_size(in) + 100'000));
    const auto model = open_model(out);
    for (const FileTensor& t : model->tensors()) {
        CAPTURE(t.name);
        if (t.rank == 2) CHECK(t.format->bits >= 4);
    }
}

TEST_CASE("allocation: progress of the choice and of the work after it never falls") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::string out = folder.file("out.quern");
    QuantizeOptions options = fitting_gptq(in, out);
    std::vector<int64_t> told;
    int64_t of = 0, chosen = -1;  // when the last kind was probed
    options.progress = [&](const std::string& what, int64_t done, int64_t total) {
        CHECK((told.empty() || (done >= told.back() && total == of)));
        of = total;
        told.push_back(done);
        if (what.find("predictions with noise") != std::string::npos) chosen = done;
    };
    const auto run = [&](bool chooses) {
        told.clear();
        chosen = -1;
        quantized(in, out, options);
        REQUIRE(!told.empty());
        CHECK(told.front() == 0);
        CHECK(told.back() == of);
        CHECK((chosen > 0) == chooses);
    };
    run(true);
    CHECK(chosen < of * 3 / 5);  // a share of its own
    options.method = "rtn";
    run(true);
    CHECK(chosen < of);
    options.method = "gptq";
    interruption_at(in, out, options, "layer 1 of 3: collecting statistics");
    options.resume = true;
    run(false);  // from 0, though the choice is known
}

TEST_CASE("allocation: crafted measurements are refused") {
    const TempDir folder;
    const std::string in = folder.write("in.gguf", LoudLlama().build());
    const std::string out = folder.file("out.quern"), partial = out + ".partial";
    QuantizeOptions options = fitting_gptq(in, out);
    interruption_at(in, out, options, "layer 2 of 3: trying formats");
    const std::string left = read_file(partial);
    uint64_t bytes = 0;
    std::memcpy(&bytes, &left[8], sizeof bytes);
    const std::string settings = left.substr(24, bytes);
    const std::vector<Measurement> layer =
        PartialFile::open(partial, settings, true).value()->measured();
    REQUIRE(layer.size() == 7);
    options.resume = true;
    const std::vector<std::vector<Measurement>> kinds = {
        {{"attn_x.weight", {0.1}}},                            // none of the model's
        {{"attn_q.weight", {0.1}}, {"attn_q.weight", {0.1}}},  // twice
        {{"attn_q.weight", {NAN}}},
        {{"attn_q.weight", {-0.1}}},
        {{"attn_q.weight", {}}}};
    for (const std::vector<Measurement>& kind : kinds) {
        CAPTURE(&kind - kinds.data());
        std::filesystem::remove(partial);
        check_ok(PartialFile::open(partial, settings, false).value()->append_measured(kind));
        check_error(quantize_file(in, out, options).status(), Code::kBadFile,
                    "does not hold what was measured of this model's formats");
    }
    for (int craft = 0; craft <= 7; ++craft) {
        CAPTURE(craft);
        std::vector<Measurement> crafted = layer;
        Measurement& t = crafted.back();
        if (craft == 0) t.values[3] = NAN;
        if (craft == 1) t.values[3] = -1;
        if (craft == 2) t.values.pop_back();
        if (craft == 3) t.values.push_back(1);
        if (craft == 4) t.name = "blk.0.attn_norm.weight";
        if (craft == 7) crafted.pop_back();
        std::filesystem::remove(partial);
        {
            auto file = PartialFile::open(partial, settings, false);
            check_ok((*file)->append_measured(crafted));
            if (craft == 5) check_ok((*file)->append({}));  // a layer finished before the choice
            for (int i = 0; craft == 6 && i < 4; ++i) check_ok((*file)->append_measured(layer));
        }
        check_error(quantize_file(in, out, options).status(), Code::kBadFile,
                    "does not hold what was measured of this model's formats");
        CHECK(!std::filesystem::exists(out));
    }
}
