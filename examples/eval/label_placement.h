// Where the labels of a scatter chart go.
#pragma once

#include <vector>

namespace quern {

struct ChartBox {
    double left = 0, top = 0, right = 0, bottom = 0;
};
struct LabelledPoint {
    double x = 0, y = 0;
    double width = 0;  ///< of the label; 0: none
};
/// Where the labels of points (in pixels) go: boxes inside `frame` that overlap neither each other
/// nor the points, as long as there is room. Empty boxes for points without a label.
std::vector<ChartBox> place_labels(const std::vector<LabelledPoint>& at, const ChartBox& frame);

}  // namespace quern
