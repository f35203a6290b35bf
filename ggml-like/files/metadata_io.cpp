// Reads and writes metadata entries; the layout is in metadata_io.h. One table of scalar types
// drives both directions, for single values and for arrays.
#include "files/metadata_io.h"

#include <bit>

#include "files/limits.h"

namespace quern {
namespace {

enum class Kind { kUnsigned, kSigned, kReal };

struct Scalar {
    MetaType type;
    uint32_t bytes;
    Kind kind;
};

constexpr Scalar kScalars[] = {
    {MetaType::kU8, 1, Kind::kUnsigned},  {MetaType::kI8, 1, Kind::kSigned},
    {MetaType::kU16, 2, Kind::kUnsigned}, {MetaType::kI16, 2, Kind::kSigned},
    {MetaType::kU32, 4, Kind::kUnsigned}, {MetaType::kI32, 4, Kind::kSigned},
    {MetaType::kU64, 8, Kind::kUnsigned}, {MetaType::kI64, 8, Kind::kSigned},
    {MetaType::kF32, 4, Kind::kReal},     {MetaType::kF64, 8, Kind::kReal},
    {MetaType::kBool, 1, Kind::kUnsigned}};

constexpr uint64_t kMinMetadataEntryBytes = 8 + 1 + 4 + 1;

const Scalar* find_scalar(MetaType type) {
    for (const Scalar& s : kScalars) {
        if (s.type == type) return &s;
    }
    return nullptr;
}

/// Turns the stored bytes of a scalar into the widened value and back.
struct Widen {
    const Scalar& scalar;

    uint64_t raw(const char* p) const {
        uint64_t bits = 0;
        std::memcpy(&bits, p, scalar.bytes);
        return bits;
    }
    void load(const char* p, uint64_t* out) const { *out = raw(p); }
    void load(const char* p, int64_t* out) const {
        const unsigned shift = 64 - 8 * scalar.bytes;
        *out = static_cast<int64_t>(raw(p) << shift) >> shift;
    }
    void load(const char* p, double* out) const {
        *out = scalar.bytes == 4 ? std::bit_cast<float>(static_cast<uint32_t>(raw(p)))
                                 : std::bit_cast<double>(raw(p));
    }
    uint64_t store(uint64_t v) const { return v; }
    uint64_t store(int64_t v) const { return static_cast<uint64_t>(v); }
    uint64_t store(double v) const {
        return scalar.bytes == 4 ? std::bit_cast<uint32_t>(static_cast<float>(v))
                                 : std::bit_cast<uint64_t>(v);
    }
    /// Does the value survive being stored? A double for f32 is rounded, by intent.
    template <class T>
    bool fits(T value) const {
        const uint64_t bits = store(value);
        T back;
        load(reinterpret_cast<const char*>(&bits), &back);
        return (back == value || scalar.kind == Kind::kReal) &&
               (scalar.type != MetaType::kBool || bits <= 1);
    }
};

std::string key_text(std::string_view key) { return "metadata key " + in_quotes(key); }

template <class T>
void load_into(const Scalar& scalar, std::string_view data, uint64_t count, bool array,
               MetaValue* out) {
    const Widen widen{scalar};
    std::vector<T> values(static_cast<size_t>(count));
    for (size_t i = 0; i < values.size(); ++i) {
        widen.load(data.data() + i * scalar.bytes, &values[i]);
    }
    if (array) {
        out->value = std::move(values);
    } else {
        out->value = values[0];
    }
}

Status read_scalars(ByteReader& in, std::string_view key, const Scalar& scalar, uint64_t count,
                    bool array, MetaValue* out) {
    const std::string_view data = in.bytes(count * scalar.bytes);
    if (!in.ok()) return in.error(key_text(key));
    if (scalar.type == MetaType::kBool) {
        for (const char c : data) {
            if (c != 0 && c != 1) {
                return bad_file(in.path(), key_text(key) + " holds a bool with value " +
                                               std::to_string(static_cast<unsigned char>(c)) +
                                               ", expected 0 or 1; the file is damaged");
            }
        }
    }
    if (scalar.kind == Kind::kUnsigned) load_into<uint64_t>(scalar, data, count, array, out);
    if (scalar.kind == Kind::kSigned) load_into<int64_t>(scalar, data, count, array, out);
    if (scalar.kind == Kind::kReal) load_into<double>(scalar, data, count, array, out);
    return {};
}

Status unknown_type(const ByteReader& in, std::string_view key, uint32_t type) {
    if (type == static_cast<uint32_t>(MetaType::kArray)) {
        return bad_file(in.path(), key_text(key) +
                                       " is an array of arrays, which is not supported; expected "
                                       "an array of numbers, bools or strings");
    }
    return bad_file(in.path(), key_text(key) + " has the unknown value type " +
                                   std::to_string(type) +
                                   ", expected 0 to 12; the file is damaged or too new");
}

/// Asked before the next `bytes` are copied.
Status check_cap(const ByteReader& in, uint64_t bytes) {
    if (in.position() <= kMaxMetadataBytes && bytes <= kMaxMetadataBytes - in.position()) return {};
    return bad_file(in.path(), "the metadata is longer than " + std::to_string(kMaxMetadataBytes) +
                                   " bytes; the file is damaged");
}

Status read_array(ByteReader& in, std::string_view key, MetaValue* out) {
    const auto type = in.get<uint32_t>();
    const auto count = in.get<uint64_t>();
    if (!in.ok()) return in.error(key_text(key));
    const bool strings = type == static_cast<uint32_t>(MetaType::kString);
    const Scalar* scalar = type < 256 ? find_scalar(static_cast<MetaType>(type)) : nullptr;
    if (!strings && !scalar) return unknown_type(in, key, type);
    const uint64_t min_bytes = strings ? 8 : scalar->bytes;
    if (count > kMaxArrayLength || count > in.remaining() / min_bytes) {
        return bad_file(in.path(), key_text(key) + " is an array of " + std::to_string(count) +
                                       " elements, but " + std::to_string(in.remaining()) +
                                       " bytes are left and at most " +
                                       std::to_string(kMaxArrayLength) +
                                       " elements are allowed; the file is truncated or damaged");
    }
    if (Status s = check_cap(in, count * min_bytes); !s.ok()) return s;
    out->element = static_cast<MetaType>(type);
    if (!strings) return read_scalars(in, key, *scalar, count, true, out);
    const uint64_t begin = in.position();
    for (uint64_t i = 0; i < count; ++i) in.string(kMaxStringBytes);
    if (!in.ok()) return in.error(key_text(key));
    out->value = StringList::view(in.since(begin), static_cast<size_t>(count));
    return {};
}

Status read_value(ByteReader& in, std::string_view key, MetaValue* out) {
    const auto type = in.get<uint32_t>();
    if (!in.ok()) return in.error(key_text(key));
    out->type = out->element = static_cast<MetaType>(type);
    if (type == static_cast<uint32_t>(MetaType::kArray)) return read_array(in, key, out);
    if (type == static_cast<uint32_t>(MetaType::kString)) {
        out->value = std::string(in.string(kMaxStringBytes));
        return in.ok() ? Status() : in.error(key_text(key));
    }
    const Scalar* scalar = type < 256 ? find_scalar(static_cast<MetaType>(type)) : nullptr;
    if (!scalar) return unknown_type(in, key, type);
    return read_scalars(in, key, *scalar, 1, false, out);
}

/// Writes one variant alternative; false if it does not belong to the type or does not fit.
struct PutValue {
    const MetaValue& meta;
    ByteWriter* out;

    template <class T>
    static constexpr Kind kind_of() {
        return std::is_same_v<T, uint64_t>  ? Kind::kUnsigned
               : std::is_same_v<T, int64_t> ? Kind::kSigned
                                            : Kind::kReal;
    }
    template <class T>
    bool put(MetaType type, T value) const {
        const Scalar* scalar = find_scalar(type);
        if (!scalar || scalar->kind != kind_of<T>()) return false;
        const uint64_t bits = Widen{*scalar}.store(value);
        out->raw({reinterpret_cast<const char*>(&bits), scalar->bytes});
        return Widen{*scalar}.fits(value);
    }
    bool put(MetaType type, const std::string& value) const {
        out->string(value);
        return type == MetaType::kString;
    }
    bool operator()(const StringList& list) const {
        out->put(static_cast<uint32_t>(meta.element));
        out->put<uint64_t>(list.size());
        out->raw(list.stored());
        return meta.type == MetaType::kArray && meta.element == MetaType::kString;
    }
    template <class T>
    bool operator()(const T& value) const {
        return put(meta.type, value);
    }
    template <class T>
    bool operator()(const std::vector<T>& list) const {
        out->put(static_cast<uint32_t>(meta.element));
        out->put<uint64_t>(list.size());
        for (const T& value : list) {
            if (!put(meta.element, value)) return false;
        }
        return meta.type == MetaType::kArray;
    }
};

}  // namespace

Status read_metadata(ByteReader& in, uint64_t count, Metadata* out) {
    if (count > kMaxMetadataEntries || count > in.remaining() / kMinMetadataEntryBytes) {
        return bad_file(in.path(), "the file claims " + std::to_string(count) +
                                       " metadata entries, but " + std::to_string(in.remaining()) +
                                       " bytes are left and at most " +
                                       std::to_string(kMaxMetadataEntries) +
                                       " entries are allowed; it is truncated or damaged");
    }
    for (uint64_t i = 0; i < count; ++i) {
        const std::string number = "metadata entry " + std::to_string(i);
        const std::string key(in.string(kMaxNameBytes));
        if (!in.ok()) return in.error(number);
        if (!is_valid_name(key)) {
            return bad_file(in.path(), number + " has the key " + in_quotes(key) +
                                           ", expected UTF-8 without control characters");
        }
        MetaValue value;
        if (Status s = read_value(in, key, &value); !s.ok()) return s;
        if (!out->add(key, std::move(value))) {
            return bad_file(in.path(), key_text(key) + " occurs twice; the file is damaged");
        }
        if (Status s = check_cap(in, 0); !s.ok()) return s;
    }
    return {};
}

namespace {

Status append_entries(const Metadata& metadata, const std::string& path, ByteWriter* out) {
    for (const auto& [key, value] : metadata.entries()) {
        out->string(key);
        out->put(static_cast<uint32_t>(value.type));
        if (!std::visit(PutValue{value, out}, value.value)) {
            return {Code::kWrongUse, path + ": " + key_text(key) + " holds a value that its type " +
                                         std::string(meta_type_name(value.type)) +
                                         " cannot store; nothing was written"};
        }
    }
    return {};
}

}  // namespace

Status write_metadata(const Metadata& metadata, const std::string& path, ByteWriter* out) {
    ByteWriter bytes;
    if (Status s = append_entries(metadata, path, &bytes); !s.ok()) return s;
    ByteReader in(path,
                  {reinterpret_cast<const uint8_t*>(bytes.bytes().data()), bytes.bytes().size()});
    Metadata back;
    if (Status s = read_metadata(in, metadata.entries().size(), &back); !s.ok()) {
        return {Code::kWrongUse, s.message()};
    }
    out->raw(bytes.bytes());
    return {};
}

}  // namespace quern
