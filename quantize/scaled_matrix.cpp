// The gradient at t is the sum over its group of what is at the weights times the weights, as
// d (e^t w) / dt is the weight itself.
#include "scaled_matrix.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "parallel.h"
#include "tensor/numeric.h"

namespace quern {
namespace {

constexpr float kMeanKept = 0.9f, kSquareKept = 0.999f, kTiny = 1e-8f;

/// A scale or minimum as it is stored, times a factor. What is not 0 stays so, and finite.
uint16_t scaled(const Format& f, uint16_t bits, float factor) {
    if (!f.two_level) {
        constexpr float kLargest = 65504;
        return f32_to_f16(std::clamp(f16_to_f32(bits) * factor, -kLargest, kLargest));
    }
    constexpr long kMostUnits = 127;
    const int units = static_cast<int8_t>(bits);
    if (units == 0) return bits;
    const long magnitude =
        std::clamp(std::lround(static_cast<float>(std::abs(units)) * factor), 1L, kMostUnits);
    return static_cast<uint8_t>(units > 0 ? magnitude : -magnitude);
}

}  // namespace

ScaledMatrix::ScaledMatrix(const Format& format, int64_t rows, int64_t cols, AlignedMemory tiles)
    : format_(format), rows_(rows), cols_(cols), tiles_(std::move(tiles)) {
    groups_.reserve(static_cast<size_t>(rows * format.n_groups(cols)));
    BlockRow block;
    for (int64_t r = 0; r < rows; ++r) {
        unpack_row(format, tile(r / kTileRows), r % kTileRows, cols, &block);
        for (size_t g = 0; g < block.scales.size(); ++g) {
            groups_.push_back(
                {block.scales[g], block.offsets.empty() ? uint16_t{0} : block.offsets[g]});
        }
    }
}

uint8_t* ScaledMatrix::tile(int64_t i) const {
    return reinterpret_cast<uint8_t*>(tiles_.get()) +
           static_cast<uint64_t>(i) * format_.tile_bytes(format_, cols_);
}

void ScaledMatrix::step_row(int64_t row, const float* at_values, const AdamStep& step,
                            float* values, BlockRow* block) {
    uint8_t* bytes = tile(row / kTileRows);
    const int64_t n_groups = format_.n_groups(cols_), size = format_.group_size(cols_);
    format_.decode_row(format_, bytes, row % kTileRows, cols_, values);
    unpack_row(format_, bytes, row % kTileRows, cols_, block);
    const auto n = static_cast<float>(step.index + 1);
    const float mean_part = 1 - std::pow(kMeanKept, n);
    const float square_part = 1 - std::pow(kSquareKept, n);
    for (int64_t i = 0; i < n_groups; ++i) {
        float gradient = 0;
        for (int64_t k = i * size; k < std::min((i + 1) * size, cols_); ++k) {
            gradient += at_values[k] * values[k];
        }
        Group& g = groups_[static_cast<size_t>(row * n_groups + i)];
        g.mean = kMeanKept * g.mean + (1 - kMeanKept) * gradient;
        g.square = kSquareKept * g.square + (1 - kSquareKept) * gradient * gradient;
        g.t -= step.rate * (g.mean / mean_part) / (std::sqrt(g.square / square_part) + kTiny);
        const float factor = std::exp(g.t);
        block->scales[static_cast<size_t>(i)] = scaled(format_, g.scale, factor);
        if (format_.zero == Zero::kMinimum) {
            block->offsets[static_cast<size_t>(i)] = scaled(format_, g.offset, factor);
        }
    }
    pack_row(format_, *block, cols_, bytes, row % kTileRows);
}

Status ScaledMatrix::step(const float* at_values, const AdamStep& step, int threads,
                          const std::atomic<bool>* cancel) {
    return parallel_for(threads, n_tiles(rows_), cancel, [&](int, int64_t i) {
        std::vector<float> values(static_cast<size_t>(cols_));
        BlockRow block;
        for (int64_t r = i * kTileRows; r < std::min((i + 1) * kTileRows, rows_); ++r) {
            step_row(r, at_values + r * cols_, step, values.data(), &block);
        }
        return Status();
    });
}

}  // namespace quern
