// A block product's addresses, shared by the instruction sets: where tiles keep codes, scales and
// offsets, and where tokens keep theirs. Everything is in an anonymous namespace, see kernels.h.
#pragma once

#include <cstdint>

#include "formats/activation.h"
#include "formats/block.h"
#include "kernels/kernels.h"

namespace quern {
namespace {

struct BlockView {
    BlockView(const MatmulTask& task, int bits, Zero zero)
        : t(task),
          zero_code(1 << (value_bits(bits, zero) - 1)),
          bytes_per_scales(scale_bytes(task.two_level)),
          layout{(task.cols + 31) / 32, chunk_bytes(bits), task.group / 32,
                 task.row_scale ? 0 : bytes_per_scales + offset_bytes(zero, task.two_level)} {}

    const MatmulTask& t;
    int zero_code;  ///< the middle of all codes: what kSymmetric and kNf4 take from every code
    int64_t bytes_per_scales;  ///< a group's offsets are behind them
    TileLayout layout;
    int64_t n_groups = layout.groups;
    int64_t n_chunks = layout.chunks;
    int64_t chunks_per_group = layout.chunks_per_group;
    int64_t scale_offset = ActivationLayout{t.cols}.scale_offset();
    int64_t start_offset = ActivationLayout{t.cols}.start_offset();
    int64_t sum_offset = ActivationLayout{t.cols}.sum_offset(t.group);

    const uint8_t* tile(int64_t i) const {
        return t.weight + static_cast<uint64_t>(i) * t.tile_bytes;
    }
    const uint8_t* chunk(const uint8_t* tile, int64_t c) const { return tile + layout.chunk(c); }
    /// Scales and offsets of group a.
    const uint8_t* group(const uint8_t* tile, int64_t a) const { return tile + layout.group(a); }
    /// Of scales; those of minima are kUnitBytes behind. Two levels only.
    const uint8_t* units(const uint8_t* tile) const { return tile + layout.units(); }
    const int8_t* x(int64_t token) const {
        return reinterpret_cast<const int8_t*>(t.x + static_cast<uint64_t>(token) * t.x_stride);
    }
    /// Of chunks.
    const float* scales(const int8_t* row) const {
        return reinterpret_cast<const float*>(row + scale_offset);
    }
    const int32_t* starts(const int8_t* row) const {
        return reinterpret_cast<const int32_t*>(row + start_offset);
    }
    /// Of the weight's groups.
    const float* sums(const int8_t* row) const {
        return reinterpret_cast<const float*>(row + sum_offset);
    }
    int64_t first_chunk(int64_t a) const { return a * chunks_per_group; }
    int64_t last_chunk(int64_t a) const {
        const int64_t end = (a + 1) * chunks_per_group;
        return end < n_chunks ? end : n_chunks;
    }
};

}  // namespace
}  // namespace quern
