// Asymmetric calibration: the statistics of the reference stream, the correction against its normal
// equations, and that it brings a product's outputs closer to those of the model as it was.
#include "rounding_fixtures.h"
#include "transform_fixture.h"

using namespace quern;
using namespace quern::test;

namespace {

constexpr const char* kQueries = "blk.1.attn_q.weight";  // 64 x 64

MemoryNeeds with_shifts() {
    MemoryNeeds needs;
    needs.hessians = needs.shifts = true;
    return needs;
}

/// mean x_i (y_j - x_j)
std::vector<float> shift_of(const std::vector<float>& x, const std::vector<float>& y,
                            int64_t tokens, int64_t n) {
    std::vector<float> shift;
    for (int64_t i = 0; i < n; ++i) {
        for (int64_t j = 0; j < n; ++j) {
            double sum = 0;
            for (int64_t t = 0; t < tokens; ++t) {
                sum += static_cast<double>(x[t * n + i]) *
                       (static_cast<double>(y[t * n + j]) - static_cast<double>(x[t * n + j]));
            }
            shift.push_back(static_cast<float>(sum / static_cast<double>(tokens)));
        }
    }
    return shift;
}

/// Inputs of a product, and what they are behind quantized layers: smaller and noisy.
struct Streams {
    static constexpr int64_t kN = 64, kTokens = 400;
    std::vector<float> original = correlated_inputs(3, kTokens, kN), quantized = original;

    Streams() {
        const std::vector<float> noise = gaussian(77, kTokens * kN);
        for (size_t i = 0; i < quantized.size(); ++i) {
            quantized[i] = 0.9f * original[i] + 0.4f * noise[i] * std::fabs(original[i]);
        }
    }
    InputStatistics statistics() const {
        InputStatistics s = statistics_of(quantized, kTokens, kN);
        s.shift = shift_of(quantized, original, kTokens, kN);
        return s;
    }
    /// mean |q x - w x'|^2, summed over rows
    double loss(const std::vector<float>& q, const std::vector<float>& w) const {
        double sum = 0;
        for (size_t row = 0; row < w.size(); row += kN) {
            for (int64_t t = 0; t < kTokens; ++t) {
                double difference = 0;
                for (int64_t k = 0; k < kN; ++k) {
                    difference +=
                        static_cast<double>(q[row + k]) *
                            static_cast<double>(quantized[t * kN + k]) -
                        static_cast<double>(w[row + k]) * static_cast<double>(original[t * kN + k]);
                }
                sum += difference * difference;
            }
        }
        return sum / kTokens;
    }
};

/// The queries' weights after the transform, on the statistics of Streams.
std::vector<float> corrected(TransformFixture& f, const InputStatistics& statistics,
                             float strength) {
    f.enter(1);
    find_tap(f.taps, kQueries)->statistics = statistics;
    TransformContext context = f.context();
    context.options.strength = strength;
    check_ok(find_transform("asymmetric")->apply(context));
    CHECK(find_tap(f.taps, kQueries)->statistics.shift.empty());
    return f.values(kQueries);
}

std::vector<float> rounded_values(const char* method, const InputStatistics& s,
                                  const std::vector<float>& w) {
    const Format& format = *find_format("q4z_g32");
    std::vector<float> values;
    for (size_t at = 0; at < w.size(); at += 16 * Streams::kN) {
        const std::vector<float> tile(w.begin() + static_cast<int64_t>(at),
                                      w.begin() + static_cast<int64_t>(at) + 16 * Streams::kN);
        const auto written =
            decoded(format, rounded(method, format, &s, {}, tile, 16).tile, 16, Streams::kN);
        values.insert(values.end(), written.begin(), written.end());
    }
    return values;
}

}  // namespace

TEST_CASE("asymmetric: the full correction solves the normal equations, half of it is half way") {
    const TempDir folder;
    TransformFixture f(folder.write("model.gguf", LoudLlama().build()), "q4z_g32",
                       GridChoice::kDefault, with_shifts());
    const InputStatistics s = Streams().statistics();
    const std::vector<float> w = values_of(*f.file, kQueries);
    const std::vector<float> full = corrected(f, s, 1), half = corrected(f, s, 0.5f);
    const auto n = static_cast<size_t>(s.n);
    double mean = 0;
    for (size_t i = 0; i < n; ++i) mean += static_cast<double>(s.hessian[i * n + i]) / 64;
    // (q - w)(H + lambda I) = w D in f64, lambda = 1 % of H's mean diagonal.
    double worst = 0, largest = 0;
    for (size_t row = 0; row < w.size(); row += n) {
        for (size_t j = 0; j < n; ++j) {
            double left = 0, right = 0;
            for (size_t i = 0; i < n; ++i) {
                const double h =
                    static_cast<double>(s.hessian[i * n + j]) + (i == j ? 0.01 * mean : 0);
                left += (static_cast<double>(full[row + i]) - static_cast<double>(w[row + i])) * h;
                right += static_cast<double>(w[row + i]) * static_cast<double>(s.shift[j * n + i]);
            }
            worst = std::max(worst, std::fabs(left - right));
            largest = std::max(largest, std::fabs(right));
        }
    }
    CHECK(worst < 1e-4 * largest);
    for (size_t i = 0; i < w.size(); ++i) {
        CHECK(half[i] == doctest::Approx((w[i] + full[i]) / 2).epsilon(1e-4));
    }
    CHECK(f.notes[kQueries] == "asymmetric 1 (damping 0.01); asymmetric 0.5 (damping 0.01)");
}

TEST_CASE("asymmetric: outputs come closer to the original's than with rounding alone") {
    const TempDir folder;
    TransformFixture f(folder.write("model.gguf", LoudLlama().build()), "q4z_g32",
                       GridChoice::kDefault, with_shifts());
    const Streams streams;
    const InputStatistics s = streams.statistics();
    const std::vector<float> w = values_of(*f.file, kQueries);
    for (const char* method : {"rtn", "gptq"}) {
        CAPTURE(method);
        const double plain = streams.loss(rounded_values(method, s, w), w);
        const double half = streams.loss(rounded_values(method, s, corrected(f, s, 0.5f)), w);
        const double full = streams.loss(rounded_values(method, s, corrected(f, s, 1)), w);
        CHECK(half < 0.8 * plain);
        CHECK(full < half);
    }
}

TEST_CASE("asymmetric: while the streams are the same nothing changes") {
    const TempDir folder;
    TransformFixture f(folder.write("model.gguf", LoudLlama().build()), "q4z_g32",
                       GridChoice::kDefault, with_shifts());
    for (int64_t layer = 0; layer < 2; ++layer) {
        f.enter(layer);
        for (const Tap& tap : f.taps) {
            const InputStatistics& s = tap.statistics;
            CHECK(s.shift == std::vector<float>(static_cast<size_t>(s.n * s.n)));
        }
        TransformContext context = f.context();
        check_ok(find_transform("asymmetric")->apply(context));
        for (const LayerTensor& t : f.runner->tensors().all()) {
            if (t.is_matrix()) CHECK(f.values(t.source->name) == values_of(*f.file, *t.source));
        }
        check_ok(f.runner->advance());
    }
}

TEST_CASE("asymmetric: the first shift is that of the normed embeddings") {
    const TempDir folder;
    TransformFixture f(folder.write("model.gguf", LoudLlama().build()), "q4z_g32",
                       GridChoice::kDefault, with_shifts(), "q3_g32");
    f.enter(0);
    const auto normed = [&](const std::vector<float>& table) {
        const std::vector<float> norm = values_of(*f.file, "blk.0.attn_norm.weight");
        std::vector<float> x;
        for (const int32_t id : f.runner->samples().ids) {
            const float* row = &table[static_cast<size_t>(id) * 64];
            double sum = 0;
            for (size_t i = 0; i < 64; ++i) sum += static_cast<double>(row[i] * row[i]);
            for (size_t i = 0; i < 64; ++i) {
                x.push_back(static_cast<float>(static_cast<double>(row[i] * norm[i]) /
                                               std::sqrt(sum / 64 + 1e-5)));
            }
        }
        return x;
    };
    const Format& q3 = *find_format("q3_g32");
    std::vector<float> rounded_table(LoudLlama::kVocab * 64);
    for (int64_t i = 0; i < LoudLlama::kVocab; ++i) {
        q3.decode_row(q3, f.tiles.data() + static_cast<uint64_t>(i / 16) * q3.tile_bytes(q3, 64),
                      i % 16, 64, &rounded_table[static_cast<size_t>(i * 64)]);
    }
    const InputStatistics& s = f.taps[0].statistics;
    const std::vector<float> expected = shift_of(
        normed(rounded_table), normed(values_of(*f.file, "token_embd.weight")), 4 * 48, 64);
    float largest = 0, worst = 0;
    REQUIRE(s.shift.size() == expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
        largest = std::max(largest, std::fabs(expected[i]));
        worst = std::max(worst, std::fabs(expected[i] - s.shift[i]));
    }
    CHECK(worst < 1e-4f * largest);
}

TEST_CASE("asymmetric: the reference stream is the same whether a layer is collected or not") {
    const TempDir folder;
    const std::string path = folder.write("model.gguf", LoudLlama().build());
    std::vector<float> shifts[2];
    for (const bool resumed : {false, true}) {
        TransformFixture f(path, "q4z_g32", GridChoice::kDefault, with_shifts(), "q3_g32");
        if (resumed) {
            check_ok(f.runner->load(0));
            check_ok(f.runner->advance_reference());
        } else {
            f.enter(0);
        }
        // The stream sees other weights, the reference does not.
        LayerTensor* t = f.runner->tensors().find("blk.0.ffn_down.weight");
        std::fill_n(t->tile(0), t->tile_floats(), 0.0f);
        check_ok(f.runner->advance());
        f.enter(1);
        shifts[resumed] = f.taps[3].statistics.shift;
    }
    CHECK(shifts[0] == shifts[1]);
    CHECK(shifts[0] != std::vector<float>(shifts[0].size()));
}

TEST_CASE("asymmetric: shifts follow factors that move, as the changed layer measures them") {
    const TempDir folder;
    const std::string path = folder.write("model.gguf", LoudLlama().build());
    TransformFixture told(path, "q4z_g32", GridChoice::kDefault, with_shifts(), "q3_g32");
    TransformFixture found(path, "q4z_g32", GridChoice::kDefault, with_shifts(), "q3_g32");
    told.enter(0);
    told.fold_at_random(30);
    check_ok(found.runner->load(0));
    found.folds = found.runner->architecture().folds(0);
    found.taps = told.taps;  // overwritten below
    found.fold_at_random(30);
    auto measured = found.runner->collect(true);
    REQUIRE(measured.ok());
    for (size_t tap = 0; tap < told.taps.size(); ++tap) {
        CAPTURE(tap);
        const InputStatistics& a = told.taps[tap].statistics;
        const InputStatistics& b = (*measured)[tap].statistics;
        const auto n = static_cast<size_t>(a.n);
        REQUIRE(b.shift.size() == n * n);
        for (size_t i = 0; i < n * n; ++i) {
            const float unit = std::sqrt(b.mean_square[i / n] * b.mean_square[i % n]);
            CHECK(std::fabs(a.shift[i] - b.shift[i]) <= 1e-3f * unit);
        }
    }
}

TEST_CASE("asymmetric: unusable moments leave the weights as they are, and are told") {
    const TempDir folder;
    TransformFixture f(folder.write("model.gguf", LoudLlama().build()), "q4z_g32",
                       GridChoice::kDefault, with_shifts());
    const std::vector<float> w = values_of(*f.file, kQueries);
    InputStatistics s = Streams().statistics();
    s.shift[5] = HUGE_VALF;
    CHECK(corrected(f, s, 1) == w);
    s = Streams().statistics();
    s.hessian[5 * 64 + 5] = -1e9f;
    CHECK(corrected(f, s, 1) == w);
    CHECK(f.notes[kQueries].find("asymmetric: not corrected") == 0);
}
