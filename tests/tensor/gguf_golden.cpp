// The GGUF reader against the Python package gguf: same metadata, and exactly the same values for
// every type that can be read. See goldens/make_gguf_golden.py.
#include <doctest/doctest.h>

#include <cstring>
#include <vector>

#include "support/check_status.h"
#include "support/data.h"
#include "support/read_tensor.h"
#include "support/temp_dir.h"
#include "tensor/model_file.h"

using namespace quern;
using namespace quern::test;

TEST_CASE("every readable GGUF type has exactly the values of the reference") {
    for (const bool map : {true, false}) {
        const auto file = ModelFile::open(golden("gguf_types.gguf"), {.map = map});
        REQUIRE_MESSAGE(file.ok(), file.status().message());
        const std::string expected = read_file(golden("gguf_types.f32"));
        size_t at = 0;
        CHECK((*file.value()).tensors().size() == 11);
        for (const FileTensor& t : file.value()->tensors()) {
            CAPTURE(t.name);
            check_ok(file.value()->verify_tensor(t));
            const std::vector<float> found = values_of(*file.value(), t);
            const size_t bytes = found.size() * sizeof(float);
            REQUIRE(at + bytes <= expected.size());
            for (size_t i = 0; i < found.size(); ++i) {
                float wanted;
                std::memcpy(&wanted, expected.data() + at + i * sizeof wanted, sizeof wanted);
                CAPTURE(i);
                CHECK(found[i] == wanted);
            }
            at += bytes;
        }
        CHECK(at == expected.size());
    }
}

TEST_CASE("any range of tiles can be packed alone") {
    const auto file = ModelFile::open(golden("gguf_types.gguf"), {});
    REQUIRE(file.ok());
    const FileTensor& t = *file.value()->find("matrix.Q4_0");
    REQUIRE(t.rows() == 17);
    const uint64_t tile = t.format->tile_bytes(*t.format, t.cols());
    std::vector<uint8_t> whole(2 * tile), second(tile);
    check_ok(file.value()->pack_tiles(t, 0, 2, whole.data()));
    check_ok(file.value()->pack_tiles(t, 1, 2, second.data()));
    CHECK(std::memcmp(whole.data() + tile, second.data(), tile) == 0);
    check_ok(file.value()->pack_tiles(t, 1, 1, nullptr));
    check_error(file.value()->pack_tiles(t, 1, 3, whole.data()), Code::kWrongUse, "there are 2");
}

TEST_CASE("every metadata type of GGUF is read") {
    const auto file = ModelFile::open(golden("gguf_types.gguf"), {});
    REQUIRE(file.ok());
    const Metadata& m = file.value()->metadata();
    CHECK(file.value()->kind() == "GGUF v3");
    CHECK(*m.get_string("general.architecture") == "llama");
    CHECK(*m.get_int("test.u8", 0, INT64_MAX) == 200);
    CHECK(*m.get_int("test.i8", INT64_MIN, 0) == -100);
    CHECK(*m.get_int("test.u16", 0, INT64_MAX) == 60000);
    CHECK(*m.get_int("test.i16", INT64_MIN, 0) == -30000);
    CHECK(*m.get_int("test.u32", 0, INT64_MAX) == 4000000000);
    CHECK(*m.get_int("test.i32", INT64_MIN, 0) == -2000000000);
    CHECK(std::get<uint64_t>(m.find("test.u64")->value) == (uint64_t{1} << 63) + 5);
    CHECK(*m.get_int("test.i64", INT64_MIN, 0) == -(int64_t{1} << 62));
    CHECK(*m.get_real("test.f32", 0, 1) == 0.1f);
    CHECK(*m.get_real("test.f64", 0, 1) == 0.1);
    CHECK(*m.get_bool("test.bool"));
    CHECK(*m.get_string("test.string") == "M\xc3\xbchle");
    CHECK(**m.get_strings("test.strings") == std::vector<std::string>{"a", "", "ccc"});
    CHECK(*m.get_ints("test.ints") == std::vector<int64_t>{-1, 2, 3});
    CHECK(std::get<std::vector<double>>(m.find("test.reals")->value) ==
          std::vector<double>{0.5, -0.25});
}
