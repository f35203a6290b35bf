// Rounds the matrices of a layer in memory: to the bytes of their formats, and back to the f32
// values that a reader of the file will see.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "calibration/block_runner.h"
#include "partial_file.h"
#include "plan.h"

namespace quern {

class MatrixRounding {
  public:
    MatrixRounding(const Method& method, const QuantizeOptions& options, ThreadPool& pool)
        : method_(method), options_(options), pool_(pool) {}

    /// Before any transform: what plain rounding to nearest would cost the outputs of a matrix;
    /// round() tells it.
    Status measure_nearest(const PlannedTensor& planned, const Tap& tap, LayerTensor* tensor);
    /// Encodes a matrix or vector; its values become those written, and it keeps the tiles. `tap`
    /// (nullptr for vectors) is the matrix's input and outlives this object. Errors and losses are
    /// in the terms of the model before transforms, so that those of different methods can be
    /// compared.
    Status round(const PlannedTensor& planned, const Tap* tap, LayerTensor* tensor,
                 FinishedTensor* out);

  private:
    /// For the matrices that read one input to one format. They follow each other, so the last one
    /// is all that is kept.
    struct Prepared {
        const Tap* tap = nullptr;
        const Format* format = nullptr;
        std::unique_ptr<const Rounding> rounding;
        RoundingReport report;
    };
    Status prepare(const Format& format, const Tap& tap);
    Status encode(const PlannedTensor& planned, const Rounding* rounding, LayerTensor* tensor,
                  const Tap& tap, FinishedTensor* out, double* loss);

    const Method& method_;
    const QuantizeOptions& options_;
    ThreadPool& pool_;
    Prepared prepared_;
    std::map<std::string, double> nearest_losses_;
};

}  // namespace quern
