// XXH64 against vectors of the reference implementation (the Python package xxhash).
#include "tensor/hash.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "support/check_status.h"
#include "support/temp_dir.h"

using namespace quern;
using namespace quern::test;

namespace {

std::vector<uint8_t> pattern(size_t n) {
    std::vector<uint8_t> bytes(n);
    for (size_t i = 0; i < n; ++i) bytes[i] = static_cast<uint8_t>(i * 7 + 3);
    return bytes;
}

struct Vector {
    size_t bytes;
    uint64_t hash;
};

// Every path: no input, tails of 1, 4 and 8 bytes, one stripe less, exactly, and more.
constexpr Vector kVectors[] = {
    {0, 0xEF46DB3751D8E999},   {1, 0x1F25C8D0BC1F4BB6},    {4, 0x9BB64B7D66EE9FDA},
    {8, 0xDAB99D95C6F90092},   {31, 0xA2AA5F33CC4A6119},   {32, 0x23C3C17EF790FD97},
    {33, 0x50A7CFC7BA588784},  {63, 0x5E3E54B431C7493C},   {64, 0x0EB64B3EF6EEB01F},
    {100, 0xA61F8D4C170FE531}, {1000, 0x5F235FA033F1A3FB},
};

}  // namespace

TEST_CASE("XXH64 of known inputs") {
    CHECK(xxh64("abc", 3) == 0x44BC2CF5AD770999);
    for (const Vector& v : kVectors) {
        CAPTURE(v.bytes);
        CHECK(xxh64(pattern(v.bytes).data(), v.bytes) == v.hash);
    }
}

TEST_CASE("XXH64 does not depend on how the input is cut, nor on asking in between") {
    const std::vector<uint8_t> bytes = pattern(1000);
    for (size_t step : {1, 3, 31, 32, 33, 200}) {
        CAPTURE(step);
        Xxh64 hash;
        for (size_t at = 0; at < bytes.size(); at += step) {
            hash.update(bytes.data() + at, std::min(step, bytes.size() - at));
            hash.digest();
        }
        CHECK(hash.digest() == 0x5F235FA033F1A3FB);
    }
}

TEST_CASE("the hash of a file is that of its bytes; cancelled and unreadable ones are told") {
    const TempDir folder;
    const std::vector<uint8_t> bytes = pattern((size_t{1} << 20) + 77);
    const std::string path = folder.write("bytes", std::string(bytes.begin(), bytes.end()));
    const Result<uint64_t> hash = hash_file(path);
    REQUIRE(hash.ok());
    CHECK(hash.value() == xxh64(bytes.data(), bytes.size()));
    const std::atomic<bool> cancel{true};
    check_error(hash_file(path, &cancel).status(), Code::kInterrupted, "interrupted");
    check_error(hash_file(folder.path() + "/absent").status(), Code::kBadFile, "absent");
    check_error(hash_file(folder.path()).status(), Code::kBadFile, "cannot be read");
}
