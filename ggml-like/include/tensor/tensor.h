// A tensor: a stored weight, or a value in a graph. Row-major, shape outermost first.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "tensor/format.h"

namespace quern {

struct Op;

/// How the elements are laid out in memory.
enum class Storage : uint8_t {
    kF32,          ///< plain, rows contiguous
    kI32,          ///< plain: token ids, positions
    kActivations,  ///< inputs of products that are not f32 (Format::inputs)
    kTiles,        ///< a weight matrix [rows, cols] in tiles of `format`
};

struct Tensor {
    std::string name;  ///< of a weight; empty for values
    Storage storage = Storage::kF32;
    const Format* format = nullptr;  ///< kTiles only
    int rank = 0;
    std::array<int64_t, 4> shape{1, 1, 1, 1};  ///< shape[0..rank)
    uint64_t stride = 0;  ///< bytes from one index of shape[0] to the next; of one tile for kTiles
    std::byte* data = nullptr;  ///< owned by the model, the session or the graph's arena

    // What a graph adds: the operation that computes this value.
    int32_t node = -1;  ///< index in its graph; -1: a weight or other memory from outside
    const Op* op = nullptr;
    std::array<const Tensor*, 5> sources{};
    alignas(8) std::array<std::byte, 32> params{};  ///< the op's own struct, see params_of()

    int64_t rows() const { return shape[0]; }
    int64_t cols() const { return shape[1]; }
    uint64_t bytes() const {
        const int64_t n = storage == Storage::kTiles ? n_tiles(shape[0]) : shape[0];
        return static_cast<uint64_t>(n) * stride;
    }
    template <class T>
    T* row(int64_t i) const {
        return reinterpret_cast<T*>(data + static_cast<uint64_t>(i) * stride);
    }
};

}  // namespace quern
