// Samples, the block runner and its statistics.
#include <algorithm>
#include <cmath>

#include "calibration/block_runner.h"
#include "calibration/default_text.h"
#include "calibration/input_sums.h"
#include "fixtures.h"
#include "support/loud_llama.h"
#include "tensor/system.h"

using namespace quern;
using namespace quern::test;

namespace {

std::unique_ptr<Tokenizer> byte_tokenizer(const ModelFile& file) {
    auto tokenizer = Tokenizer::create(file.metadata(), LoudLlama::kVocab);
    check_ok(tokenizer.status());
    REQUIRE(tokenizer.ok());
    return std::move(*tokenizer);
}

Samples some_samples(const ModelFile& file, int64_t count, int64_t tokens, uint64_t seed = 0) {
    auto samples =
        choose_samples(*byte_tokenizer(file), default_text(), "text", count, tokens, seed);
    check_ok(samples.status());
    REQUIRE(samples.ok());
    return *samples;
}

struct Fixture {
    explicit Fixture(int threads = 1, uint64_t max_memory = 0, bool equal_tokens = true,
                     const MemoryNeeds& needs = {}) {
        path = folder.write("model.gguf", LoudLlama().build());
        file = open_model(path);
        RunnerOptions options;
        options.threads = threads;
        options.max_memory = max_memory;
        options.equal_tokens = equal_tokens;
        options.needs = needs;
        options.folder = folder.path();
        auto made = BlockRunner::create(*file, some_samples(*file, 4, 48), options);
        check_ok(made.status());
        REQUIRE(made.ok());
        runner = std::move(*made);
        const FileTensor& t = *file->find("token_embd.weight");
        tiles = packed_tiles(*file, t);
        check_ok(runner->embed(*t.format, reinterpret_cast<std::byte*>(tiles.data())));
        if (needs.shifts) check_ok(runner->embed_reference());
    }
    std::vector<Tap> taps_of(int64_t layer) {
        check_ok(runner->load(layer));
        auto taps = runner->collect(true);
        check_ok(taps.status());
        REQUIRE(taps.ok());
        return *taps;
    }

    TempDir folder;
    std::string path;
    std::unique_ptr<ModelFile> file;
    std::unique_ptr<BlockRunner> runner;
    std::vector<uint8_t> tiles;
};

}  // namespace

TEST_CASE("samples: windows of the text, different ones, the same for the same seed") {
    const TempDir folder;
    const auto file = open_model(folder.write("model.gguf", LoudLlama().build()));
    const Samples a = some_samples(*file, 20, 40, 1), b = some_samples(*file, 20, 40, 1);
    CHECK(a.ids == b.ids);
    CHECK(a.ids != some_samples(*file, 20, 40, 2).ids);
    std::vector<std::string> texts;
    const std::string whole = default_text();
    for (int64_t i = 0; i < a.count; ++i) {
        std::string text;
        for (const int32_t id : a.sample(i)) text += byte_tokenizer(*file)->decode(id);
        bool found = false;
        for (size_t at = 0; at + 40 <= whole.size(); at += 40)
            found |= whole.substr(at, 40) == text;
        CHECK(found);
        texts.push_back(text);
    }
    std::sort(texts.begin(), texts.end());
    CHECK(std::adjacent_find(texts.begin(), texts.end()) == texts.end());
}

TEST_CASE("samples: a short text is refused with what it holds") {
    const TempDir folder;
    const auto file = open_model(folder.write("model.gguf", LoudLlama().build()));
    const auto tokenizer = byte_tokenizer(*file);
    const auto samples = choose_samples(*tokenizer, std::string(100, 'a'), "a.txt", 4, 32, 0);
    check_error(samples.status(), Code::kWrongUse,
                "a.txt: has 100 tokens, enough for 3 samples of 32");
    const auto all = choose_samples(*tokenizer, std::string(100, 'a'), "a.txt", 0, 32, 0);
    REQUIRE(all.ok());
    CHECK(all.value().count == 3);
    CHECK(!choose_samples(*tokenizer, "short", "a.txt", 0, 32, 0).ok());
    for (const auto& [count, tokens] : {std::pair{-1, 32}, std::pair{4, 0}, std::pair{4, -1}}) {
        check_error(
            choose_samples(*tokenizer, std::string(100, 'a'), "a.txt", count, tokens, 0).status(),
            Code::kWrongUse, "or more, not ");
    }
}

TEST_CASE("block runner: products with one input share its statistics") {
    Fixture f;
    const std::vector<Tap> taps = f.taps_of(0);
    REQUIRE(taps.size() == 4);
    CHECK(taps[0].matrices.size() == 3);
    CHECK(taps[1].matrices == std::vector<std::string>{"blk.0.attn_output.weight"});
    CHECK(taps[2].matrices ==
          std::vector<std::string>{"blk.0.ffn_gate.weight", "blk.0.ffn_up.weight"});
    CHECK(taps[3].matrices == std::vector<std::string>{"blk.0.ffn_down.weight"});
    CHECK(taps[3].statistics.n == 96);
    for (const Tap& tap : taps) {
        const InputStatistics& s = tap.statistics;
        for (int64_t i = 0; i < s.n; ++i) {
            const auto at = static_cast<size_t>(i);
            CHECK(s.hessian[at * static_cast<size_t>(s.n) + at] ==
                  doctest::Approx(s.mean_square[at]).epsilon(1e-4));
            CHECK(s.mean_abs[at] <= s.max_abs[at]);
            CHECK(s.mean_abs[at] * s.mean_abs[at] <= s.mean_square[at] * 1.0001f);
            CHECK(s.hessian[at] == s.hessian[at * static_cast<size_t>(s.n)]);
        }
    }
}

TEST_CASE("block runner: the first input is the normed embedding of the samples") {
    Fixture f;
    const InputStatistics s = f.taps_of(0)[0].statistics;
    const std::vector<float> table = values_of(*f.file, "token_embd.weight");
    const std::vector<float> norm = values_of(*f.file, "blk.0.attn_norm.weight");
    std::vector<double> square(64);
    for (const int32_t id : f.runner->samples().ids) {
        const float* row = &table[static_cast<size_t>(id) * 64];
        double sum = 0;
        for (size_t i = 0; i < 64; ++i)
            sum += static_cast<double>(row[i]) * static_cast<double>(row[i]);
        for (size_t i = 0; i < 64; ++i) {
            const double x = static_cast<double>(row[i]) / std::sqrt(sum / 64 + 1e-5) *
                             static_cast<double>(norm[i]);
            square[i] += x * x / (4 * 48);
        }
    }
    for (size_t i = 0; i < 64; ++i)
        CHECK(s.mean_square[i] == doctest::Approx(square[i]).epsilon(1e-4));
}

TEST_CASE("statistics: sums over 100,000 tokens are those of f64") {
    constexpr int64_t kInputs = 5, kTokens = 512, kRuns = 200;
    ThreadPool pool(2);
    Graph g(pool.size());
    Tensor* x = g.input(Storage::kF32, kTokens, kInputs);
    InputSums sums(kInputs, true);
    sums.record(g, x);
    REQUIRE(g.plan().ok());
    double products[kInputs][kInputs] = {};
    for (int64_t run = 0; run < kRuns; ++run) {
        const std::vector<float> values = uniform(static_cast<uint64_t>(run), kTokens * kInputs);
        for (int64_t t = 0; t < kTokens; ++t) {
            float* row = x->row<float>(t);
            for (int64_t i = 0; i < kInputs; ++i) {
                row[i] = 1 + values[static_cast<size_t>(t * kInputs + i)];  // sums only grow
            }
            for (int64_t i = 0; i < kInputs; ++i) {
                for (int64_t j = 0; j < kInputs; ++j) {
                    products[i][j] += static_cast<double>(row[i]) * static_cast<double>(row[j]);
                }
            }
        }
        g.run(pool, active_kernels());
    }
    const InputStatistics s = sums.finish(kTokens * kRuns);
    for (int64_t i = 0; i < kInputs; ++i) {
        for (int64_t j = 0; j < kInputs; ++j) {
            const double expected = products[i][j] / (kTokens * kRuns);
            CHECK(s.hessian[static_cast<size_t>(i * kInputs + j)] ==
                  doctest::Approx(expected).epsilon(2e-6));
        }
        CHECK(s.mean_square[static_cast<size_t>(i)] ==
              doctest::Approx(products[i][i] / (kTokens * kRuns)).epsilon(2e-6));
    }
}

TEST_CASE("input sums: squares, products and shifts count a token by what it received") {
    ThreadPool pool(2);
    Graph g(pool.size());
    Tensor* x = g.input(Storage::kF32, 3, 2);
    Tensor* other = g.input(Storage::kF32, 3, 2);
    Tensor* received = g.input(Storage::kF32, 2, 3);  // of two heads
    InputSums sums(2, true);
    sums.record(g, x, received);
    sums.record_shift(g, other);
    REQUIRE(g.plan().ok());
    const float rows[3][2] = {{1, 2}, {-3, 1}, {2, 2}}, heads[2][3] = {{2, 0, 1}, {1, 1, 1}};
    for (int64_t t = 0; t < 3; ++t) {
        for (int64_t i = 0; i < 2; ++i) {
            x->row<float>(t)[i] = rows[t][i];
            other->row<float>(t)[i] = 3 * rows[t][i];
            received->row<float>(i)[t] = heads[i][t];
        }
    }
    g.run(pool, active_kernels());
    const InputStatistics s = sums.finish(3);
    const float weights[3] = {1.25f, 0.75f, 1};  // half equal
    CHECK(s.max_abs == std::vector<float>{3, 2});
    CHECK(s.mean_abs[0] == doctest::Approx(2));
    for (size_t i = 0; i < 2; ++i) {
        for (size_t j = 0; j < 2; ++j) {
            float product = 0;
            for (size_t t = 0; t < 3; ++t) product += weights[t] * rows[t][i] * rows[t][j] / 3;
            CHECK(s.hessian[i * 2 + j] == doctest::Approx(product));
            CHECK(s.shift[i * 2 + j] == doctest::Approx(2 * product));
            if (i == j) CHECK(s.mean_square[i] == doctest::Approx(product));
        }
    }
}

TEST_CASE("block runner: tokens count by attention in what queries, keys and values read") {
    Fixture equal, weighed(2, 0, false);
    const std::vector<Tap> a = equal.taps_of(0), b = weighed.taps_of(0);
    REQUIRE(a.size() == b.size());
    for (size_t i = 0; i < a.size(); ++i) {
        CAPTURE(i);
        const InputStatistics &x = a[i].statistics, &y = b[i].statistics;
        CHECK(x.mean_abs == y.mean_abs);
        CHECK(x.max_abs == y.max_abs);
        CHECK((x.mean_square == y.mean_square) == (i > 0));
        CHECK((x.hessian == y.hessian) == (i > 0));
        for (size_t k = 0; k < y.mean_square.size(); ++k) {
            CHECK(y.hessian[k * y.mean_square.size() + k] ==
                  doctest::Approx(y.mean_square[k]).epsilon(1e-4));
        }
    }
}

TEST_CASE("block runner: a second stream does not change what tokens of the first one count") {
    MemoryNeeds shifts;
    shifts.hessians = shifts.shifts = true;
    Fixture alone(1, 0, false), beside(1, 0, false, shifts);
    for (Fixture* f : {&alone, &beside}) {
        f->taps_of(0);
        // From here on the streams, and so their keys, differ.
        LayerTensor* t = f->runner->tensors().find("blk.0.ffn_down.weight");
        REQUIRE(t != nullptr);
        std::fill_n(t->tile(0), t->tile_floats(), 0.0f);
        check_ok(f->runner->advance());
    }
    const std::vector<Tap> a = alone.taps_of(1), b = beside.taps_of(1);
    CHECK(a[0].statistics.shift.empty());
    CHECK(b[0].statistics.shift != std::vector<float>(b[0].statistics.shift.size()));
    for (size_t i = 0; i < a.size(); ++i) {
        CHECK(a[i].statistics.hessian == b[i].statistics.hessian);
    }
}

TEST_CASE("block runner: threads and a file of activations change nothing") {
    Fixture plain(1, 0, false), other(3, 1, false);
    for (int64_t layer = 0; layer < 3; ++layer) {
        const std::vector<Tap> a = plain.taps_of(layer), b = other.taps_of(layer);
        for (size_t i = 0; i < a.size(); ++i) {
            CHECK(a[i].statistics.hessian == b[i].statistics.hessian);
            CHECK(a[i].statistics.mean_abs == b[i].statistics.mean_abs);
            CHECK(a[i].statistics.max_abs == b[i].statistics.max_abs);
        }
        check_ok(plain.runner->advance());
        check_ok(other.runner->advance());
    }
}

TEST_CASE("block runner: rounded matrices run in their tiles, without the values they had") {
    const Format& f = *find_format("q8_g32");
    std::vector<float> found[2];
    for (const bool in_tiles : {false, true}) {
        Fixture fixture;
        check_ok(fixture.runner->load(0));
        for (LayerTensor& t : fixture.runner->tensors().all()) {
            if (!t.is_matrix()) continue;
            const uint64_t unit = f.tile_bytes(f, t.cols());
            std::vector<uint8_t> tiles(static_cast<size_t>(t.tiles()) * unit);
            std::vector<float> rows(static_cast<size_t>(kTileRows * t.cols()));
            for (int64_t i = 0; i < t.tiles(); ++i) {
                uint8_t* tile = &tiles[static_cast<size_t>(i) * unit];
                unpack_tile(t.tile(i), t.tile_rows(i), t.cols(), rows.data());
                f.encode_tile(rows.data(), t.tile_rows(i), t.cols(), tile);
                for (int64_t r = 0; r < t.tile_rows(i); ++r) {
                    f.decode_row(f, tile, r, t.cols(), &rows[static_cast<size_t>(r * t.cols())]);
                }
                pack_tile(rows.data(), t.tile_rows(i), t.cols(), t.tile(i));
            }
            if (in_tiles) t.keep_rounded(f, tiles);
            t.drop_values();
            CHECK((t.memory == nullptr) == in_tiles);
        }
        check_ok(fixture.runner->advance());
        found[in_tiles] = fixture.taps_of(1)[0].statistics.mean_square;
    }
    CHECK(found[0] != found[1]);  // of int8 inputs
    for (size_t i = 0; i < found[0].size(); ++i) {
        CHECK(found[1][i] == doctest::Approx(found[0][i]).epsilon(0.03));
    }
}

TEST_CASE("block runner: a head whose inputs are not finite is named, as a layer is") {
    Fixture f;
    CHECK(f.runner->architecture().embedding()->data == nullptr);  // the table is not needed again
    check_ok(f.runner->load(2));
    LayerTensor* t = f.runner->tensors().find("blk.2.ffn_down.weight");
    REQUIRE(t != nullptr);
    std::fill_n(t->tile(0), t->tile_floats(), 3e38f);
    check_ok(f.runner->advance());
    check_error(f.runner->collect(false).status(), Code::kBadFile, "layer 3: the inputs of tensor");
    check_error(f.runner->collect_head().status(), Code::kBadFile, "head: the inputs of tensor");
}

TEST_CASE("block runner: the memory it tells of has every large part, and decides about the file") {
    const TempDir folder;
    const auto file = open_model(folder.write("model.gguf", LoudLlama().build()));
    const auto runner = [&](const MemoryNeeds& needs, uint64_t max_memory) {
        RunnerOptions options;
        options.max_memory = max_memory;
        options.folder = folder.path();
        options.needs = needs;
        auto made = BlockRunner::create(*file, some_samples(*file, 40, 48), options);
        check_ok(made.status());
        REQUIRE(made.ok());
        return std::move(*made);
    };
    constexpr uint64_t kStream = 40 * 48 * 64 * 4;
    constexpr uint64_t kHessians = (3 * 64 * 64 + 96 * 96) * 4, kFactor = 64 * 64 * 4;
    // So much for the first matrix that rounding it is more than all that follows, and than
    // running.
    using Written = MemoryNeeds::Written;
    const auto first_is = [](uint64_t bytes) {
        return [bytes](const std::string& name) {
            return Written{name.ends_with("attn_q.weight") ? bytes : 0, true, true};
        };
    };
    MemoryNeeds needs;
    needs.written = first_is(120'000);
    const uint64_t plain = runner(needs, 0)->memory_bytes();
    needs.hessians = true;
    CHECK(runner(needs, 0)->memory_bytes() - plain == kHessians);
    needs.written = first_is(200'000);
    const uint64_t measured = runner(needs, 0)->memory_bytes();
    MemoryNeeds shifted = needs;
    shifted.shifts = true;  // another matrix per input, one to solve with, and a stream
    CHECK(runner(shifted, 0)->memory_bytes() - measured == kHessians + kFactor + kStream);
    CHECK(runner(shifted, 1)->file_bytes() == 2 * kStream);
    needs.factors = true;
    const uint64_t factored = runner(needs, 0)->memory_bytes();
    CHECK(factored - measured == kFactor);
    // In the end there are three of everything that is written, and little else.
    constexpr uint64_t kWritten = 1'000'000;
    MemoryNeeds large = needs;
    large.written = [](const std::string&) { return Written{kWritten, true, true}; };
    const uint64_t written = runner(large, 0)->memory_bytes();
    CHECK(written > 3 * 9 * kWritten);
    CHECK(written < 3 * 9 * kWritten + factored);
    large.written = [](const std::string&) { return Written{kWritten, true, false}; };
    constexpr uint64_t kValues = (3 * 64 * 64 + 3 * 64 * 96) * 4;
    CHECK(runner(large, 0)->memory_bytes() - written == kValues);
    for (const bool enough : {false, true}) {
        const auto limited = runner(needs, factored - (enough ? 0 : 1));
        CHECK(limited->file_bytes() == (enough ? 0 : kStream));
        CHECK(limited->memory_bytes() == factored - (enough ? 0 : kStream));
    }
}
