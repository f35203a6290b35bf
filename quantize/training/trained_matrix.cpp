// The gradient at t is the sum over its group of what is at the weights times the weights, as
// d (e^t w) / dt is the weight itself; that at v is what is at the weight times the scale, of which
// Adam needs the sign.
#include "training/trained_matrix.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "parallel.h"
#include "tensor/numeric.h"
#include "tensor/system.h"

namespace quern {
namespace {

constexpr float kMeanKept = 0.9f, kSquareKept = 0.999f;
constexpr float kTiny = 1e-20f;  ///< gradients have no scale of their own

/// A scale or minimum as it is stored, times a factor; finite, and of two levels not 0 if it was
/// not.
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

const Format& gradient_format() { return *find_format(has_bf16_products() ? "bf16" : "f32"); }

/// About 1 where gradients agree, less where they do not. What is no number counts nothing.
float TrainedMatrix::Averages::direction(float gradient, const Seen& seen) {
    if (!std::isfinite(gradient)) return 0;
    mean = kMeanKept * mean + (1 - kMeanKept) * gradient;
    square = kSquareKept * square + (1 - kSquareKept) * gradient * gradient;
    return mean / seen.mean / (std::sqrt(square / seen.square) + kTiny);
}

TrainedMatrix::TrainedMatrix(const Format& format, int64_t rows, int64_t cols, AlignedMemory tiles,
                             bool trains_codes)
    : format_(format), rows_(rows), cols_(cols), tiles_(std::move(tiles)) {
    groups_.reserve(static_cast<size_t>(rows * format.n_groups(cols)));
    if (trains_codes) codes_.reserve(static_cast<size_t>(rows * cols));
    BlockRow block;
    for (int64_t r = 0; r < rows; ++r) {
        unpack_row(format, tile(r / kTileRows), r % kTileRows, cols, &block);
        for (size_t g = 0; g < block.scales.size(); ++g) {
            groups_.push_back(
                {block.scales[g], block.offsets.empty() ? uint16_t{0} : block.offsets[g]});
        }
        for (size_t k = 0; trains_codes && k < block.codes.size(); ++k) {
            codes_.push_back({block.codes[k]});
        }
    }
}

uint8_t* TrainedMatrix::tile(int64_t i) const {
    return reinterpret_cast<uint8_t*>(tiles_.get()) +
           static_cast<uint64_t>(i) * format_.tile_bytes(format_, cols_);
}

void TrainedMatrix::step_scales(int64_t row, const RowStep& step, const float* values,
                                BlockRow* block) {
    const int64_t n_groups = format_.n_groups(cols_), size = format_.group_size(cols_);
    for (int64_t i = 0; i < n_groups; ++i) {
        float gradient = 0;
        for (int64_t k = i * size; k < std::min((i + 1) * size, cols_); ++k) {
            gradient += step.at_values[k] * values[k];
        }
        Group& g = groups_[static_cast<size_t>(row * n_groups + i)];
        constexpr float kFarthest = 1;  // far beyond what helps
        g.t -= step.scale_rate * g.averages.direction(gradient, step.seen);
        g.t = std::clamp(g.t, -kFarthest, kFarthest);
        const float factor = std::exp(g.t);
        block->scales[static_cast<size_t>(i)] = scaled(format_, g.scale, factor);
        if (format_.zero == Zero::kMinimum) {
            block->offsets[static_cast<size_t>(i)] = scaled(format_, g.offset, factor);
        }
    }
}

/// On a negative scale codes count downwards.
void TrainedMatrix::step_codes(int64_t row, const RowStep& step, BlockRow* block) {
    const int64_t size = format_.group_size(cols_);
    const auto top = static_cast<float>((1 << format_.bits) - 1);
    for (int64_t begin = 0; begin < cols_; begin += size) {
        const float scale = stored_value(format_, block->scales[static_cast<size_t>(begin / size)],
                                         block->scale_unit);
        const float rate = scale < 0 ? -step.code_rate : step.code_rate;
        for (int64_t k = begin; k < std::min(begin + size, cols_); ++k) {
            Code& code = codes_[static_cast<size_t>(row * cols_ + k)];
            code.v -= rate * code.averages.direction(step.at_values[k], step.seen);
            const float moved = std::clamp(static_cast<float>(code.before) + code.v, 0.0f, top);
            block->codes[static_cast<size_t>(k)] = static_cast<uint8_t>(moved + 0.5f);
        }
    }
}

void TrainedMatrix::step_row(int64_t row, const RowStep& step, float* values, BlockRow* block) {
    uint8_t* bytes = tile(row / kTileRows);
    format_.decode_row(format_, bytes, row % kTileRows, cols_, values);
    unpack_row(format_, bytes, row % kTileRows, cols_, block);
    step_scales(row, step, values, block);
    if (!codes_.empty()) step_codes(row, step, block);
    pack_row(format_, *block, cols_, bytes, row % kTileRows);
}

Status TrainedMatrix::step(const float* at_values, const TrainingStep& step, int threads,
                           const std::atomic<bool>* cancel) {
    const auto n = static_cast<float>(step.index + 1);
    const float scale_rate = std::ldexp(step.scale_rate, -format_.bits);
    const Seen seen{1 - std::pow(kMeanKept, n), 1 - std::pow(kSquareKept, n)};
    return parallel_for(threads, n_tiles(rows_), cancel, [&](int, int64_t i) {
        std::vector<float> values(static_cast<size_t>(cols_));
        BlockRow block;
        for (int64_t r = i * kTileRows; r < std::min((i + 1) * kTileRows, rows_); ++r) {
            const RowStep row{at_values + r * cols_, scale_rate, step.code_rate, seen};
            step_row(r, row, values.data(), &block);
        }
        return Status();
    });
}

}  // namespace quern
