// Scatter charts as SVG for a README or a paper: panels side by side, a mark per series, labels
// kept apart (one for all points that share it), and the Pareto front, the points that no other
// beats in both directions. Small y is better. No scripts, no fonts of its own; colours follow the
// reader's light or dark scheme.
#pragma once

#include <string>
#include <vector>

namespace quern {

struct ChartPoint {
    double x = 0, y = 0;  ///< y > 0
    std::string label;
    size_t series = 0;
};

struct ChartPanel {
    std::string title, x_title;
    bool small_x_is_better = true;
    std::vector<ChartPoint> points;
};

/// All panels have the same y axis, which is logarithmic. Any text may be in titles and labels.
std::string svg_chart(const std::string& title, const std::string& y_title,
                      const std::vector<std::string>& series,
                      const std::vector<ChartPanel>& panels);

/// Indices of the points on the front, from good to bad x.
std::vector<size_t> pareto_front(const ChartPanel& panel);

}  // namespace quern
