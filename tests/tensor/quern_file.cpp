// .quern files: a golden written by a second implementation of FORMAT.md, round trips of all
// metadata types and formats, checksums, and what the writer refuses.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <random>

#include "support/check_status.h"
#include "support/data.h"
#include "support/read_tensor.h"
#include "support/temp_dir.h"
#include "tensor/quern_writer.h"

using namespace quern;
using namespace quern::test;

namespace {

// Two tiles of two segments, a short last group, padding.
constexpr int64_t kFileRows = 19, kFileCols = 584;

std::vector<float> random_values(int64_t n, unsigned seed) {
    std::mt19937 random(seed);
    std::vector<float> values(static_cast<size_t>(n));
    for (float& v : values) v = static_cast<float>(random() % 2001) / 1000.0f - 1.0f;
    return values;
}

std::vector<uint8_t> encode(const Format& f, const std::vector<float>& w) {
    std::vector<uint8_t> tiles(f.matrix_bytes(kFileRows, kFileCols));
    for (int64_t row = 0; row < kFileRows; row += kTileRows) {
        f.encode_tile(w.data() + row * kFileCols, std::min(kTileRows, kFileRows - row), kFileCols,
                      tiles.data() + static_cast<uint64_t>(row / 16) * f.tile_bytes(f, kFileCols));
    }
    return tiles;
}

std::unique_ptr<QuernWriter> writer(const std::string& path, const Metadata& metadata = {}) {
    auto made = QuernWriter::create(path, metadata);
    REQUIRE_MESSAGE(made.ok(), made.status().message());
    return std::move(*made);
}

void write_matrix(QuernWriter& w, const std::string& name, const Format& f,
                  const std::vector<uint8_t>& tiles, const Provenance& provenance = {}) {
    check_ok(w.begin_tensor(name, 2, {kFileRows, kFileCols, 1, 1}, f));
    check_ok(w.append(tiles.data(), 100));
    check_ok(w.append(tiles.data() + 100, tiles.size() - 100));
    check_ok(w.end_tensor(provenance));
}

std::unique_ptr<ModelFile> open_quern(const std::string& path,
                                      const ModelFile::Options& options = {}) {
    auto file = ModelFile::open(path, options);
    REQUIRE_MESSAGE(file.ok(), file.status().message());
    return std::move(*file);
}

}  // namespace

TEST_CASE("a file written by another implementation of FORMAT.md has the right values") {
    for (const bool map : {true, false}) {
        const auto file = open_quern(golden("quern_format.quern"), {.map = map});
        CHECK(file->kind() == ".quern v2");
        CHECK(file->is_tiled());
        CHECK(*file->metadata().get_string("general.architecture") == "llama");
        CHECK(*file->metadata().get_ints("list") == std::vector<int64_t>{-1, 2, -3});
        CHECK(file->tensors().size() == 14);
        const std::string expected = read_file(golden("quern_format.f32"));
        size_t at = 0;
        for (const FileTensor& t : file->tensors()) {
            CAPTURE(t.name);
            check_ok(file->verify_tensor(t));
            CHECK(t.provenance.method == "rtn");
            CHECK(t.provenance.relative_error == 0.25);
            const std::vector<float> found = values_of(*file, t);
            REQUIRE(at + found.size() * 4 <= expected.size());
            size_t different = 0;
            for (const float v : found) {
                float wanted;
                std::memcpy(&wanted, expected.data() + at, 4);
                different += v != wanted;
                at += 4;
            }
            CHECK(different == 0);
        }
        CHECK(at == expected.size());
    }
}

TEST_CASE("metadata of every type survives, in order") {
    Metadata m;
    const auto u = [&](MetaType type, uint64_t v) {
        m.add("u" + std::to_string(v), {type, type, v});
    };
    const auto i = [&](MetaType type, int64_t v) {
        m.add("i" + std::to_string(v), {type, type, v});
    };
    u(MetaType::kU8, 255);
    u(MetaType::kU16, 65535);
    u(MetaType::kU32, UINT32_MAX);
    u(MetaType::kU64, UINT64_MAX);
    u(MetaType::kBool, 1);
    i(MetaType::kI8, -128);
    i(MetaType::kI16, -32768);
    i(MetaType::kI32, INT32_MIN);
    i(MetaType::kI64, INT64_MIN);
    m.add("f32", {MetaType::kF32, MetaType::kF32, double{0.1f}});
    m.add("f64", {MetaType::kF64, MetaType::kF64, 0.1});
    m.set_string("a string", std::string("with \0 zero", 11));
    m.set_strings("strings", {"", "x"});
    m.add("bools", {MetaType::kArray, MetaType::kBool, std::vector<uint64_t>{0, 1}});
    m.add("i16s", {MetaType::kArray, MetaType::kI16, std::vector<int64_t>{-1, 32767}});
    m.add("f32s", {MetaType::kArray, MetaType::kF32, std::vector<double>{0.5, -INFINITY}});
    m.add("none", {MetaType::kArray, MetaType::kU8, std::vector<uint64_t>{}});
    const TempDir dir;
    check_ok(writer(dir.file("a.quern"), m)->finish());
    const auto file = open_quern(dir.file("a.quern"));
    const auto& found = file->metadata().entries();
    REQUIRE(found.size() == m.entries().size());
    for (size_t k = 0; k < found.size(); ++k) {
        CAPTURE(m.entries()[k].first);
        CHECK(found[k].first == m.entries()[k].first);
        CHECK(found[k].second.type == m.entries()[k].second.type);
        CHECK(found[k].second.element == m.entries()[k].second.element);
        CHECK(found[k].second.value == m.entries()[k].second.value);
    }
}

TEST_CASE("tensors of every format survive with their provenance") {
    const TempDir dir;
    const std::string path = dir.file("a.quern");
    auto w = writer(path);
    const std::vector<float> values = random_values(kFileRows * kFileCols, 1);
    const Provenance provenance{"GGUF Q4_1", "rtn", "importance=off", "0123abcd", 0.125};
    check_ok(w->begin_tensor("norm", 1, {5, 1, 1, 1}, *find_format("f32")));
    check_ok(w->append(reinterpret_cast<const uint8_t*>(values.data()), 20));
    check_ok(w->end_tensor({}));
    for (const Format& f : formats()) write_matrix(*w, f.name, f, encode(f, values), provenance);
    check_ok(w->finish());

    const auto file = open_quern(path);
    CHECK(file->file_bytes() == w->file_bytes());
    CHECK(file->tensors().size() == formats().size() + 1);
    const FileTensor& norm = *file->find("norm");
    CHECK(norm.provenance.relative_error == -1);
    CHECK(values_of(*file, norm) == std::vector<float>(values.begin(), values.begin() + 5));
    for (const Format& f : formats()) {
        CAPTURE(f.name);
        const FileTensor& t = *file->find(f.name);
        CHECK(t.format == &f);
        CHECK(t.stored_as == f.name);
        CHECK(t.rows() == kFileRows);
        CHECK(t.cols() == kFileCols);
        CHECK(reinterpret_cast<uintptr_t>(t.data) % 64 == 0);
        CHECK(t.provenance.source == provenance.source);
        CHECK(t.provenance.method == provenance.method);
        CHECK(t.provenance.settings == provenance.settings);
        CHECK(t.provenance.calibration == provenance.calibration);
        CHECK(t.provenance.relative_error == provenance.relative_error);
        const std::vector<uint8_t> tiles = encode(f, values);
        REQUIRE(t.bytes == tiles.size());
        CHECK(std::memcmp(t.data, tiles.data(), tiles.size()) == 0);
        CHECK(packed_tiles(*file, t) == tiles);
        check_ok(file->verify_tensor(t));
    }
}

TEST_CASE("every readable GGUF type converts without loss") {
    const TempDir dir;
    const auto gguf = open_quern(golden("gguf_types.gguf"));
    auto w = writer(dir.file("a.quern"), gguf->metadata());
    for (const FileTensor& t : gguf->tensors()) {
        check_ok(w->begin_tensor(t.name, t.rank, t.shape, *t.format));
        if (t.rank == 1) {
            const std::vector<float> v = values_of(*gguf, t);
            check_ok(w->append(reinterpret_cast<const uint8_t*>(v.data()), v.size() * 4));
        } else {
            const std::vector<uint8_t> tiles = packed_tiles(*gguf, t);
            check_ok(w->append(tiles.data(), tiles.size()));
        }
        check_ok(w->end_tensor({"GGUF " + t.stored_as, "convert", "", "", 0}));
    }
    check_ok(w->finish());
    const auto quern = open_quern(dir.file("a.quern"));
    CHECK(quern->metadata().entries().size() == gguf->metadata().entries().size());
    for (const FileTensor& t : gguf->tensors()) {
        CAPTURE(t.name);
        const FileTensor* same = quern->find(t.name);
        REQUIRE(same != nullptr);
        CHECK(same->rank == t.rank);
        CHECK(values_of(*quern, *same) == values_of(*gguf, t));
    }
}

TEST_CASE("verify finds every changed byte of the data, and opening does not read the data") {
    const TempDir dir;
    const std::string path = dir.file("a.quern");
    auto w = writer(path);
    const Format& f = *find_format("q4z_g64");
    write_matrix(*w, "w", f, encode(f, random_values(kFileRows * kFileCols, 2)));
    check_ok(w->finish());
    const std::string whole = read_file(path);
    const size_t begin = 128;  // the header and 8 bytes of metadata, padded
    const uint64_t bytes = f.matrix_bytes(kFileRows, kFileCols);
    for (size_t at = begin; at < begin + bytes; at += 37) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 4);
        const auto damaged = open_quern(dir.write("b.quern", changed));
        check_error(damaged->verify_tensor(damaged->tensors()[0]), Code::kBadFile,
                    "tensor 'w': its checksum is");
    }
}

TEST_CASE("non-finite numbers are found by tile in every format, unless allowed") {
    for (const Format& f : formats()) {
        CAPTURE(f.name);
        const std::vector<uint8_t> good = encode(f, random_values(kFileRows * kFileCols, 3));
        const uint64_t tile = f.tile_bytes(f, kFileCols);
        // Row 2 of the second tile. Blocks: its scale in the first or last group, or its unit of
        // scales; floats: its first input.
        std::vector<uint64_t> places = {2 * 4};
        if (f.is_block()) {
            const auto chunk = static_cast<uint64_t>(64 * f.bits);
            const auto codes = chunk * static_cast<uint64_t>(padded_cols(kFileCols) / kChunkCols);
            const auto groups = static_cast<uint64_t>(f.n_groups(kFileCols));
            const uint64_t scales = f.two_level ? 16 : 32;
            const uint64_t offsets = f.zero == Zero::kInteger   ? 16
                                     : f.zero == Zero::kMinimum ? scales
                                                                : 0;
            const uint64_t group = scales + offsets;
            places = {codes + (f.two_level ? groups : groups - 1) * group + 2 * 2};
            if (f.group != 0 && !f.two_level) places.push_back(16 * chunk + 2 * 2);
        }
        for (const uint64_t place : places) {
            CAPTURE(place);
            std::vector<uint8_t> tiles = good;
            // All bits set is NaN in every float format.
            std::memset(tiles.data() + tile + place, 0xFF, f.is_block() ? 2 : 4);
            const TempDir dir;
            auto w = writer(dir.file("a.quern"));
            write_matrix(*w, "w", f, tiles);
            check_ok(w->finish());
            const auto strict = open_quern(dir.file("a.quern"));
            const FileTensor& t = strict->tensors()[0];
            check_error(strict->verify_tensor(t), Code::kBadFile, "'w': rows from 16 have ");
            check_error(strict->pack_tiles(t, 1, 2, tiles.data()), Code::kBadFile, "rows from 16");
            check_ok(strict->pack_tiles(t, 0, 1, tiles.data()));
            const auto loose = open_quern(dir.file("a.quern"), {.allow_nonfinite = true});
            check_ok(loose->verify_tensor(loose->tensors()[0]));
        }
    }
}

TEST_CASE("a scale of an f8 row, a minimum and a vector must be finite too") {
    const TempDir dir;
    const Format& minima = *find_format("q4m_row");
    std::vector<uint8_t> with_minima = encode(minima, random_values(kFileRows * kFileCols, 3));
    // Row 2 of the second tile; its minima come behind codes and 16 scales.
    const size_t codes = static_cast<size_t>(padded_cols(kFileCols)) / kChunkCols * 64 * 4;
    const uint64_t tile = minima.tile_bytes(minima, kFileCols);
    std::memset(with_minima.data() + tile + codes + 32 + 2 * 2, 0xFF, 2);
    const Format& f = *find_format("f8_e4m3");
    std::vector<uint8_t> tiles = encode(f, random_values(kFileRows * kFileCols, 3));
    const float infinite = INFINITY;
    std::memcpy(tiles.data() + tiles.size() - 64 + 4, &infinite, 4);
    auto w = writer(dir.file("a.quern"));
    write_matrix(*w, "w", f, tiles);
    write_matrix(*w, "m", minima, with_minima);
    check_ok(w->begin_tensor("v", 1, {1, 1, 1, 1}, *find_format("f32")));
    check_ok(w->append(reinterpret_cast<const uint8_t*>(&infinite), 4));
    check_ok(w->end_tensor({}));
    check_ok(w->finish());
    const auto file = open_quern(dir.file("a.quern"));
    float value;
    check_error(file->verify_tensor(*file->find("w")), Code::kBadFile, "rows from 16 have");
    check_error(file->verify_tensor(*file->find("m")), Code::kBadFile, "rows from 16 have");
    check_error(file->verify_tensor(*file->find("v")), Code::kBadFile, "has a value");
    check_error(file->read_vector(*file->find("v"), &value), Code::kBadFile, "has a value");
}

TEST_CASE("the writer refuses misuse and says what is wrong") {
    const TempDir dir;
    auto w = writer(dir.file("a.quern"));
    const Format& f32 = *find_format("f32");
    const Format& q4 = *find_format("q4_g32");
    const uint8_t bytes[16] = {};
    check_error(w->append(bytes, 1), Code::kWrongUse, "outside of a tensor");
    check_error(w->end_tensor({}), Code::kWrongUse, "was not begun");
    check_error(w->begin_tensor("x", 3, {1, 1, 1, 1}, f32), Code::kWrongUse, "rank 3");
    check_error(w->begin_tensor("x", 1, {32, 1, 1, 1}, q4), Code::kWrongUse, "vectors in f32");
    check_error(w->begin_tensor("", 1, {4, 1, 1, 1}, f32), Code::kWrongUse, "name");
    check_error(w->begin_tensor("x", 2, {4, 0, 1, 1}, f32), Code::kWrongUse, "dimension of 0");
    check_ok(w->begin_tensor("x", 1, {4, 1, 1, 1}, f32));
    check_error(w->begin_tensor("y", 1, {4, 1, 1, 1}, f32), Code::kWrongUse, "'x' was not ended");
    check_error(w->finish(), Code::kWrongUse, "'x' was not ended");
    check_ok(w->append(bytes, 15));
    check_error(w->end_tensor({}), Code::kWrongUse, "got 15 of its 16 bytes");
    check_error(w->append(bytes, 2), Code::kWrongUse, "more than its 16 bytes");
    check_ok(w->append(bytes, 1));
    check_error(w->end_tensor({"", "", "", "", std::nan("")}), Code::kWrongUse, "measured error");
    check_error(w->end_tensor({std::string(65537, 'x'), "", "", "", 0}), Code::kWrongUse,
                "provenance text of 65537 bytes");
    check_ok(w->end_tensor({}));
    check_error(w->begin_tensor("x", 1, {4, 1, 1, 1}, f32), Code::kWrongUse, "is there already");
    check_ok(w->finish());
    check_error(w->finish(), Code::kWrongUse, "finished already");
    CHECK(open_quern(dir.file("a.quern"))->tensors().size() == 1);
}

TEST_CASE("metadata that cannot be stored or read back is refused before a file is made") {
    const TempDir dir;
    const struct {
        const char* key;
        MetaValue value;
        const char* words;
    } cases[] = {
        {"a", {MetaType::kU8, MetaType::kU8, uint64_t{256}}, "its type u8 cannot store"},
        {"a", {MetaType::kI8, MetaType::kI8, int64_t{-129}}, "its type i8 cannot store"},
        {"a", {MetaType::kBool, MetaType::kBool, uint64_t{2}}, "its type bool cannot store"},
        {"a", {MetaType::kString, MetaType::kString, uint64_t{2}}, "its type string cannot store"},
        {"a", {MetaType::kArray, MetaType::kI16, std::vector<int64_t>{40000}}, "cannot store"},
        {"a\n", {MetaType::kU8, MetaType::kU8, uint64_t{1}}, "control characters"},
    };
    for (const auto& c : cases) {
        Metadata m;
        m.add(c.key, c.value);
        check_error(QuernWriter::create(dir.file("a.quern"), m).status(), Code::kWrongUse, c.words);
        CHECK(std::filesystem::is_empty(dir.path()));
    }
}
