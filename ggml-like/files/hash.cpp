// XXH64 after its public specification: four lanes eat 32-byte stripes, are merged, then the rest
// is mixed in by 8, 4 and 1 bytes and the bits are avalanched.
//
//   round(acc, x) = rotl(acc + x * P2, 31) * P1
#include "tensor/hash.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

namespace quern {
namespace {

constexpr uint64_t kPrime1 = 0x9E3779B185EBCA87;
constexpr uint64_t kPrime2 = 0xC2B2AE3D27D4EB4F;
constexpr uint64_t kPrime3 = 0x165667B19E3779F9;
constexpr uint64_t kPrime4 = 0x85EBCA77C2B2AE63;
constexpr uint64_t kPrime5 = 0x27D4EB2F165667C5;
constexpr size_t kStripe = 32;

template <class T>
uint64_t load(const uint8_t* p) {
    T value;
    std::memcpy(&value, p, sizeof(T));
    return value;
}

uint64_t mix(uint64_t lane, uint64_t input) {
    return std::rotl(lane + input * kPrime2, 31) * kPrime1;
}

uint64_t merge(uint64_t hash, uint64_t lane) { return (hash ^ mix(0, lane)) * kPrime1 + kPrime4; }

void eat_stripe(uint64_t lanes[4], const uint8_t* p) {
    for (int i = 0; i < 4; ++i) lanes[i] = mix(lanes[i], load<uint64_t>(p + 8 * i));
}

}  // namespace

// The specification's seed is 0 here.
Xxh64::Xxh64() : lanes_{kPrime1 + kPrime2, kPrime2, 0, 0 - kPrime1} {}

void Xxh64::update(const void* data, size_t bytes) {
    if (bytes == 0) return;
    const auto* p = static_cast<const uint8_t*>(data);
    total_ += bytes;
    if (buffered_ > 0) {
        const size_t take = std::min(kStripe - buffered_, bytes);
        std::memcpy(buffer_ + buffered_, p, take);
        buffered_ += take;
        p += take;
        bytes -= take;
        if (buffered_ < kStripe) return;
        eat_stripe(lanes_, buffer_);
        buffered_ = 0;
    }
    for (; bytes >= kStripe; p += kStripe, bytes -= kStripe) eat_stripe(lanes_, p);
    std::memcpy(buffer_, p, bytes);
    buffered_ = bytes;
}

uint64_t Xxh64::digest() const {
    uint64_t hash = kPrime5;
    if (total_ >= kStripe) {
        hash = std::rotl(lanes_[0], 1) + std::rotl(lanes_[1], 7) + std::rotl(lanes_[2], 12) +
               std::rotl(lanes_[3], 18);
        for (const uint64_t lane : lanes_) hash = merge(hash, lane);
    }
    hash += total_;
    const uint8_t* p = buffer_;
    size_t left = buffered_;
    for (; left >= 8; p += 8, left -= 8) {
        hash = std::rotl(hash ^ mix(0, load<uint64_t>(p)), 27) * kPrime1 + kPrime4;
    }
    for (; left >= 4; p += 4, left -= 4) {
        hash = std::rotl(hash ^ load<uint32_t>(p) * kPrime1, 23) * kPrime2 + kPrime3;
    }
    for (; left > 0; ++p, --left) hash = std::rotl(hash ^ *p * kPrime5, 11) * kPrime1;
    hash = (hash ^ hash >> 33) * kPrime2;
    hash = (hash ^ hash >> 29) * kPrime3;
    return hash ^ hash >> 32;
}

uint64_t xxh64(const void* data, size_t bytes) {
    Xxh64 hash;
    hash.update(data, bytes);
    return hash.digest();
}

Result<uint64_t> hash_file(const std::string& path, const std::atomic<bool>* cancel) {
    const Status unreadable(Code::kBadFile, path + ": cannot be read for its checksum");
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                               std::fclose);
    if (!file) return unreadable;
    std::vector<uint8_t> chunk(size_t{1} << 20);
    Xxh64 hash;
    while (const size_t n = std::fread(chunk.data(), 1, chunk.size(), file.get())) {
        hash.update(chunk.data(), n);
        if (cancel && cancel->load()) return Status(Code::kInterrupted, "interrupted");
    }
    if (std::ferror(file.get())) return unreadable;
    return hash.digest();
}

std::string hash_text(uint64_t hash) {
    char text[20];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
    return text;
}

}  // namespace quern
