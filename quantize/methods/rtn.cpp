// RTN, round to nearest: every weight becomes the nearest value of its group's grid, and the grid
// spans the group's own minimum and maximum. That is the specification of the formats themselves
// (tensor/block.h), so each format's encoder is the method. Inside the range the error of a weight
// is uniform in a step D = scale, with mean square D^2 / 12.
#include "methods/methods.h"

namespace quern {
namespace {

void encode_tile(const Format& format, const float* w, int64_t rows, int64_t cols, uint8_t* tile) {
    format.encode_tile(w, rows, cols, tile);
}

}  // namespace

Method rtn_method() {
    return {"rtn",
            "round to nearest on the range of each group; needs no calibration text, takes seconds",
            encode_tile};
}

}  // namespace quern
