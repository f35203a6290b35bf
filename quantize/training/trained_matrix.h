// A rounded matrix that moves along a gradient and stays what its format can hold. Every group has
// a factor e^t, which its scale and its minimum are multiplied by; every code has a distance v,
// which it goes as far as whole steps. The t and v are trained with Adam (Kingma and Ba 2014,
// 1412.6980, algorithm 1) on the gradient at the matrix as it is stored: small steps add up in them
// until they reach the next code, or where scales of two levels are bytes the next of those.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "tensor/aligned_memory.h"
#include "tensor/block.h"
#include "tensor/status.h"

namespace quern {

/// The rate of scales at first. The more bits, the less a scale can gain: 0.001 is best at 4 bits
/// and 0.002 at 3.
inline constexpr float kScaleRate = 1.0f / 64;

/// Of products with gradients: bf16 where the CPU multiplies it, which is much faster.
const Format& gradient_format();

/// One step of training. Rates say how far a v or, times 2^-bits, a t goes if its gradients agree.
struct TrainingStep {
    int64_t index;  ///< from 0
    float scale_rate;
    float code_rate = 0;  ///< codes stay
};

class TrainedMatrix {
  public:
    /// `tiles`: of a block format, which outlives this object.
    TrainedMatrix(const Format& format, int64_t rows, int64_t cols, AlignedMemory tiles,
                  bool trains_codes);

    const Format& format() const { return format_; }
    /// As the matrix is now.
    std::byte* tiles() const { return tiles_.get(); }
    uint64_t bytes() const { return format_.matrix_bytes(rows_, cols_); }
    /// Of the tiles and what training keeps beside them.
    uint64_t memory_bytes() const {
        return bytes() + groups_.size() * sizeof(Group) + codes_.size() * sizeof(Code);
    }
    /// Moves against the gradient at_values [rows, cols] of what is to become small. The same for
    /// any number of threads.
    Status step(const float* at_values, const TrainingStep& step, int threads,
                const std::atomic<bool>* cancel);

  private:
    /// The part of Adam's averages that the steps so far make up.
    struct Seen {
        float mean, square;
    };
    /// Adam's averages of a gradient.
    struct Averages {
        float mean = 0, square = 0;
        float direction(float gradient, const Seen& seen);
    };
    /// What a step is in a row.
    struct RowStep {
        const float* at_values;
        float scale_rate, code_rate;
        Seen seen;
    };
    struct Group {
        uint16_t scale, offset;  ///< as stored before training
        float t = 0;
        Averages averages{};
    };
    struct Code {
        uint8_t before;
        float v = 0;
        Averages averages{};
    };
    uint8_t* tile(int64_t i) const;
    void step_row(int64_t row, const RowStep& step, float* values, BlockRow* block);
    void step_scales(int64_t row, const RowStep& step, const float* values, BlockRow* block);
    void step_codes(int64_t row, const RowStep& step, BlockRow* block);

    const Format& format_;
    int64_t rows_, cols_;
    AlignedMemory tiles_;
    std::vector<Group> groups_;  ///< [rows, groups of a row]
    std::vector<Code> codes_;    ///< [rows, cols]; empty: they stay
};

}  // namespace quern
