// A layer in memory with its statistics and a context for transforms, and models written from
// layers.
#pragma once

#include <cmath>

#include "calibration/block_runner.h"
#include "fixtures.h"
#include "methods/methods.h"
#include "models/session.h"
#include "plan.h"
#include "support/loud_llama.h"
#include "transforms/transforms.h"

namespace quern::test {

struct TransformFixture {
    /// With a reference stream where `needs` wants one; the other begins with an embedding that
    /// `embedding_format` rounded (empty: that of the file).
    explicit TransformFixture(const std::string& model_path, const std::string& format,
                              GridChoice grid = GridChoice::kDefault, const MemoryNeeds& needs = {},
                              const std::string& embedding_format = "")
        : file(open_model(model_path)), options(with_format(format)) {
        options.rounding.grid = grid;
        auto made_plan = make_plan(*file, {}, options);
        REQUIRE(made_plan.ok());
        plan = std::move(*made_plan);
        RunnerOptions runner_options;
        runner_options.needs = needs;
        runner_options.equal_tokens = true;  // sums are those of plain formulas
        auto runner_made = BlockRunner::create(*file, samples(), runner_options);
        check_ok(runner_made.status());
        REQUIRE(runner_made.ok());
        runner = std::move(*runner_made);
        const FileTensor& t = *file->find("token_embd.weight");
        tiles = packed_tiles(*file, t);
        const Format& embedded =
            embedding_format.empty() ? *t.format : *find_format(embedding_format);
        if (!embedding_format.empty()) tiles = encoded(values_of(*file, t), t.cols(), embedded);
        check_ok(runner->embed(embedded, reinterpret_cast<std::byte*>(tiles.data())));
        if (needs.shifts) check_ok(runner->embed_reference());
    }

    /// Tiles of row-major values, rounded to nearest.
    static std::vector<uint8_t> encoded(const std::vector<float>& values, int64_t cols,
                                        const Format& format) {
        const auto rows = static_cast<int64_t>(values.size()) / cols;
        const uint64_t tile = format.tile_bytes(format, cols);
        std::vector<uint8_t> bytes(format.matrix_bytes(rows, cols));
        for (int64_t i = 0; i < n_tiles(rows); ++i) {
            format.encode_tile(&values[static_cast<size_t>(i * kTileRows * cols)],
                               std::min(kTileRows, rows - i * kTileRows), cols,
                               bytes.data() + static_cast<uint64_t>(i) * tile);
        }
        return bytes;
    }

    /// Any ids do, in a model with any tokenizer.
    static Samples samples() {
        Samples s{4, 48, {}, 0};
        for (uint64_t i = 0; i < 4 * 48; ++i) {
            s.ids.push_back(static_cast<int32_t>(splitmix64(i) % 61));
        }
        return s;
    }

    /// Loads a layer and measures it.
    void enter(int64_t layer) {
        check_ok(runner->load(layer));
        auto collected = runner->collect(true);
        check_ok(collected.status());
        REQUIRE(collected.ok());
        taps = std::move(*collected);
        folds = runner->architecture().folds(layer);
    }
    TransformContext context() { return context(folds); }
    TransformContext context(std::span<const ScaleFold> some) {
        return {runner->tensors(), taps,           some,    plan,
                options.rounding,  runner->pool(), nullptr, notes};
    }
    /// Factors of 0.1 to 10 in every fold of the layer.
    void fold_at_random(uint64_t seed) {
        TransformContext with_folds = context();
        for (const ScaleFold& fold : folds) {
            std::vector<float> scales = uniform(++seed, fold.channels);
            for (float& s : scales) s = std::pow(10.0f, 2 * s);
            apply_fold(fold, scales, with_folds);
        }
    }
    /// Row-major values of a matrix of the layer.
    std::vector<float> values(const std::string& name) {
        LayerTensor* t = runner->tensors().find(name);
        REQUIRE(t != nullptr);
        std::vector<float> out(static_cast<size_t>(t->rows() * t->cols()));
        for (int64_t i = 0; i < t->tiles(); ++i) {
            unpack_tile(t->tile(i), t->tile_rows(i), t->cols(), &out[i * kTileRows * t->cols()]);
        }
        return out;
    }

    std::unique_ptr<ModelFile> file;
    QuantizeOptions options;
    Plan plan;
    std::vector<uint8_t> tiles;
    std::unique_ptr<BlockRunner> runner;
    std::vector<Tap> taps;
    std::vector<ScaleFold> folds;
    std::map<std::string, std::string> notes;
};

/// Of the last token of a sample, with activations in f32 or, if `int8`, as they come.
inline std::vector<float> logits_of(const std::string& path, bool int8 = false) {
    ModelOptions model_options;
    model_options.need_tokenizer = false;
    model_options.exact_inputs = !int8;
    auto model = Model::load(path, model_options);
    check_ok(model.status());
    REQUIRE(model.ok());
    SessionOptions options;
    options.cache_keys = options.cache_values = "f32";
    options.context = 64;
    auto session = Session::create(*model, options);
    REQUIRE(session.ok());
    const Samples samples = TransformFixture::samples();
    const auto ids = samples.sample(1);
    check_ok((*session)->eval(std::vector<int32_t>(ids.begin(), ids.end()), 48));
    return {(*session)->logits().begin(), (*session)->logits().end()};
}

/// tr(D H D^T), D = round(w) - w by the format itself, of row-major w.
inline double rounding_loss(const Format& f, const std::vector<float>& w, const InputStatistics& s,
                            GridChoice grid) {
    const auto rounding = nearest_rounding(f, &s, grid);
    const auto cols = static_cast<size_t>(s.n);
    double sum = 0;
    std::vector<uint8_t> tile(f.tile_bytes(f, s.n));
    std::vector<float> d(cols);
    for (size_t at = 0; at < w.size(); at += cols) {
        std::fill(tile.begin(), tile.end(), uint8_t{0});
        rounding->encode_tile(&w[at], 1, s.n, tile.data());
        f.decode_row(f, tile.data(), 0, s.n, d.data());
        for (size_t k = 0; k < cols; ++k) d[k] -= w[at + k];
        for (size_t i = 0; i < cols; ++i) {
            for (size_t j = 0; j < cols; ++j) {
                sum += static_cast<double>(d[i]) * static_cast<double>(s.hessian[i * cols + j]) *
                       static_cast<double>(d[j]);
            }
        }
    }
    return sum;
}

}  // namespace quern::test
