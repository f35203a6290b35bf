// Builds GGUF files in memory, valid or broken in one chosen place. Dimensions are in GGUF's order,
// innermost first: a matrix of 3 rows and 64 columns has ne {64, 3}.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace quern::test {

/// Appends the bytes of a plain value (little-endian machines only, like the library).
template <class T>
void put(std::string* out, T value) {
    out->append(reinterpret_cast<const char*>(&value), sizeof value);
}
inline void put_string(std::string* out, const std::string& text) {
    put<uint64_t>(out, text.size());
    *out += text;
}

struct GgufTensor {
    std::string name;
    std::vector<uint64_t> ne;
    uint32_t type = 0;
    std::string data;
    std::optional<uint64_t> offset;  ///< instead of the right one
};

struct GgufBuilder {
    uint32_t version = 3;
    uint64_t alignment = 32;                 ///< of the data; add general.alignment yourself
    std::optional<uint64_t> tensor_count;    ///< instead of the right one
    std::optional<uint64_t> metadata_count;  ///< instead of the right one
    std::vector<std::string> entries;        ///< encoded metadata
    std::vector<GgufTensor> tensors;

    /// A scalar of GGUF type `type`; T has its size.
    template <class T>
    GgufBuilder& scalar(const std::string& key, uint32_t type, T value) {
        std::string& e = entry(key, type);
        put(&e, value);
        return *this;
    }
    GgufBuilder& u32(const std::string& key, uint32_t value) { return scalar(key, 4, value); }
    GgufBuilder& f32(const std::string& key, float value) { return scalar(key, 6, value); }
    GgufBuilder& boolean(const std::string& key, bool value) {
        return scalar<uint8_t>(key, 7, value);
    }
    GgufBuilder& string(const std::string& key, const std::string& value) {
        put_string(&entry(key, 8), value);
        return *this;
    }
    GgufBuilder& strings(const std::string& key, const std::vector<std::string>& values) {
        std::string& e = entry(key, 9);
        put<uint32_t>(&e, 8);
        put<uint64_t>(&e, values.size());
        for (const std::string& v : values) put_string(&e, v);
        return *this;
    }
    /// An array of scalars of GGUF type `type`.
    template <class T>
    GgufBuilder& array(const std::string& key, uint32_t type, const std::vector<T>& values) {
        std::string& e = entry(key, 9);
        put(&e, type);
        put<uint64_t>(&e, values.size());
        for (const T& v : values) put(&e, v);
        return *this;
    }
    GgufBuilder& tensor(const std::string& name, const std::vector<uint64_t>& ne, uint32_t type,
                        const std::string& data) {
        tensors.push_back({name, ne, type, data, std::nullopt});
        return *this;
    }
    GgufBuilder& tensor_f32(const std::string& name, const std::vector<uint64_t>& ne,
                            const std::vector<float>& values) {
        return tensor(
            name, ne, 0,
            {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)});
    }

    std::string build() const {
        std::string out = "GGUF";
        put(&out, version);
        put<uint64_t>(&out, tensor_count.value_or(tensors.size()));
        put<uint64_t>(&out, metadata_count.value_or(entries.size()));
        for (const std::string& e : entries) out += e;
        uint64_t offset = 0;
        for (const GgufTensor& t : tensors) {
            put_string(&out, t.name);
            put(&out, static_cast<uint32_t>(t.ne.size()));
            for (uint64_t dim : t.ne) put(&out, dim);
            put(&out, t.type);
            put(&out, t.offset.value_or(offset));
            offset += padded(t.data.size());
        }
        for (const GgufTensor& t : tensors) {
            out.resize(padded(out.size()));
            out += t.data;
        }
        return out;
    }

  private:
    std::string& entry(const std::string& key, uint32_t type) {
        std::string& e = entries.emplace_back();
        put_string(&e, key);
        put(&e, type);
        return e;
    }
    uint64_t padded(uint64_t bytes) const {
        return (bytes + alignment - 1) / alignment * alignment;
    }
};

}  // namespace quern::test
