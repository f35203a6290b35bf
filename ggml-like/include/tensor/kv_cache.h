// The KV cache of one layer: per sequence and kv head a list of blocks of 128 positions. A block
// holds two matrices in the same tiles as weights, so attention is two ordinary matrix products per
// block and works with every format and instruction set that weights work with:
//
//   keys    [128 positions, head_dim]   in key_format     scores = keys q
//   values  [head_dim, 128 positions]   in value_format   out += values p
//   scales  [head_dim / 64, 128] f32    of quantized values
//
// Quantized keys carry the scales of their format (one per position and group of dimensions).
// Quantized values have scale 1 in their tiles and their own scales beside them, which attention
// folds into p: of all positions of a block, so that they are always finite, also of positions that
// are not stored yet or no longer valid. Quantized, an infinite value counts as the largest float.
//
// Keys and values can be held rotated, so that no value of a group stands out (QuaRot, Ashkboos et
// al. 2024, 2404.00456, section 4): queries are then rotated too, which leaves all scores as they
// are, and attention's results are rotated back.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tensor/format.h"
#include "tensor/rotation.h"

namespace quern {

struct KvCache {
    static constexpr int64_t kBlock = 128;     ///< positions
    static constexpr int64_t kScaleDims = 64;  ///< dimensions that share a value scale

    const Format* key_format = nullptr;    ///< any
    const Format* value_format = nullptr;  ///< f32, f16, bf16 or symmetric; q<bits>_row is smallest
    int64_t n_kv_heads = 0;
    int64_t head_dim = 0;
    int64_t context = 0;                       ///< positions of a sequence
    int64_t n_sequences = 1;                   ///< that share the weights and nothing else
    std::byte* data = nullptr;                 ///< zeroed, 64-byte aligned, bytes() long
    const Rotation* key_rotation = nullptr;    ///< of head_dim values; nullptr: none
    const Rotation* value_rotation = nullptr;  ///< the same

    static bool can_hold_values(const Format& f) { return f.put_column != nullptr; }
    int64_t n_scale_groups() const { return (head_dim + kScaleDims - 1) / kScaleDims; }
    uint64_t key_bytes() const { return key_format->matrix_bytes(kBlock, head_dim); }
    uint64_t value_bytes() const { return value_format->matrix_bytes(head_dim, kBlock); }
    uint64_t block_bytes() const {
        const auto scales = static_cast<uint64_t>(n_scale_groups() * kBlock) * sizeof(float);
        return key_bytes() + value_bytes() + (value_format->is_block() ? scales : 0);
    }
    uint64_t n_blocks() const { return static_cast<uint64_t>((context + kBlock - 1) / kBlock); }
    uint64_t sequence_bytes() const {
        return block_bytes() * n_blocks() * static_cast<uint64_t>(n_kv_heads);
    }
    uint64_t bytes() const { return sequence_bytes() * static_cast<uint64_t>(n_sequences); }

    /// The part of one sequence, a cache of its own.
    KvCache of_sequence(int64_t index) const {
        KvCache c = *this;
        c.n_sequences = 1;
        c.data += static_cast<uint64_t>(index) * sequence_bytes();
        return c;
    }

    uint8_t* keys(int64_t head, int64_t block) const {
        const uint64_t index =
            static_cast<uint64_t>(head) * n_blocks() + static_cast<uint64_t>(block);
        return reinterpret_cast<uint8_t*>(data + index * block_bytes());
    }
    uint8_t* values(int64_t head, int64_t block) const { return keys(head, block) + key_bytes(); }
    /// Of dimension group `group`: [128].
    float* value_scales(int64_t head, int64_t block, int64_t group) const {
        return reinterpret_cast<float*>(values(head, block) + value_bytes()) + group * kBlock;
    }
};

}  // namespace quern
