// One worker's part of a conversion: a unit (a tile of a matrix, or a whole vector) from the input
// file to the bytes of the output, with the error measured on what was really written:
//
//   stored blocks -> tile of the exact format -> f32 rows -> rounding -> tile -> f32 rows - f32
//   rows
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "plan.h"

namespace quern {

struct ErrorSums {
    double error = 0;   ///< sum (w - w')^2
    double weight = 0;  ///< sum w^2
    double loss = 0;    ///< sum over k of mean x_k^2 (w - w')^2, if inputs x are known

    void add(const ErrorSums& more) {
        error += more.error;
        weight += more.weight;
        loss += more.loss;
    }
};

class TileEncoder {
  public:
    /// `mean_square`: of the inputs, one per column; empty: not known.
    TileEncoder(const ModelFile& in, bool allow_nonfinite, std::span<const float> mean_square = {})
        : in_(&in), allow_nonfinite_(allow_nonfinite), mean_square_(mean_square) {}

    /// Encodes unit `unit` of the tensor into out [planned.unit_bytes()]. Vectors and copied
    /// matrices need no rounding: nullptr.
    Status encode(const PlannedTensor& planned, const Rounding* rounding, int64_t unit,
                  uint8_t* out, ErrorSums* sums);

  private:
    Status check_finite(const PlannedTensor& planned, int64_t row, const float* values,
                        const ErrorSums& sums) const;

    const ModelFile* in_;
    bool allow_nonfinite_;
    std::span<const float> mean_square_;
    std::vector<uint8_t> stored_;  // a tile as the input's exact format
    std::vector<float> values_;    // [16, cols]
    std::vector<float> written_;   // [cols], as a reader of the output will see them
};

/// Verifies a tensor of the input, then all its units into out [units * unit_bytes], or nowhere if
/// it is null; `sums` are those of all, added in order. `mean_square` as TileEncoder's.
Status encode_tensor(const ModelFile& in, const PlannedTensor& planned, const Rounding* rounding,
                     const QuantizeOptions& options, uint8_t* out, ErrorSums* sums,
                     std::span<const float> mean_square = {});

}  // namespace quern
