// The GGUF writer: the bytes of every type as the Python package gguf writes them, larger groups,
// and what is refused.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "support/check_status.h"
#include "support/data.h"
#include "support/gguf_builder.h"
#include "support/pseudo_random.h"
#include "support/read_tensor.h"
#include "support/same_bits.h"
#include "support/temp_dir.h"
#include "tensor/gguf_writer.h"

using namespace quern;
using namespace quern::test;

namespace {

std::unique_ptr<ModelFile> open_gguf(const std::string& path) {
    auto file = ModelFile::open(path, {});
    REQUIRE_MESSAGE(file.ok(), file.status().message());
    return std::move(*file);
}

GgufSource matrix(const std::string& name, const char* format, int64_t rows, int64_t cols) {
    return {name, 2, {rows, cols, 1, 1}, find_format(format)};
}

std::unique_ptr<GgufWriter> writer(const std::string& path, const std::vector<GgufSource>& tensors,
                                   const Metadata& metadata = {}) {
    auto made = GgufWriter::create(path, metadata, tensors);
    REQUIRE_MESSAGE(made.ok(), made.status().message());
    return std::move(*made);
}

Status begin(GgufWriter& w, const GgufSource& t) {
    return w.begin_tensor(t.name, t.rank, t.shape, *t.format);
}

void write(GgufWriter& w, const GgufSource& t, const std::vector<uint8_t>& bytes) {
    check_ok(begin(w, t));
    check_ok(w.append(bytes.data(), bytes.size()));
    check_ok(w.end_tensor({}));
}

/// Pseudo-random weights as the format rounds them.
std::vector<uint8_t> random_tiles(const GgufSource& t) {
    const Format& f = *t.format;
    const int64_t rows = t.shape[0], cols = t.shape[1];
    const std::vector<float> w = uniform(7, rows * cols);
    std::vector<uint8_t> tiles(f.matrix_bytes(rows, cols));
    for (int64_t r = 0; r < rows; r += kTileRows) {
        f.encode_tile(&w[static_cast<size_t>(r * cols)], std::min(kTileRows, rows - r), cols,
                      &tiles[static_cast<uint64_t>(r / kTileRows) * f.tile_bytes(f, cols)]);
    }
    return tiles;
}

std::vector<float> decoded(const GgufSource& t, const std::vector<uint8_t>& tiles) {
    const Format& f = *t.format;
    const int64_t rows = t.shape[0], cols = t.shape[1];
    std::vector<float> values(static_cast<size_t>(rows * cols));
    for (int64_t r = 0; r < rows; ++r) {
        const auto tile = static_cast<uint64_t>(r / kTileRows);
        f.decode_row(f, &tiles[tile * f.tile_bytes(f, cols)], r % kTileRows, cols,
                     &values[static_cast<size_t>(r * cols)]);
    }
    return values;
}

}  // namespace

TEST_CASE("gguf writer: every type has, byte for byte, the data that the reference wrote") {
    const auto reference = open_gguf(golden("gguf_types.gguf"));
    std::vector<GgufSource> tensors;
    for (const FileTensor& t : reference->tensors()) {
        const bool writable = t.rank == 2 || t.stored_as == "F32";  // vectors are f32
        if (writable) tensors.push_back({t.name, t.rank, t.shape, t.format});
    }
    CHECK(tensors.size() == 9);
    const TempDir dir;
    const std::string path = dir.file("a.gguf");
    const auto w = writer(path, tensors, reference->metadata());
    for (const GgufSource& source : tensors) {
        const FileTensor& t = *reference->find(source.name);
        std::vector<uint8_t> bytes(t.data, t.data + (t.rank == 1 ? t.bytes : 0));
        write(*w, source, t.rank == 1 ? bytes : packed_tiles(*reference, t));
    }
    check_ok(w->finish());
    CHECK(w->file_bytes() == std::filesystem::file_size(path));
    const auto written = open_gguf(path);
    CHECK(written->kind() == "GGUF v3");
    for (const GgufSource& source : tensors) {
        CAPTURE(source.name);
        const FileTensor& t = *written->find(source.name);
        const FileTensor& expected = *reference->find(source.name);
        CHECK(t.stored_as == expected.stored_as);
        REQUIRE(t.bytes == expected.bytes);
        CHECK(std::memcmp(t.data, expected.data, t.bytes) == 0);
    }
    CHECK(written->metadata().get_string("test.string").value() == "Mühle");
    CHECK(written->metadata().get_strings("test.strings").value()->size() == 3);
}

TEST_CASE("gguf writer: groups of more than 32 keep every bit of every value") {
    struct Case {
        const char* format;
        const char* type;
    };
    const Case cases[] = {{"q4_g32", "Q4_0"},   {"q4_g64", "Q4_0"},  {"q4_g128", "Q4_0"},
                          {"q4_row", "Q4_0"},   {"q4m_g64", "Q4_1"}, {"q4m_g128", "Q4_1"},
                          {"q4m_row", "Q4_1"},  {"q5_g64", "Q5_0"},  {"q5_row", "Q5_0"},
                          {"q5m_g128", "Q5_1"}, {"q5m_row", "Q5_1"}, {"q8_g64", "Q8_0"},
                          {"q8_g128", "Q8_0"},  {"q8_row", "Q8_0"},  {"f16", "F16"},
                          {"bf16", "BF16"},     {"f32", "F32"}};
    const TempDir dir;
    std::vector<GgufSource> tensors;  // 160 inputs: the last group of 64 or 128 is not full
    for (const Case& c : cases) tensors.push_back(matrix(c.format, c.format, 21, 160));
    const auto w = writer(dir.file("a.gguf"), tensors);
    for (const GgufSource& t : tensors) write(*w, t, random_tiles(t));
    check_ok(w->finish());
    const auto file = open_gguf(dir.file("a.gguf"));
    for (size_t i = 0; i < tensors.size(); ++i) {
        CAPTURE(tensors[i].name);
        const FileTensor& t = *file->find(tensors[i].name);
        CHECK(t.stored_as == cases[i].type);
        CHECK(t.bytes == GgufWriter::storage("", tensors[i])->bytes);
        CHECK(same_bits(values_of(*file, t), decoded(tensors[i], random_tiles(tensors[i]))));
    }
}

TEST_CASE("gguf writer: what GGUF cannot hold is refused before there is a file") {
    const TempDir dir;
    const auto refused = [&](const GgufSource& t, const std::string& words) {
        CAPTURE(t.format->name);
        const std::vector<GgufSource> tensors = {matrix("good", "q4_g32", 4, 64), t};
        check_error(GgufWriter::create(dir.file("a.gguf"), {}, tensors).status(), Code::kWrongUse,
                    words);
        CHECK(files_in(dir) == 0);
    };
    for (const char* format :
         {"q4z_g32", "nf4_g64", "q3_g32", "q6_g32", "q8m_g32", "f8_e4m3", "q4_g32d", "q4m_g32d"}) {
        refused(matrix("t", format, 4, 64), "tensor 't' has format " + std::string(format) +
                                                ", which no GGUF type holds exactly; those that "
                                                "fit are f32, f16, bf16, q4_g32, q4m_g32, q5_g32");
    }
    refused(matrix("t", "q8_g32", 4, 48), "rows of 48 inputs, GGUF's Q8_0 needs a multiple of 32");
    refused(matrix("good", "f32", 4, 48), "is there already");
    refused({"t", 1, {64, 1, 1, 1}, find_format("f16")}, "expected a vector in f32");
}

TEST_CASE("gguf writer: tensors come whole, in the order announced") {
    const TempDir dir;
    const std::vector<GgufSource> tensors = {matrix("a", "q4_g32", 21, 64),
                                             matrix("b", "q4_g32", 4, 64)};
    const std::vector<uint8_t> tiles = random_tiles(tensors[0]);
    {
        const auto w = writer(dir.file("a.gguf"), tensors);
        check_error(begin(*w, tensors[1]), Code::kWrongUse, "'b' was begun, expected tensor 'a'");
        check_error(w->append(tiles.data(), 0), Code::kWrongUse, "outside of a tensor");
        check_error(w->end_tensor({}), Code::kWrongUse, "not begun");
        check_ok(begin(*w, tensors[0]));
        check_error(begin(*w, tensors[1]), Code::kWrongUse, "before another's end");
        check_error(w->append(tiles.data(), 64), Code::kWrongUse, "expected a multiple of");
        check_ok(w->append(tiles.data(), tiles.size() / 2));
        check_error(w->end_tensor({}), Code::kWrongUse, "got 16 of its 21 rows");
        check_ok(w->append(tiles.data() + tiles.size() / 2, tiles.size() / 2));
        check_error(w->append(tiles.data(), tiles.size()), Code::kWrongUse, "more than its rows");
        check_ok(w->end_tensor({}));
        check_error(w->finish(), Code::kWrongUse, "'b' was announced, not written");
    }
    CHECK(files_in(dir) == 0);
}

TEST_CASE("gguf writer: the metadata tells of this file's types and alignment") {
    const TempDir dir;
    Metadata metadata;
    metadata.set("general.alignment", {MetaType::kU32, MetaType::kU64, uint64_t{4096}});
    metadata.set("general.file_type", {MetaType::kU32, MetaType::kU64, uint64_t{1}});
    const std::vector<GgufSource> tensors = {matrix("a", "q8_g32", 4, 64),
                                             matrix("b", "q4m_g32", 21, 64)};
    const auto w = writer(dir.file("a.gguf"), tensors, metadata);
    for (const GgufSource& t : tensors) write(*w, t, random_tiles(t));
    check_ok(w->finish());
    const auto file = open_gguf(dir.file("a.gguf"));
    CHECK(file->metadata().get_int("general.alignment", 0, 1 << 20).value() == 32);
    CHECK(file->metadata().get_int("general.file_type", 0, 100).value() == 3);  // mostly Q4_1
    CHECK(file->metadata().get_int("general.quantization_version", 0, 100).value() == 2);
}

TEST_CASE("gguf writer: a report tells of each tensor, and readers take it as provenance") {
    const std::vector<GgufSource> tensors = {
        matrix("a", "q4_g32", 5, 64), matrix("b", "q8_g32", 3, 32), matrix("c", "f16", 2, 32)};
    const TempDir dir;
    const std::string path = dir.file("a.gguf");
    Metadata metadata;
    metadata.set_string("quern.report", "of another file");
    metadata.set_string("zzz", "behind it");
    const auto w = writer(path, tensors, metadata);
    const Provenance given[] = {
        {"GGUF F16", "gptq", "damping 0.01; two\nlines\tand a tab", "f00d", 0.125},
        {"f16", "rtn", std::string(2000, 'x'), "", -1},
        {}};
    for (size_t i = 0; i < 3; ++i) {
        check_ok(begin(*w, tensors[i]));
        const std::vector<uint8_t> bytes = random_tiles(tensors[i]);
        check_ok(w->append(bytes.data(), bytes.size()));
        check_ok(w->end_tensor(given[i]));
    }
    check_ok(w->finish());
    const auto file = open_gguf(path);
    CHECK(file->metadata().find("quern.report") == nullptr);
    CHECK(file->metadata().get_string("zzz").value() == "behind it");
    const Provenance& a = file->find("a")->provenance;
    CHECK(a.source == "GGUF F16");
    CHECK(a.method == "gptq");
    CHECK(a.settings == "damping 0.01; two lines and a tab");
    CHECK(a.calibration == "f00d");
    CHECK(a.relative_error == 0.125);
    const Provenance& b = file->find("b")->provenance;
    CHECK(b.method == "rtn");
    CHECK(b.relative_error == -1);
    CHECK(b.settings.size() > 400);
    CHECK(b.settings.size() < 512);
    CHECK(file->find("c")->provenance.method.empty());
    for (const GgufSource& t : tensors) {
        CHECK(same_bits(values_of(*file, *file->find(t.name)), decoded(t, random_tiles(t))));
    }
}

TEST_CASE("gguf writer: reports that make no sense count nothing") {
    const TempDir dir;
    for (const std::string& line : std::vector<std::string>{
             "", "a", "a\tb\tc", "a\tF16\tgptq\tnan\t\t", "a\tF16\tgptq\t0.5x\t\t",
             "a\tF16\tgptq\t-2\t\t", "other\tF16\tgptq\t0.5\t\t", "a\tF16\tgptq\t0.5\t\t\t",
             "\t\t\t\t\t", "\n\n\t\n", "a\tF16\tgptq\t0.5\t\t" + std::string(600, 'x')}) {
        CAPTURE(line);
        const std::vector<float> values(64, 0.5f);
        GgufBuilder gguf;
        gguf.string("general.architecture", "llama").string("quern.report", line);
        gguf.tensor_f32("a", {32, 2}, values);
        const auto file = open_gguf(dir.write("a.gguf", gguf.build()));
        CHECK(file->find("a")->provenance.method.empty());
        CHECK(file->metadata().find("quern.report") == nullptr);
    }
}
