// Folds do not change the function; AWQ and clipping do not raise the losses that they search.
#include <algorithm>
#include <cmath>

#include "support/data.h"
#include "support/tiny_llama.h"
#include "tensor/quern_writer.h"
#include "transform_fixture.h"

using namespace quern;
using namespace quern::test;

namespace {

void write_tensor(QuernWriter& writer, const LayerTensor* changed, const ModelFile& file,
                  const FileTensor& t) {
    const Format& f32 = *find_format("f32");
    check_ok(writer.begin_tensor(t.name, t.rank, t.shape, f32));
    if (changed) {
        check_ok(
            writer.append(reinterpret_cast<const uint8_t*>(changed->vector()), changed->bytes()));
    } else {
        REQUIRE(t.format->name == "f32");
        std::vector<float> values = values_of(file, t);
        std::vector<uint8_t> bytes;
        if (t.rank == 2) bytes = packed_tiles(file, t);
        const auto* data = t.rank == 2 ? bytes.data() : reinterpret_cast<uint8_t*>(values.data());
        check_ok(writer.append(data, t.rank == 2 ? bytes.size() : values.size() * sizeof(float)));
    }
    check_ok(writer.end_tensor({}));
}

/// Random factors in every fold of every layer, then the largest difference of logits, relative to
/// the largest logit.
double folded_difference(const std::string& path) {
    TransformFixture f(path, "q4_g32");
    const TempDir folder;
    std::vector<LayerTensors> layers(
        static_cast<size_t>(f.runner->architecture().shape().n_layers));
    auto writer = QuernWriter::create(folder.file("folded.quern"), f.file->metadata());
    REQUIRE(writer.ok());
    for (size_t i = 0; i < layers.size(); ++i) {
        f.enter(static_cast<int64_t>(i));
        f.fold_at_random(70 + i);
        std::swap(layers[i], f.runner->tensors());
    }
    for (const FileTensor& t : f.file->tensors()) {
        const LayerTensor* changed = nullptr;
        for (LayerTensors& layer : layers) {
            if (!changed) changed = layer.find(t.name);
        }
        write_tensor(**writer, changed, *f.file, t);
    }
    check_ok((*writer)->finish());
    const std::vector<float> before = logits_of(path),
                             after = logits_of(folder.file("folded.quern"));
    REQUIRE(before.size() == after.size());
    float largest = 0, difference = 0;
    for (size_t i = 0; i < before.size(); ++i) {
        largest = std::max(largest, std::fabs(before[i]));
        difference = std::max(difference, std::fabs(before[i] - after[i]));
    }
    return static_cast<double>(difference / largest);
}

}  // namespace

TEST_CASE("folds: random factors do not change the logits, grouped heads included") {
    const TempDir folder;
    CHECK(folded_difference(folder.write("model.gguf", LoudLlama().build())) < 1e-4);
    LoudLlama plain;
    plain.kv_heads = plain.heads;
    CHECK(folded_difference(folder.write("plain.gguf", plain.build())) < 1e-4);
    LoudLlama one;
    one.kv_heads = 1;
    CHECK(folded_difference(folder.write("one.gguf", one.build())) < 1e-4);
    if (have(shared("stories-260k-f32.gguf"))) {
        CHECK(folded_difference(shared("stories-260k-f32.gguf")) < 1e-4);
    }
}

TEST_CASE("folds: statistics are those that the changed layer measures") {
    const TempDir folder;
    TransformFixture f(folder.write("model.gguf", LoudLlama().build()), "q4_g32");
    f.enter(0);
    f.fold_at_random(30);
    auto measured = f.runner->collect(true);
    REQUIRE(measured.ok());
    for (size_t tap = 0; tap < f.taps.size(); ++tap) {
        const InputStatistics& told = f.taps[tap].statistics;
        const InputStatistics& found = (*measured)[tap].statistics;
        const auto n = static_cast<size_t>(told.n);
        for (size_t i = 0; i < n; ++i) {
            CHECK(told.mean_abs[i] == doctest::Approx(found.mean_abs[i]).epsilon(1e-3));
            CHECK(told.max_abs[i] == doctest::Approx(found.max_abs[i]).epsilon(1e-3));
            const float unit = std::sqrt(found.mean_square[i] * found.mean_square[0]);
            CHECK(std::fabs(told.hessian[i] - found.hessian[i]) <= 1e-3f * unit);
        }
    }
}

TEST_CASE("awq: the loss at the chosen scales is not above that without") {
    const TempDir folder;
    const std::string path = folder.write("model.gguf", LoudLlama().build());
    struct Case {
        const char* name;
        GridChoice grid;
    };
    for (const Case& c : {Case{"q3z_g32", GridChoice::kRange},
                          {"q4_g64", GridChoice::kRange},
                          {"q4m_g32", GridChoice::kRange},
                          {"nf4_g64", GridChoice::kRange},
                          {"q2z_row", GridChoice::kRange},
                          {"q3z_g32", GridChoice::kDefault},
                          {"q4m_g32", GridChoice::kDefault}}) {
        CAPTURE(c.name);
        CAPTURE(static_cast<int>(c.grid));
        TransformFixture f(path, c.name, c.grid);
        const Format& format = *find_format(c.name);
        bool improved = false;
        for (size_t fold = 0; fold < 4; ++fold) {
            CAPTURE(fold);
            f.enter(1);
            const std::vector<ScaleFold> one = {f.folds[fold]};
            TransformContext context = f.context(one);
            const auto loss = [&] {
                double sum = 0;
                for (const Tensor* t : one[0].consumers) {
                    sum += rounding_loss(format, f.values(t->name),
                                         context.tap_of(t->name)->statistics, c.grid);
                }
                return sum;
            };
            const double before = loss();
            check_ok(find_transform("awq")->apply(context));
            const double after = loss();
            CHECK(after <= before * 1.0001);
            improved |= after < 0.95 * before;
        }
        if (c.grid == GridChoice::kRange) CHECK(improved);  // a searched grid leaves less to gain
    }
}

TEST_CASE("clip: no group's error rises, and some fall") {
    const TempDir folder;
    const std::string path = folder.write("model.gguf", LoudLlama().build());
    for (const char* format_name : {"q3z_g32", "q3_g32", "q4m_g32", "q2z_g32"}) {
        CAPTURE(format_name);
        TransformFixture f(path, format_name, GridChoice::kRange);
        const Format& format = *find_format(format_name);
        f.enter(0);
        const std::string name = "blk.0.ffn_down.weight";
        const std::vector<float> w = f.values(name), queries = f.values("blk.0.attn_q.weight");
        TransformContext context = f.context();
        check_ok(find_transform("clip")->apply(context));
        const std::vector<float> clipped = f.values(name);
        CHECK(f.values("blk.0.attn_q.weight") == queries);
        const InputStatistics& s = context.tap_of(name)->statistics;
        constexpr size_t kCols = 96, kGroup = 32;
        const auto error = [&](const std::vector<float>& from, size_t row, size_t begin) {
            std::vector<uint8_t> tile(format.tile_bytes(format, kCols));
            std::vector<float> d(kCols);
            format.encode_row(format, &from[row * kCols], 0, kCols, tile.data());
            format.decode_row(format, tile.data(), 0, kCols, d.data());
            double sum = 0;
            for (size_t i = begin; i < begin + kGroup; ++i) {
                for (size_t j = begin; j < begin + kGroup; ++j) {
                    sum +=
                        static_cast<double>((d[i] - w[row * kCols + i]) * s.hessian[i * kCols + j] *
                                            (d[j] - w[row * kCols + j]));
                }
            }
            return sum;
        };
        int fell = 0;
        for (size_t row = 0; row < 64; ++row) {
            for (size_t begin = 0; begin < kCols; begin += kGroup) {
                const double before = error(w, row, begin), after = error(clipped, row, begin);
                CHECK(after <= before * 1.001 + 1e-9);
                fell += after < 0.99 * before;
            }
        }
        CHECK(fell > 10);
    }
}

TEST_CASE("folds: the factors of rows and columns lead back to the weights as they were") {
    const TempDir folder;
    TransformFixture f(folder.write("model.gguf", LoudLlama().build()), "q4_g32");
    f.enter(0);
    TransformContext context = f.context();
    uint64_t seed = 50;
    for (const ScaleFold& fold : f.folds) {
        std::vector<float> scales = uniform(++seed, fold.channels);
        for (float& s : scales) s = std::pow(10.0f, 2 * s);
        apply_fold(fold, scales, context);
    }
    for (const LayerTensor& t : f.runner->tensors().all()) {
        if (!t.is_matrix()) continue;
        CAPTURE(t.source->name);
        const std::vector<float> before = values_of(*f.file, *t.source);
        const std::vector<float> now = f.values(t.source->name);
        const auto cols = static_cast<size_t>(t.cols());
        REQUIRE(before.size() == now.size());
        for (size_t i = 0; i < now.size(); ++i) {
            const float back = now[i] / t.row_factors[i / cols] / t.col_factors[i % cols];
            CHECK(std::fabs(back - before[i]) <= 1e-5f * std::fabs(before[i]));
        }
    }
}
