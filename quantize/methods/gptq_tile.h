// GPTQ over one tile: sixteen rows, column by column (the formula is in gptq.cpp).
#pragma once

#include <cstdint>
#include <vector>

#include "lane_tile.h"
#include "methods/gptq_problem.h"

namespace quern {

class GptqTile {
  public:
    GptqTile(const GptqProblem& p, const float* w, int64_t rows);

    void round();
    /// A sweep of coordinate descent over the codes: each becomes the best one for the others as
    /// they are, so the loss never rises.
    void refine();
    /// By row: tr(D H D^T) without damping, as it follows from the steps above.
    std::vector<double> losses() const { return losses_; }
    void pack(int64_t rows, uint8_t* tile) const { out_.pack(rows, tile); }

  private:
    int64_t group_of(int64_t column) const { return column / p_.format->group_size(p_.cols()); }
    std::vector<float> differences_by_column() const;
    LaneGrids choose_grids(const float* w, const std::vector<int64_t>& columns, int64_t begin,
                           int64_t end) const;
    void fix_units();
    void fix_grids();
    std::vector<float> updated_weights(const ColumnBlock& block,
                                       const std::vector<float>& targets) const;
    void round_block(const ColumnBlock& block);

    const GptqProblem& p_;
    LaneCodes out_;
    std::vector<float> weights_;      // [cols][16] by column
    std::vector<float> differences_;  // [cols][16] by position, as far as rounded
    std::vector<double> losses_;      // [16]
    LaneUnits units_;                 // of all grids
    std::vector<LaneGrids> grids_;    // by group
};

}  // namespace quern
