// Each label in turn takes the best of some places around its point, near ones first. A place costs
// what it covers of labels that are placed already and of any point.
#include "eval/label_placement.h"

#include <algorithm>
#include <array>

namespace quern {
namespace {

constexpr double kLabelHeight = 13;
constexpr double kPointRadius = 6;

double overlap(const ChartBox& a, const ChartBox& b) {
    const double width = std::min(a.right, b.right) - std::max(a.left, b.left);
    const double height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
    return width > 0 && height > 0 ? width * height : 0;
}

/// A box whose middle lies `distance` and half the box away from the point.
ChartBox box_at(const LabelledPoint& p, double dx, double dy, double distance) {
    const double x = p.x + dx * (distance + p.width / 2);
    const double y = p.y + dy * (distance + kLabelHeight / 2);
    return {x - p.width / 2, y - kLabelHeight / 2, x + p.width / 2, y + kLabelHeight / 2};
}

ChartBox inside(ChartBox box, const ChartBox& frame) {
    const double right = std::max(0.0, box.right - frame.right);
    const double left = std::max(0.0, frame.left - box.left);
    const double down = std::max(0.0, box.bottom - frame.bottom);
    const double up = std::max(0.0, frame.top - box.top);
    return {box.left + left - right, box.top + up - down, box.right + left - right,
            box.bottom + up - down};
}

}  // namespace

std::vector<ChartBox> place_labels(const std::vector<LabelledPoint>& at, const ChartBox& frame) {
    constexpr std::array<std::array<double, 2>, 8> kDirections = {
        {{1, 0}, {-1, 0}, {0, -1}, {0, 1}, {1, -1}, {1, 1}, {-1, -1}, {-1, 1}}};
    constexpr std::array<double, 6> kDistances = {8, 14, 22, 32, 44, 58};
    std::vector<ChartBox> taken;
    for (const LabelledPoint& p : at) {
        taken.push_back(
            {p.x - kPointRadius, p.y - kPointRadius, p.x + kPointRadius, p.y + kPointRadius});
    }
    std::vector<ChartBox> labels;
    for (const LabelledPoint& p : at) {
        ChartBox best;
        if (p.width == 0) {
            labels.push_back(best);
            continue;
        }
        double least = -1;
        for (const double distance : kDistances) {
            for (const auto& [dx, dy] : kDirections) {
                const ChartBox box = inside(box_at(p, dx, dy, distance), frame);
                double cost = distance / 1000;
                for (const ChartBox& other : taken) cost += overlap(box, other);
                if (least >= 0 && cost >= least) continue;
                least = cost;
                best = box;
            }
        }
        labels.push_back(best);
        taken.push_back(best);
    }
    return labels;
}

}  // namespace quern
