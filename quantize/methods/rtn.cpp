// RTN, round to nearest: every weight becomes the nearest value of its group's grid, and the grid
// spans the group's own minimum and maximum. That is the specification of the formats themselves
// (tensor/block.h), so each format's encoder is the method. Inside the range the error of a weight
// is uniform in a step D = scale, with mean square D^2 / 12.
#include "methods/methods.h"

namespace quern {
namespace {

class RangeRounding final : public Rounding {
  public:
    explicit RangeRounding(const Format& format) : format_(format) {}

    void encode_tile(const float* w, int64_t rows, int64_t cols, uint8_t* tile,
                     LayerLoss* loss) const override {
        format_.encode_tile(w, rows, cols, tile);
        if (loss) *loss = {};
    }

  private:
    const Format& format_;
};

Result<std::unique_ptr<const Rounding>> prepare(const Format& format, const InputStatistics*,
                                                const RoundingOptions&, RoundingReport* report) {
    *report = {};
    return std::unique_ptr<const Rounding>(std::make_unique<RangeRounding>(format));
}

}  // namespace

Method rtn_method() {
    return {"rtn",
            "round to nearest on the range of each group; needs no calibration text, takes seconds",
            Needs::kNothing, prepare};
}

}  // namespace quern
