// Reading a layer: tile by tile on all workers.
#include "calibration/layer_tensors.h"

#include <algorithm>
#include <cmath>
#include <new>

#include "parallel.h"
#include "verify_input.h"

namespace quern {
namespace {

struct Tile {
    LayerTensor* tensor;
    int64_t index;
};

Status not_finite(const ModelFile& file, const FileTensor& t) {
    return {Code::kBadFile, file.path() + ": tensor '" + t.name +
                                "' has values that are not finite; a model cannot be calibrated "
                                "with them"};
}

bool all_finite(const float* v, int64_t n) {
    return std::all_of(v, v + n, [](float x) { return std::isfinite(x); });
}

Status read_tile(const ModelFile& file, const Tile& tile) {
    const FileTensor& t = *tile.tensor->source;
    const Format& f = *t.format;
    const int64_t cols = t.cols(), rows = tile.tensor->tile_rows(tile.index);
    AlignedMemory stored = allocate_aligned(f.tile_bytes(f, cols));
    if (!stored) throw std::bad_alloc();
    auto* bytes = reinterpret_cast<uint8_t*>(stored.get());
    if (Status s = file.pack_tiles(t, tile.index, tile.index + 1, bytes); !s.ok()) return s;
    std::vector<float> values(static_cast<size_t>(rows * cols));
    f.decode_tile(bytes, rows, cols, values.data());
    if (!all_finite(values.data(), rows * cols)) return not_finite(file, t);
    pack_tile(values.data(), rows, cols, tile.tensor->tile(tile.index));
    return {};
}

}  // namespace

uint64_t LayerTensor::bytes() const {
    const int64_t floats = is_matrix() ? tiles() * tile_floats() : cols();
    return static_cast<uint64_t>(floats) * sizeof(float);
}

void LayerTensor::keep_rounded(const Format& format, const std::vector<uint8_t>& tiles) {
    if (!format.is_block()) return;
    rounded = allocate_aligned(tiles.size());
    if (!rounded) throw std::bad_alloc();
    std::copy(tiles.begin(), tiles.end(), reinterpret_cast<uint8_t*>(rounded.get()));
    rounded_to = &format;
}

void LayerTensor::forget_rounded() {
    rounded_to = nullptr;
    rounded.reset();
}

void LayerTensor::drop_values() {
    if (rounded_to) memory.reset();
}

void unpack_tile(const float* tile, int64_t rows, int64_t cols, float* out) {
    for (int64_t r = 0; r < rows; ++r) {
        for (int64_t k = 0; k < cols; ++k) out[r * cols + k] = tile[k * kTileRows + r];
    }
}

void pack_tile(const float* in, int64_t rows, int64_t cols, float* tile) {
    std::fill(tile, tile + padded_cols(cols) * kTileRows, 0.0f);
    for (int64_t r = 0; r < rows; ++r) {
        for (int64_t k = 0; k < cols; ++k) tile[k * kTileRows + r] = in[r * cols + k];
    }
}

LayerTensor* LayerTensors::find(std::string_view name) {
    for (LayerTensor& t : tensors_) {
        if (t.source->name == name) return &t;
    }
    return nullptr;
}

Status LayerTensors::load(const ModelFile& file, const std::vector<std::string_view>& names,
                          int threads, const std::atomic<bool>* cancel) {
    tensors_.clear();
    std::vector<Tile> tiles;
    for (const std::string_view name : names) {
        LayerTensor& t = tensors_.emplace_back();
        t.source = file.find(name);
        t.memory = allocate_aligned(t.bytes());
        if (!t.memory) throw std::bad_alloc();
        if (Status s = verify_input(file, *t.source); !s.ok()) return s;
        for (int64_t i = 0; i < t.tiles(); ++i) tiles.push_back({&t, i});
        if (t.is_matrix()) {
            t.row_factors.assign(static_cast<size_t>(t.rows()), 1.0f);
            t.col_factors.assign(static_cast<size_t>(t.cols()), 1.0f);
            continue;
        }
        if (Status s = file.read_vector(*t.source, t.vector()); !s.ok()) return s;
        if (!all_finite(t.vector(), t.cols())) return not_finite(file, *t.source);
    }
    return parallel_for(threads, static_cast<int64_t>(tiles.size()), cancel, [&](int, int64_t i) {
        return read_tile(file, tiles[static_cast<size_t>(i)]);
    });
}

}  // namespace quern
