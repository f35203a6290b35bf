// Every item goes into the hash with its length or type before it, so that no two files look alike
// by moving bytes from one item to the next. Data is read only where a file has no checksums, and
// then only kSamples pieces of each tensor: hashing gigabytes would take longer than loading them.
#include "model_hash.h"

#include <algorithm>
#include <string_view>
#include <variant>
#include <vector>

#include "tensor/hash.h"

namespace quern {
namespace {

constexpr uint64_t kSamples = 8;
constexpr uint64_t kSampleBytes = 256;

struct Hasher {
    Xxh64 hash;

    template <class T>
    void operator()(const T& number) {
        hash.update(&number, sizeof number);
    }
    void operator()(const std::string& text) {
        (*this)(text.size());
        hash.update(text.data(), text.size());
    }
    void operator()(const StringList& list) {  // as it is stored, every string has its length
        (*this)(list.size());
        hash.update(list.stored().data(), list.stored().size());
    }
    template <class T>
    void operator()(const std::vector<T>& list) {
        (*this)(list.size());
        for (const T& item : list) (*this)(item);
    }
};

void hash_samples(const FileTensor& t, Hasher* hasher) {
    const uint64_t step = t.bytes / kSamples;
    for (uint64_t i = 0; i < kSamples; ++i) {
        hasher->hash.update(t.data + i * step, std::min(kSampleBytes, t.bytes - i * step));
    }
}

}  // namespace

uint64_t hash_model(const ModelFile& file) {
    Hasher hasher;
    for (const auto& [key, value] : file.metadata().entries()) {
        hasher(key);
        hasher(value.type);
        hasher(value.element);
        std::visit(hasher, value.value);
    }
    for (const FileTensor& t : file.tensors()) {
        hasher(t.name);
        hasher(t.stored_as);
        for (const int64_t dim : t.shape) hasher(dim);
        hasher(t.checksum);
        if (t.checksum == 0) hash_samples(t, &hasher);
    }
    return hasher.hash.digest();
}

}  // namespace quern
