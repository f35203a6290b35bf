// The GGUF reader on files made here: shapes, types that cannot be read yet, non-finite numbers,
// and what is not a model file at all. Broken files are in hostile_files.cpp.
#include <doctest/doctest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>

#include "files/gguf_types.h"
#include "support/check_status.h"
#include "support/data.h"
#include "support/gguf_builder.h"
#include "support/temp_dir.h"
#include "tensor/model_file.h"

using namespace quern;
using namespace quern::test;

namespace {

/// Resident bytes that belong to files, on disk or in memory.
int64_t resident_file_bytes() {
    std::ifstream status("/proc/self/status");
    int64_t kib = 0, sum = 0;
    for (std::string word; status >> word;) {
        if ((word == "RssFile:" || word == "RssShmem:") && status >> kib) sum += kib * 1024;
    }
    return sum;
}

}  // namespace

TEST_CASE("shapes: rows and columns, one row, vectors, higher ranks") {
    const TempDir dir;
    GgufBuilder b;
    b.tensor_f32("matrix", {2, 3}, {1, 2, 3, 4, 5, 6});
    b.tensor_f32("one_row", {2, 1}, {7, 8});
    b.tensor_f32("vector", {3}, {9, 10, 11});
    b.tensor_f32("cube", {2, 1, 2}, {1, 2, 3, 4});
    const auto file = ModelFile::open(dir.write("a.gguf", b.build()), {});
    REQUIRE_MESSAGE(file.ok(), file.status().message());
    const ModelFile& f = *file.value();
    const FileTensor& matrix = *f.find("matrix");
    CHECK(matrix.rank == 2);
    CHECK(matrix.rows() == 3);
    CHECK(matrix.cols() == 2);
    CHECK(matrix.bytes == 24);
    CHECK(matrix.format->name == "f32");
    CHECK(f.find("one_row")->rank == 2);
    CHECK(f.find("one_row")->rows() == 1);
    CHECK(f.find("one_row")->cols() == 2);
    CHECK(f.find("vector")->rank == 1);
    CHECK(f.find("vector")->cols() == 3);
    float values[3];
    check_ok(f.read_vector(*f.find("vector"), values));
    CHECK(values[2] == 11);
    CHECK(f.find("cube")->shape == std::array<int64_t, 4>{2, 1, 2, 1});
    check_ok(f.verify_tensor(*f.find("cube")));
    uint8_t unused = 0;
    check_error(f.pack_tiles(*f.find("cube"), 0, 1, &unused), Code::kBadFile, "rank 3");
    check_error(f.pack_tiles(*f.find("vector"), 0, 1, &unused), Code::kBadFile, "rank 1");
    check_error(f.read_vector(matrix, values), Code::kBadFile, "expected a vector");
    CHECK(f.find("absent") == nullptr);
    CHECK_FALSE(f.is_tiled());
}

TEST_CASE("version 2 and other alignments open") {
    const TempDir dir;
    for (uint64_t alignment : {8, 64, 4096}) {
        GgufBuilder b;
        b.version = 2;
        b.alignment = alignment;
        b.u32("general.alignment", static_cast<uint32_t>(alignment));
        b.tensor_f32("a", {1}, {1}).tensor_f32("b", {1}, {2});
        const auto file = ModelFile::open(dir.write("a.gguf", b.build()), {});
        REQUIRE_MESSAGE(file.ok(), file.status().message());
        CHECK(file.value()->kind() == "GGUF v2");
        float value = 0;
        check_ok(file.value()->read_vector(*file.value()->find("b"), &value));
        CHECK(value == 2);
    }
}

TEST_CASE("a file of metadata only opens") {
    const TempDir dir;
    const auto file = ModelFile::open(dir.write("a.gguf", GgufBuilder().u32("x", 1).build()), {});
    REQUIRE_MESSAGE(file.ok(), file.status().message());
    CHECK(file.value()->tensors().empty());
    CHECK(file.value()->find("x") == nullptr);
}

TEST_CASE("the table of types is consistent") {
    std::set<uint32_t> ids;
    std::set<std::string_view> names;
    for (const GgufType& t : gguf_types()) {
        CAPTURE(t.name);
        CHECK(ids.insert(t.id).second);
        CHECK(names.insert(t.name).second);
        CHECK(find_gguf_type(t.id) == &t);
        CHECK(find_gguf_type(t.name) == &t);
        CHECK(t.readable() == !t.format.empty());
        CHECK((t.from_blocks != nullptr) == (t.to_blocks != nullptr));
        if (t.readable()) CHECK(find_format(t.format) != nullptr);
    }
}

TEST_CASE("types that cannot be read yet: the file opens, the tensor is refused by name") {
    const TempDir dir;
    for (const GgufType& t : gguf_types()) {
        if (t.readable()) continue;
        CAPTURE(t.name);
        GgufBuilder b;
        b.tensor("w", {t.block_elements, 2}, t.id, std::string(2 * t.block_bytes, '\0'));
        const auto file = ModelFile::open(dir.write("a.gguf", b.build()), {});
        REQUIRE_MESSAGE(file.ok(), file.status().message());
        const FileTensor& w = *file.value()->find("w");
        CHECK(w.stored_as == t.name);
        CHECK(w.format == nullptr);
        CHECK(w.bytes == 2 * t.block_bytes);
        uint8_t unused = 0;
        const std::string words = "type " + std::string(t.name) + " is not supported yet";
        check_error(file.value()->pack_tiles(w, 0, 1, &unused), Code::kBadFile, words);
        check_error(file.value()->verify_tensor(w), Code::kBadFile, words);
    }
}

TEST_CASE("non-finite scales, minima and values are refused with tensor and row, unless allowed") {
    const TempDir dir;
    GgufBuilder b;
    const std::string good(20, '\0');
    std::string bad_scale = good, bad_minimum = good;
    bad_scale[1] = 0x7C;      // f16 infinity
    bad_minimum[3] = '\x7e';  // f16 NaN
    b.tensor("scale", {32, 3}, 3, good + good + bad_scale);
    b.tensor("minimum", {32, 3}, 3, good + bad_minimum + good);
    b.tensor_f32("value", {2, 2}, {0, 1, 2, -INFINITY});
    b.tensor_f32("vector", {2}, {0, std::numeric_limits<float>::quiet_NaN()});
    const std::string path = dir.write("a.gguf", b.build());
    const auto strict = ModelFile::open(path, {});
    const auto loose = ModelFile::open(path, {.allow_nonfinite = true});
    REQUIRE(strict.ok());
    REQUIRE(loose.ok());
    const struct {
        const char* name;
        const char* words;
    } cases[] = {{"scale", "'scale': row 2 has a scale that is not finite"},
                 {"minimum", "'minimum': row 1 has a minimum"},
                 {"value", "'value': row 1 has a value"},
                 {"vector", "'vector': row 0 has a value"}};
    for (const auto& c : cases) {
        const FileTensor& t = *strict.value()->find(c.name);
        const FileTensor& same = *loose.value()->find(c.name);
        std::vector<uint8_t> out(t.format->matrix_bytes(16, 32));
        check_error(strict.value()->verify_tensor(t), Code::kBadFile, c.words);
        check_ok(loose.value()->verify_tensor(same));
        if (t.rank == 2) {
            check_error(strict.value()->pack_tiles(t, 0, 1, out.data()), Code::kBadFile, c.words);
            check_ok(loose.value()->pack_tiles(same, 0, 1, out.data()));
        } else {
            float values[2];
            check_error(strict.value()->read_vector(t, values), Code::kBadFile, c.words);
            check_ok(loose.value()->read_vector(same, values));
            CHECK(std::isnan(values[1]));
        }
    }
}

TEST_CASE("what is no model file gets its own message") {
    const TempDir dir;
    const auto message = [](const std::string& path) { return ModelFile::open(path, {}).status(); };
    check_error(message(dir.file("absent")), Code::kBadFile, "No such file");
    check_error(message(dir.path()), Code::kBadFile, "is a directory");
    check_error(message(dir.write("empty", "")), Code::kBadFile, "is empty");
    check_error(message("/dev/null"), Code::kBadFile, "device or pipe");
    check_error(message(dir.write("html", "<!DOCTYPE html>")), Code::kBadFile,
                "starts with '<!DOCTYP', expected 'GGUF' or 'QUERN");
    check_error(message(dir.write("short", "GG")), Code::kBadFile, "starts with 'GG'");
    check_error(message(dir.write("no_version", "GGUF")), Code::kBadFile, "ends inside the header");
    CHECK(message(dir.path()).message().find(dir.path()) == 0);
}

TEST_CASE("a file that shrinks while it is mapped is detected; a private copy does not care") {
    const TempDir dir;
    GgufBuilder b;
    b.tensor_f32("w", {64, 64}, std::vector<float>(4096, 1.0f));
    const std::string path = dir.write("a.gguf", b.build());
    const auto mapped = ModelFile::open(path, {});
    const auto copy = ModelFile::open(path, {.map = false});
    REQUIRE(mapped.ok());
    REQUIRE(copy.ok());
    check_ok(mapped.value()->check_unchanged());
    std::filesystem::resize_file(path, 100);
    check_error(mapped.value()->check_unchanged(), Code::kBadFile, "another program changed it");
    const FileTensor& w = *mapped.value()->find("w");
    std::vector<uint8_t> out(w.format->matrix_bytes(64, 64));
    check_error(mapped.value()->pack_tiles(w, 0, 4, out.data()), Code::kBadFile, "changed it");
    check_error(mapped.value()->verify_tensor(w), Code::kBadFile, "changed it");
    check_ok(copy.value()->check_unchanged());
    check_ok(copy.value()->pack_tiles(*copy.value()->find("w"), 0, 4, out.data()));
}

TEST_CASE("packing gives back the memory of what it has read, and can read it again") {
    constexpr int64_t kSize = 2048, kSlice = 8;  // 16 MiB, tiles at once
    const TempDir dir;
    GgufBuilder b;
    std::vector<float> values(kSize * kSize);
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
    b.tensor_f32("w", {kSize, kSize}, values);
    const auto file = ModelFile::open(dir.write("a.gguf", b.build()), {});
    REQUIRE(file.ok());
    const FileTensor& w = *file.value()->find("w");
    const uint64_t tile_bytes = w.format->tile_bytes(*w.format, kSize);
    std::vector<uint8_t> out(tile_bytes * kSlice), again(out.size());
    const int64_t before = resident_file_bytes();
    for (int64_t tile = 0; tile < kSize / kTileRows; tile += kSlice) {
        check_ok(file.value()->pack_tiles(w, tile, tile + kSlice, out.data()));
    }
    CHECK(resident_file_bytes() - before < 4 << 20);
    check_ok(
        file.value()->pack_tiles(w, kSize / kTileRows - kSlice, kSize / kTileRows, again.data()));
    CHECK(again == out);
}

TEST_CASE("a file that is replaced stays readable under its old content") {
    const TempDir dir;
    GgufBuilder b;
    b.tensor_f32("w", {1}, {5});
    const std::string path = dir.write("a.gguf", b.build());
    const auto file = ModelFile::open(path, {});
    REQUIRE(file.ok());
    std::filesystem::rename(dir.write("b.gguf", "other"), path);
    check_ok(file.value()->check_unchanged());
    float value = 0;
    check_ok(file.value()->read_vector(file.value()->tensors()[0], &value));
    CHECK(value == 5);
}

TEST_CASE("real files open, verify and pack, rows of 172 included") {
    for (const std::string& path :
         {shared("stories-260k-f32.gguf"), shared("babyllama-936k-f32.gguf")}) {
        if (!have(path)) continue;
        const auto file = ModelFile::open(path, {});
        REQUIRE_MESSAGE(file.ok(), file.status().message());
        CHECK(file.value()->tensors().size() == 47);
        for (const FileTensor& t : file.value()->tensors()) {
            CAPTURE(t.name);
            check_ok(file.value()->verify_tensor(t));
            if (t.rank != 2) continue;
            std::vector<uint8_t> out(t.format->matrix_bytes(t.rows(), t.cols()));
            const int64_t tiles = (t.rows() + kTileRows - 1) / kTileRows;
            check_ok(file.value()->pack_tiles(t, 0, tiles, out.data()));
            std::vector<float> row(static_cast<size_t>(t.cols()));
            t.format->decode_row(*t.format, out.data(), 0, t.cols(), row.data());
            CHECK(std::equal(row.begin(), row.end(), reinterpret_cast<const float*>(t.data)));
        }
    }
}
