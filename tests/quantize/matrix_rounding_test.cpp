// The check of a rounding's own account of its loss against what was written.
#include "matrix_rounding.h"

#include "rounding_fixtures.h"

using namespace quern;
using namespace quern::test;

namespace {

double claimed_part = 1;  ///< of the true loss

/// Rounds to nearest on H = identity, where the loss of a row is its squared error.
class Claiming final : public Rounding {
  public:
    explicit Claiming(const Format& format) : format_(format) {}
    std::vector<double> encode_tile(const float* w, int64_t rows, int64_t cols,
                                    uint8_t* tile) const override {
        format_.encode_tile(w, rows, cols, tile);
        std::vector<double> losses(static_cast<size_t>(rows));
        std::vector<float> written(static_cast<size_t>(cols));
        for (int64_t r = 0; r < rows; ++r) {
            format_.decode_row(format_, tile, r, cols, written.data());
            for (int64_t k = 0; k < cols; ++k) {
                const auto d = static_cast<double>(w[r * cols + k] - written[k]);
                losses[static_cast<size_t>(r)] += claimed_part * d * d;
            }
        }
        return losses;
    }

  private:
    const Format& format_;
};

Result<std::unique_ptr<const Rounding>> prepare_claiming(const Format& format,
                                                         const InputStatistics*,
                                                         const RoundingOptions&,
                                                         RoundingReport* report) {
    *report = {};
    return std::unique_ptr<const Rounding>(std::make_unique<Claiming>(format));
}

Status round_claiming(double part) {
    constexpr int64_t kRows = 20, kCols = 64;
    claimed_part = part;
    const std::vector<float> w = gaussian(1, kRows * kCols);
    FileTensor source;
    source.name = "m";
    source.rank = 2;
    source.shape = {kRows, kCols, 1, 1};
    LayerTensor tensor;
    tensor.source = &source;
    tensor.memory = allocate_aligned(tensor.bytes());
    std::memset(tensor.memory.get(), 0, tensor.bytes());
    for (int64_t i = 0; i < tensor.tiles(); ++i) {
        pack_tile(&w[static_cast<size_t>(i * kTileRows * kCols)], tensor.tile_rows(i), kCols,
                  tensor.tile(i));
    }
    tensor.row_factors.assign(kRows, 4);  // as if a transform had scaled the outputs
    tensor.col_factors.assign(kCols, 1);
    Tap tap;
    tap.statistics = identity_statistics(kCols);
    PlannedTensor planned{&source, TensorClass::kMlp, find_format("q4_g32"), false};
    const Method method{"claiming", "", Needs::kHessian, prepare_claiming};
    ThreadPool pool(2);
    const QuantizeOptions options;
    FinishedTensor finished;
    return MatrixRounding(method, options, pool).round(planned, &tap, &tensor, &finished);
}

}  // namespace

TEST_CASE("matrix rounding: a loss that was followed wrongly is a defect, and told") {
    check_ok(round_claiming(1));
    check_error(round_claiming(1.01), Code::kFailed, "tensor 'm': its rounding followed a loss");
}
