// Files that are broken or hostile. Tables of single mutations of a valid file, each with the words
// that its message must hold; then every truncation, and every byte changed to several values:
// whatever happens, the library answers with a Status or with a model that can be read safely.
// Run this under -fsanitize=address,undefined as well.
#include <doctest/doctest.h>

#include <cstring>
#include <functional>

#include "files/limits.h"
#include "files/quern_layout.h"
#include "support/check_status.h"
#include "support/gguf_builder.h"
#include "support/temp_dir.h"
#include "tensor/model_file.h"
#include "tensor/quern_writer.h"

using namespace quern;
using namespace quern::test;

namespace {

Status open_status(const std::string& path) { return ModelFile::open(path, {}).status(); }

/// Opens a file that may be hostile and, if that succeeds, touches all that it offers.
void exercise(const std::string& path) {
    const auto opened = ModelFile::open(path, {});
    if (!opened.ok()) {
        CHECK(opened.status().message().find(path) == 0);
        return;
    }
    const ModelFile& file = *opened.value();
    for (const FileTensor& t : file.tensors()) {
        CHECK(file.find(t.name) == &t);
        CHECK(t.bytes <= file.file_bytes());
        static_cast<void>(file.verify_tensor(t).ok());
        if (!t.format) continue;
        if (t.rank == 1) {
            std::vector<float> out(static_cast<size_t>(t.cols()));
            static_cast<void>(file.read_vector(t, out.data()).ok());
        } else {
            std::vector<uint8_t> out(t.format->matrix_bytes(t.rows(), t.cols()));
            const int64_t tiles = (t.rows() + kTileRows - 1) / kTileRows;
            static_cast<void>(file.pack_tiles(t, 0, tiles, out.data()).ok());
        }
    }
}

/// A little of everything.
GgufBuilder small_gguf() {
    GgufBuilder b;
    b.u32("general.alignment", 32);
    b.f32("real", 0.5f).boolean("yes", true).string("text", "hello");
    b.strings("list", {"a", "bc"}).array<int16_t>("ints", 3, {1, -2});
    b.tensor("w", {32, 2}, 3, std::string(40, '\x01'));
    b.tensor_f32("v", {3}, {1, 2, 3});
    return b;
}

std::string small_quern(const TempDir& dir) {
    Metadata m;
    m.set_string("text", "hello");
    m.set_strings("list", {"a", "bc"});
    auto w = QuernWriter::create(dir.file("small.quern"), m);
    REQUIRE(w.ok());
    const Format& f = *find_format("q4z_g32");
    const std::vector<uint8_t> tiles(f.matrix_bytes(2, 40), 1);
    check_ok((*w)->begin_tensor("w", 2, {2, 40, 1, 1}, f));
    check_ok((*w)->append(tiles.data(), tiles.size()));
    check_ok((*w)->end_tensor({"f16", "rtn", "settings", "", 0.5}));
    const float values[3] = {1, 2, 3};
    check_ok((*w)->begin_tensor("v", 1, {3, 1, 1, 1}, *find_format("f32")));
    check_ok((*w)->append(reinterpret_cast<const uint8_t*>(values), sizeof values));
    check_ok((*w)->end_tensor({}));
    check_ok((*w)->finish());
    return read_file(dir.file("small.quern"));
}

template <class T>
void set(std::string* bytes, size_t at, T value) {
    REQUIRE(at + sizeof value <= bytes->size());
    std::memcpy(bytes->data() + at, &value, sizeof value);
}

/// Makes the commit record of a changed .quern right again, so that the change itself is found.
/// False if the header no longer says where things are.
bool reseal(std::string* bytes) {
    QuernHeader h;
    std::memcpy(&h, bytes->data(), sizeof h);
    const std::span<const uint8_t> all(reinterpret_cast<const uint8_t*>(bytes->data()),
                                       bytes->size());
    const auto fits = [&](uint64_t at, uint64_t n) {
        return at <= all.size() && n <= all.size() - at;
    };
    if (!fits(h.metadata_offset, h.metadata_bytes) ||
        !fits(h.directory_offset, h.directory_bytes)) {
        return false;
    }
    set(bytes, bytes->size() - 64 + 16,
        commit_checksum(h, all.subspan(h.metadata_offset, h.metadata_bytes),
                        all.subspan(h.directory_offset, h.directory_bytes)));
    return true;
}

/// Where `text` ends in bytes, searched from `from`.
size_t behind(const std::string& bytes, const std::string& text, size_t from = 0) {
    const size_t at = bytes.find(text, from);
    REQUIRE(at != std::string::npos);
    return at + text.size();
}

struct GgufCase {
    const char* words;
    std::function<void(GgufBuilder&)> change;
};

std::string name_of(size_t n) { return std::string(n, 'n'); }

const GgufCase kGgufCases[] = {
    {"GGUF file of version 1, expected version 2 or 3", [](auto& b) { b.version = 1; }},
    {"version 4", [](auto& b) { b.version = 4; }},
    {"version 0", [](auto& b) { b.version = 0; }},
    {"big-endian", [](auto& b) { b.version = 0x03000000; }},
    {"claims 4294967296 metadata entries", [](auto& b) { b.metadata_count = uint64_t{1} << 32; }},
    {"claims 18446744073709551615 tensors", [](auto& b) { b.tensor_count = UINT64_MAX; }},
    {"claims 1000 tensors", [](auto& b) { b.tensor_count = 1000; }},
    {"'ints' has 5 dimensions", [](auto& b) { b.metadata_count = b.entries.size() - 1; }},
    {"'text' occurs twice", [](auto& b) { b.string("text", "again"); }},
    {"has the key ''", [](auto& b) { b.string("", "x"); }},
    {R"(has the key 'a\x00b')", [](auto& b) { b.string(std::string("a\0b", 3), "x"); }},
    {R"(has the key 'a\xFF')", [](auto& b) { b.string("a\xFF", "x"); }},
    {"string of 257 bytes", [](auto& b) { b.string(name_of(257), "x"); }},
    {"'k' has the unknown value type 13", [](auto& b) { b.template scalar<uint8_t>("k", 13, 0); }},
    {"unknown value type 4294967295",
     [](auto& b) { b.template scalar<uint8_t>("k", UINT32_MAX, 0); }},
    {"unknown value type 264", [](auto& b) { b.template scalar<uint8_t>("k", 264, 0); }},
    {"'k' holds a bool with value 2", [](auto& b) { b.template scalar<uint8_t>("k", 7, 2); }},
    {"'k' is an array of arrays", [](auto& b) { b.template array<uint32_t>("k", 9, {0}); }},
    {"unknown value type 77", [](auto& b) { b.template array<uint32_t>("k", 77, {0}); }},
    {"'k' has a string of 16777217 bytes",
     [](auto& b) { b.string("k", std::string((1 << 24) + 1, 'x')); }},
    {"an array of 2305843009213693952 elements",  // times 8 is 0 in 64 bits
     [](auto& b) {
         b.template array<uint64_t>("k", 10, {});
         set<uint64_t>(&b.entries.back(), 8 + 1 + 4 + 4, uint64_t{1} << 61);
     }},
    {"an array of 9223372036854775807 elements",
     [](auto& b) {
         b.strings("k", {"x"});
         set<uint64_t>(&b.entries.back(), 8 + 1 + 4 + 4, INT64_MAX);
     }},
    {"an array of 1048576 elements",  // below the cap, beyond the file
     [](auto& b) {
         b.strings("k", {"x"});
         set<uint64_t>(&b.entries.back(), 8 + 1 + 4 + 4, 1 << 20);
     }},
    {"metadata key 'k' has a string of 18446744073709551615",
     [](auto& b) {
         b.string("k", "x");
         set<uint64_t>(&b.entries.back(), 8 + 1 + 4, UINT64_MAX);
     }},
    {"general.alignment' is 48, expected a power of two",
     [](auto& b) { b.entries[0] = GgufBuilder().u32("general.alignment", 48).entries[0]; }},
    {"general.alignment' is 0, expected an integer from 8",
     [](auto& b) { b.entries[0] = GgufBuilder().u32("general.alignment", 0).entries[0]; }},
    {"general.alignment' is 131072",
     [](auto& b) { b.entries[0] = GgufBuilder().u32("general.alignment", 131072).entries[0]; }},
    {"general.alignment' is of type string",
     [](auto& b) { b.entries[0] = GgufBuilder().string("general.alignment", "32").entries[0]; }},
    {"'w': the name occurs twice", [](auto& b) { b.tensors[1].name = "w"; }},
    {"has a name that is not usable", [](auto& b) { b.tensors[1].name = ""; }},
    {R"('\xC2\x9B2J' has a name that is not usable)",
     [](auto& b) {
         b.tensors[1].name =
             "\xC2\x9B"
             "2J";
     }},
    {R"('../\x0A' has a name that is not usable)", [](auto& b) { b.tensors[1].name = "../\n"; }},
    {"description of tensor 1 has a string of 257",
     [](auto& b) { b.tensors[1].name = name_of(257); }},
    {"'v' has 0 dimensions", [](auto& b) { b.tensors[1].ne = {}; }},
    {"'v' has 5 dimensions",
     [](auto& b) {
         b.tensors[1].ne = {3, 1, 1, 1, 1};
     }},
    {"'v' has a dimension of 0",
     [](auto& b) {
         b.tensors[1].ne = {3, 0};
     }},
    {"'v' has a dimension of 18446744073709551615",
     [](auto& b) {
         b.tensors[1].ne = {UINT64_MAX, UINT64_MAX};
     }},
    {"'v' has more than",
     [](auto& b) {
         b.tensors[1].ne = {1 << 20, 1 << 20, 1 << 20};
     }},
    {"'v' has more than",  // 2^64 elements: 0 in 64 bits
     [](auto& b) {
         b.tensors[1].ne = {1 << 16, 1 << 16, 1 << 16, 1 << 16};
     }},
    {"'v': has the unknown type id 4;", [](auto& b) { b.tensors[1].type = 4; }},
    {"unknown type id 4294967295", [](auto& b) { b.tensors[1].type = UINT32_MAX; }},
    {"'w': its rows of 33 elements are not whole blocks of 32 that type Q4_1 has",
     [](auto& b) {
         b.tensors[0].ne = {33, 2};
     }},
    {"'v': its data is at offset", [](auto& b) { b.tensors[1].offset = 65; }},
    {"'v': its 12 bytes at offset", [](auto& b) { b.tensors[1].offset = 96; }},
    {"'v': its 12 bytes at offset", [](auto& b) { b.tensors[1].offset = uint64_t{1} << 62; }},
    {"'v': its offset 18446744073709551584 is beyond any file",
     [](auto& b) { b.tensors[1].offset = UINT64_MAX - 31; }},
    {"'v': its data overlaps that of tensor 'w'", [](auto& b) { b.tensors[1].offset = 32; }},
    {"'v': its 40000 bytes", [](auto& b) { b.tensors[1].ne = {10000}; }},
};

struct QuernCase {
    const char* words;
    std::function<void(std::string&)> change;
    bool sealed = true;  ///< the commit record is made right afterwards
};

/// Offsets in the directory entry of tensor "w": rank, rows, columns, the format's length and text.
size_t entry_of_w(const std::string& b) {
    QuernHeader h;
    std::memcpy(&h, b.data(), sizeof h);
    return behind(b, "w", h.directory_offset);
}
constexpr size_t kFormatText = 4 + 16 + 8;
constexpr size_t kOffset = kFormatText + 7;

const QuernCase kQuernCases[] = {
    {"version 1, expected version 2; make it again", [](auto& b) { set<uint32_t>(&b, 8, 1); }},
    {"version 3, expected version 2; use a program", [](auto& b) { set<uint32_t>(&b, 8, 3); }},
    {"unknown features (flags 0x00000001)", [](auto& b) { set<uint32_t>(&b, 12, 1); }},
    {"unknown features", [](auto& b) { set<uint64_t>(&b, 56, 1); }},
    {"places metadata at 128", [](auto& b) { set<uint64_t>(&b, 16, 128); }},
    {"does not fit", [](auto& b) { set<uint64_t>(&b, 24, UINT64_MAX); }, false},
    {"does not fit", [](auto& b) { set<uint64_t>(&b, 32, UINT64_MAX - 63); }, false},
    {"does not fit", [](auto& b) { set<uint64_t>(&b, 32, 64); }},
    {"does not fit", [](auto& b) { set<uint64_t>(&b, 40, UINT64_MAX); }, false},
    {"does not fit", [](auto& b) { set<uint64_t>(&b, 40, 8); }},
    {"not completely written", [](auto& b) { set<uint64_t>(&b, 48, b.size() + 64); }},
    {"not completely written", [](auto& b) { b[b.size() - 64] = 'X'; }},
    {"not completely written", [](auto& b) { b += std::string(64, '\0'); }, false},
    {"not completely written", [](auto& b) { b.resize(b.size() - 64); }, false},
    {"not completely written", [](auto& b) { b.resize(100); }, false},
    {"the checksum of header, metadata and directory", [](auto& b) { b[80] ^= 1; }, false},
    {"claims 1000 metadata entries", [](auto& b) { set<uint64_t>(&b, 64, 1000); }},
    {"bytes behind its last entry", [](auto& b) { set<uint64_t>(&b, 64, 1); }},
    {"array of arrays", [](auto& b) { set<uint32_t>(&b, behind(b, "list") + 4, 9); }},
    {"claims 1000 tensors", [](auto& b) { set<uint64_t>(&b, entry_of_w(b) - 17, 1000); }},
    {"bytes behind its last entry", [](auto& b) { set<uint64_t>(&b, entry_of_w(b) - 17, 1); }},
    {"directory entry 0 has a string of 257",
     [](auto& b) { set<uint64_t>(&b, entry_of_w(b) - 9, 257); }},
    {"has a name that is not usable", [](auto& b) { b[entry_of_w(b) - 1] = '\n'; }},
    {"'v': the name occurs twice", [](auto& b) { b[entry_of_w(b) - 1] = 'v'; }},
    {"'w': has 3 dimensions", [](auto& b) { set<uint32_t>(&b, entry_of_w(b), 3); }},
    {"'w': has 0 dimensions", [](auto& b) { set<uint32_t>(&b, entry_of_w(b), 0); }},
    {"'w' has a dimension of 0", [](auto& b) { set<uint64_t>(&b, entry_of_w(b) + 4, 0); }},
    {"'w' has a dimension of", [](auto& b) { set<uint64_t>(&b, entry_of_w(b) + 12, UINT64_MAX); }},
    {"'w' has more than",
     [](auto& b) {
         set<uint64_t>(&b, entry_of_w(b) + 4, kMaxDim);
         set<uint64_t>(&b, entry_of_w(b) + 12, kMaxDim);
     }},
    {"'w': has 640 bytes, expected", [](auto& b) { set<uint64_t>(&b, entry_of_w(b) + 4, 17); }},
    {"unknown format 'q7z_g32'", [](auto& b) { b[entry_of_w(b) + kFormatText + 1] = '7'; }},
    {"'w': its data is at offset",
     [](auto& b) { set<uint64_t>(&b, entry_of_w(b) + kOffset, 129); }},
    {"leave the data from", [](auto& b) { set<uint64_t>(&b, entry_of_w(b) + kOffset, 0); }},
    {"leave the data from",
     [](auto& b) { set<uint64_t>(&b, entry_of_w(b) + kOffset, UINT64_MAX - 63); }},
    {"overlaps",
     [](auto& b) {
         uint64_t w;
         std::memcpy(&w, b.data() + entry_of_w(b) + kOffset, 8);
         set<uint64_t>(&b, entry_of_w(b) + kOffset, w + 64);
     }},
    {"'w': has 641 bytes, expected 640",
     [](auto& b) { set<uint64_t>(&b, entry_of_w(b) + kOffset + 8, 641); }},
    {"directory entry 0 has a string of",
     [](auto& b) { set<uint64_t>(&b, entry_of_w(b) + kOffset + 24, 65537); }},
    {"'w': its measured error", [](auto& b) { set<double>(&b, behind(b, "settings") + 8, -0.5); }},
};

constexpr uint8_t kChanges[] = {0x00, 0x01, 0x7F, 0x80, 0xFF};

}  // namespace

TEST_CASE("broken GGUF files: one change, one message") {
    const TempDir dir;
    check_ok(open_status(dir.write("good.gguf", small_gguf().build())));
    for (const GgufCase& c : kGgufCases) {
        GgufBuilder b = small_gguf();
        c.change(b);
        const std::string path = dir.write("bad.gguf", b.build());
        check_error(open_status(path), Code::kBadFile, c.words);
        exercise(path);
    }
}

TEST_CASE("broken .quern files: one change, one message") {
    const TempDir dir;
    const std::string good = small_quern(dir);
    check_ok(open_status(dir.file("small.quern")));
    for (const QuernCase& c : kQuernCases) {
        std::string bytes = good;
        c.change(bytes);
        if (c.sealed) REQUIRE(reseal(&bytes));
        const std::string path = dir.write("bad.quern", bytes);
        check_error(open_status(path), Code::kBadFile, c.words);
        exercise(path);
    }
}

TEST_CASE("a vector in another format than f32 is refused") {
    const TempDir dir;
    std::string bytes = small_quern(dir);
    QuernHeader h;
    std::memcpy(&h, bytes.data(), sizeof h);
    bytes[behind(bytes, "f32", h.directory_offset) - 3] = 'x';
    REQUIRE(reseal(&bytes));
    check_error(open_status(dir.write("a", bytes)), Code::kBadFile, "unknown format 'x32'");
    bytes.replace(behind(bytes, "x32", h.directory_offset) - 3, 3, "f16");
    REQUIRE(reseal(&bytes));
    check_error(open_status(dir.write("a", bytes)), Code::kBadFile, "vector in format f16");
}

TEST_CASE("a file that ends early at any byte is refused") {
    const TempDir dir;
    const std::string gguf = small_gguf().build();
    for (size_t n = 0; n < gguf.size(); ++n) {
        CAPTURE(n);
        const std::string path = dir.write("cut", gguf.substr(0, n));
        check_error(open_status(path), Code::kBadFile, path);
    }
    const std::string quern = small_quern(dir);
    for (size_t n = 0; n < quern.size(); ++n) {
        CAPTURE(n);
        const char* words = n == 0  ? "is empty"
                            : n < 8 ? "is not a model file"
                                    : "not completely written";
        check_error(open_status(dir.write("cut", quern.substr(0, n))), Code::kBadFile, words);
    }
}

TEST_CASE("any byte of a GGUF file may change without harm") {
    const TempDir dir;
    const std::string whole = small_gguf().build();
    for (size_t at = 0; at < whole.size(); ++at) {
        for (const uint8_t change : kChanges) {
            std::string bytes = whole;
            bytes[at] = static_cast<char>(change);
            exercise(dir.write("changed", bytes));
        }
    }
}

TEST_CASE("any byte of a .quern file may change without harm, with a right checksum too") {
    const TempDir dir;
    const std::string whole = small_quern(dir);
    for (size_t at = 0; at < whole.size(); ++at) {
        for (const uint8_t change : kChanges) {
            std::string bytes = whole;
            bytes[at] = static_cast<char>(change);
            exercise(dir.write("changed", bytes));
            if (reseal(&bytes)) exercise(dir.write("changed", bytes));
        }
    }
}
