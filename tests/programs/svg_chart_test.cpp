// Charts: the front, labels that do not overlap, markup that holds any text.
#include "eval/svg_chart.h"

#include <doctest/doctest.h>

#include "eval/label_placement.h"
#include "support/pseudo_random.h"

using namespace quern;
using namespace quern::test;

namespace {

bool overlap(const ChartBox& a, const ChartBox& b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

}  // namespace

TEST_CASE("chart: the front has the points that no other beats in both directions") {
    ChartPanel panel;
    panel.points = {{3, 1, "c", 0}, {1, 4, "a", 0},      {2, 5, "beaten by a", 0},
                    {2, 2, "b", 0}, {3, 3, "beaten", 0}, {4, 1, "equal, but larger", 0}};
    CHECK(pareto_front(panel) == std::vector<size_t>{1, 3, 0});
    panel.small_x_is_better = false;
    CHECK(pareto_front(panel) == std::vector<size_t>{5});
    CHECK(pareto_front(ChartPanel{}).empty());
}

TEST_CASE("chart: labels overlap neither each other nor points, and stay in the frame") {
    const ChartBox frame{0, 0, 460, 360};
    const std::vector<float> at = uniform(3, 40);
    std::vector<LabelledPoint> points;
    for (size_t i = 0; i < 20; ++i) {
        points.push_back({230.0 + 440.0 * static_cast<double>(at[2 * i]),
                          180.0 + 340.0 * static_cast<double>(at[2 * i + 1]), i == 7 ? 0.0 : 50.0});
    }
    const std::vector<ChartBox> boxes = place_labels(points, frame);
    REQUIRE(boxes.size() == points.size());
    CHECK(boxes[7].right == boxes[7].left);
    for (size_t i = 0; i < boxes.size(); ++i) {
        if (points[i].width == 0) continue;
        CAPTURE(i);
        CHECK(boxes[i].right - boxes[i].left == doctest::Approx(50));
        CHECK(boxes[i].left >= frame.left);
        CHECK(boxes[i].right <= frame.right);
        CHECK(boxes[i].top >= frame.top);
        CHECK(boxes[i].bottom <= frame.bottom);
        for (size_t j = 0; j < points.size(); ++j) {
            const ChartBox mark{points[j].x - 3, points[j].y - 3, points[j].x + 3, points[j].y + 3};
            CHECK(!overlap(boxes[i], mark));
            if (j > i) CHECK(!overlap(boxes[i], boxes[j]));
        }
    }
}

TEST_CASE("chart: markup") {
    ChartPanel panel{"A & B", "x", true, {{90, 0.3, "<q4>", 0}, {140, 0.001, "q8", 1}}};
    const std::string svg = svg_chart("t\x01itle", "y", {"one", "two \"2\""}, {panel, panel});
    CHECK(svg.find("<svg xmlns=\"http://www.w3.org/2000/svg\"") == 0);
    CHECK(svg.find("<script") == std::string::npos);
    CHECK(svg.find("prefers-color-scheme:dark") != std::string::npos);
    CHECK(svg.find("A &amp; B") != std::string::npos);
    CHECK(svg.find("&lt;q4&gt;") != std::string::npos);
    CHECK(svg.find("two &quot;2&quot;") != std::string::npos);
    CHECK(svg.find('\x01') == std::string::npos);
    CHECK(svg.find("nan") == std::string::npos);
    for (const char* tick : {">0.001<", ">0.01<", ">0.1<", ">100<", ">120<", ">140<"}) {
        CAPTURE(tick);
        CHECK(svg.find(tick) != std::string::npos);
    }
    // Charts without points, or with all in one place, still have axes.
    CHECK(svg_chart("t", "y", {}, {ChartPanel{}}).find("inf") == std::string::npos);
    panel.points = {{5, 0.3, "a", 0}, {400, 0.3, "b", 0}};
    const std::string from_zero = svg_chart("t", "y", {"s"}, {panel});
    CHECK(from_zero.find(">0<") != std::string::npos);
    CHECK(from_zero.find(">-0<") == std::string::npos);
    panel.points = {{90, 0.3, "a", 0}};
    CHECK(svg_chart("t", "y", {"s"}, {panel}).find("nan") == std::string::npos);
}
