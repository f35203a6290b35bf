// The table of GGUF tensor types (ggml's block definitions; the specification names the ids).
// Blocks that can be read and written, of 32 elements each; d and m are f16:
//
//   Q4_0   d | 16 bytes                 w = d (q - 8)    low nibbles are elements 0..15,
//   Q4_1   d | m | 16 bytes             w = d q + m      high nibbles 16..31
//   Q5_0   d | u32 high | 16 bytes      w = d (q - 16)   bit j of `high` is bit 4 of element j
//   Q5_1   d | m | u32 high | 16 bytes  w = d q + m
//   Q8_0   d | 32 signed bytes          w = d q
#include "files/gguf_types.h"

#include <array>
#include <cstring>

#include "tensor/numeric.h"

namespace quern {
namespace {

constexpr int kBlock = 32;

template <class T>
T take(const uint8_t** p) {
    T value;
    std::memcpy(&value, *p, sizeof(T));
    *p += sizeof(T);
    return value;
}

template <class T>
void store(T value, uint8_t** p) {
    std::memcpy(*p, &value, sizeof(T));
    *p += sizeof(T);
}

/// Q4_0, Q4_1, Q5_0, Q5_1.
template <int kBits, bool kMinimum>
void nibbles_to_blocks(const uint8_t* p, int64_t cols, BlockRow* out) {
    uint8_t* codes = out->codes.data();
    for (size_t b = 0; b < static_cast<size_t>(cols / kBlock); ++b, codes += kBlock) {
        out->scales[b] = take<uint16_t>(&p);
        if (kMinimum) out->offsets[b] = take<uint16_t>(&p);
        const uint32_t high = kBits == 5 ? take<uint32_t>(&p) : 0;
        const auto nibbles = take<std::array<uint8_t, 16>>(&p);  // a copy: the loops vectorize
        for (size_t j = 0; j < 16; ++j) codes[j] = nibbles[j] & 15;
        for (size_t j = 0; j < 16; ++j) codes[j + 16] = nibbles[j] >> 4;
        for (int j = 0; kBits == 5 && j < kBlock; ++j) {
            codes[j] |= static_cast<uint8_t>((high >> j & 1) << 4);
        }
    }
}

template <int kBits, bool kMinimum>
void nibbles_from_blocks(const BlockRow& in, int64_t group, int64_t cols, uint8_t* p) {
    const uint8_t* codes = in.codes.data();
    for (int64_t begin = 0; begin < cols; begin += kBlock, codes += kBlock) {
        const auto g = static_cast<size_t>(begin / group);
        store(in.scales[g], &p);
        if (kMinimum) store(in.offsets[g], &p);
        uint32_t high = 0;
        for (int j = 0; j < kBlock; ++j) high |= static_cast<uint32_t>(codes[j] >> 4 & 1) << j;
        if (kBits == 5) store(high, &p);
        for (int j = 0; j < 16; ++j) {
            store(static_cast<uint8_t>((codes[j] & 15) | codes[j + 16] << 4), &p);
        }
    }
}

/// Flipping the sign bit of a two's complement byte adds 128, the middle of our symmetric codes.
void q8_0_to_blocks(const uint8_t* p, int64_t cols, BlockRow* out) {
    uint8_t* codes = out->codes.data();
    for (size_t b = 0; b < static_cast<size_t>(cols / kBlock); ++b, codes += kBlock) {
        out->scales[b] = take<uint16_t>(&p);
        for (int j = 0; j < kBlock; ++j) codes[j] = take<uint8_t>(&p) ^ 0x80;
    }
}

void q8_0_from_blocks(const BlockRow& in, int64_t group, int64_t cols, uint8_t* p) {
    for (int64_t k = 0; k < cols; ++k) {
        if (k % kBlock == 0) store(in.scales[static_cast<size_t>(k / group)], &p);
        store(static_cast<uint8_t>(in.codes[static_cast<size_t>(k)] ^ 0x80), &p);
    }
}

void f32_to_values(const uint8_t* p, int64_t cols, float* out) {
    std::memcpy(out, p, static_cast<size_t>(cols) * sizeof(float));
}

template <float (*kDecode)(uint16_t)>
void half_to_values(const uint8_t* p, int64_t cols, float* out) {
    for (int64_t k = 0; k < cols; ++k) out[k] = kDecode(take<uint16_t>(&p));
}

constexpr GgufType kTypes[] = {
    {0, "F32", 1, 4, "f32", nullptr, f32_to_values, nullptr, 0},
    {1, "F16", 1, 2, "f16", nullptr, half_to_values<f16_to_f32>, nullptr, 1},
    {30, "BF16", 1, 2, "bf16", nullptr, half_to_values<bf16_to_f32>, nullptr, 32},
    {2, "Q4_0", 32, 18, "q4_g32", nibbles_to_blocks<4, false>, nullptr,
     nibbles_from_blocks<4, false>, 2},
    {3, "Q4_1", 32, 20, "q4m_g32", nibbles_to_blocks<4, true>, nullptr,
     nibbles_from_blocks<4, true>, 3},
    {6, "Q5_0", 32, 22, "q5_g32", nibbles_to_blocks<5, false>, nullptr,
     nibbles_from_blocks<5, false>, 8},
    {7, "Q5_1", 32, 24, "q5m_g32", nibbles_to_blocks<5, true>, nullptr,
     nibbles_from_blocks<5, true>, 9},
    {8, "Q8_0", 32, 34, "q8_g32", q8_0_to_blocks, nullptr, q8_0_from_blocks, 7},
    {9, "Q8_1", 32, 40, "", nullptr, nullptr},
    {10, "Q2_K", 256, 84, "", nullptr, nullptr},
    {11, "Q3_K", 256, 110, "", nullptr, nullptr},
    {12, "Q4_K", 256, 144, "", nullptr, nullptr},
    {13, "Q5_K", 256, 176, "", nullptr, nullptr},
    {14, "Q6_K", 256, 210, "", nullptr, nullptr},
    {15, "Q8_K", 256, 292, "", nullptr, nullptr},
    {16, "IQ2_XXS", 256, 66, "", nullptr, nullptr},
    {17, "IQ2_XS", 256, 74, "", nullptr, nullptr},
    {18, "IQ3_XXS", 256, 98, "", nullptr, nullptr},
    {19, "IQ1_S", 256, 50, "", nullptr, nullptr},
    {20, "IQ4_NL", 32, 18, "", nullptr, nullptr},
    {21, "IQ3_S", 256, 110, "", nullptr, nullptr},
    {22, "IQ2_S", 256, 82, "", nullptr, nullptr},
    {23, "IQ4_XS", 256, 136, "", nullptr, nullptr},
    {24, "I8", 1, 1, "", nullptr, nullptr},
    {25, "I16", 1, 2, "", nullptr, nullptr},
    {26, "I32", 1, 4, "", nullptr, nullptr},
    {27, "I64", 1, 8, "", nullptr, nullptr},
    {28, "F64", 1, 8, "", nullptr, nullptr},
    {29, "IQ1_M", 256, 56, "", nullptr, nullptr},
    {34, "TQ1_0", 256, 54, "", nullptr, nullptr},
    {35, "TQ2_0", 256, 66, "", nullptr, nullptr},
    {39, "MXFP4", 32, 17, "", nullptr, nullptr},
    {40, "NVFP4", 64, 36, "", nullptr, nullptr},
    {41, "Q1_0", 128, 18, "", nullptr, nullptr},
};

}  // namespace

std::span<const GgufType> gguf_types() { return kTypes; }

const GgufType* find_gguf_type(uint32_t id) {
    for (const GgufType& t : kTypes) {
        if (t.id == id) return &t;
    }
    return nullptr;
}

const GgufType* find_gguf_type(std::string_view name) {
    for (const GgufType& t : kTypes) {
        if (t.name == name) return &t;
    }
    return nullptr;
}

const GgufType* gguf_type_for(const Format& format) {
    for (const GgufType& t : kTypes) {
        if (!t.readable()) continue;
        const Format& held = *find_format(t.format);
        const bool same_codes = t.from_blocks && format.is_block() && held.bits == format.bits &&
                                held.zero == format.zero && !format.two_level &&
                                format.group % t.block_elements == 0;
        if (same_codes || held.name == format.name) return &t;
    }
    return nullptr;
}

std::string gguf_unsupported_text(std::string_view name) {
    std::string text = "type " + std::string(name) + " is not supported yet; use a file with ";
    const char* separator = "";
    for (const GgufType& t : kTypes) {
        if (!t.readable()) continue;
        text += separator + std::string(t.name);
        separator = ", ";
    }
    return text;
}

}  // namespace quern
