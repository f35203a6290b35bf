// A rounded matrix whose codes stay and whose scales move: every group has a factor e^t, which its
// scale and its minimum are multiplied by. The t are trained with Adam (Kingma and Ba 2014,
// 1412.6980, algorithm 1) on the gradient at the matrix as it is stored: where scales of two levels
// are bytes, small steps add up in t until they reach the next one.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "tensor/aligned_memory.h"
#include "tensor/block.h"
#include "tensor/status.h"

namespace quern {

/// One step of training.
struct AdamStep {
    int64_t index;  ///< from 0
    float rate;     ///< how far a t goes if its gradients agree
};

class ScaledMatrix {
  public:
    /// `tiles`: of a block format, which outlives this object.
    ScaledMatrix(const Format& format, int64_t rows, int64_t cols, AlignedMemory tiles);

    const Format& format() const { return format_; }
    /// With the scales as they are now.
    std::byte* tiles() const { return tiles_.get(); }
    uint64_t bytes() const { return format_.matrix_bytes(rows_, cols_); }
    /// Of the tiles and what training keeps beside them.
    uint64_t memory_bytes() const { return bytes() + groups_.size() * sizeof(Group); }
    /// Moves the scales against the gradient at_values [rows, cols] of what is to become small. The
    /// same for any number of threads.
    Status step(const float* at_values, const AdamStep& step, int threads,
                const std::atomic<bool>* cancel);

  private:
    struct Group {
        uint16_t scale, offset;             ///< as stored before training
        float t = 0, mean = 0, square = 0;  ///< and Adam's averages of its gradient
    };
    uint8_t* tile(int64_t i) const;
    void step_row(int64_t row, const float* at_values, const AdamStep& step, float* values,
                  BlockRow* block);

    const Format& format_;
    int64_t rows_, cols_;
    AlignedMemory tiles_;
    std::vector<Group> groups_;  ///< [rows, groups of a row]
};

}  // namespace quern
