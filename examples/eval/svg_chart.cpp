// Axes, ticks, marks and legend of the charts.
#include "eval/svg_chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>

#include "common/table.h"
#include "eval/label_placement.h"

namespace quern {
namespace {

constexpr double kWidth = 460, kHeight = 360;  // of a panel's frame
constexpr double kLeft = 70, kGap = 40, kTop = 76, kBelow = 56, kLegendRow = 20;
constexpr double kCharacter = 6.3;  // width of one at the size of labels

/// Of middle lightness: they stand out from white and from near black.
constexpr std::array<const char*, 8> kColors = {"#3b82f6", "#e4672b", "#22a06b", "#c04ec9",
                                                "#c99700", "#14a3b8", "#e5484d", "#8d7a64"};
/// Marks around 0 0, about 10 across; they tell series apart without colour.
constexpr std::array<const char*, 8> kMarks = {"M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z",
                                               "M-4.5 -4.5H4.5V4.5H-4.5Z",
                                               "M0 -5.6L5.4 4.4H-5.4Z",
                                               "M0 -6L6 0L0 6L-6 0Z",
                                               "M0 5.6L5.4 -4.4H-5.4Z",
                                               "M-2 -5.5H2V-2H5.5V2H2V5.5H-2V2H-5.5V-2H-2Z",
                                               "M-5.6 0L-2.8 -5H2.8L5.6 0L2.8 5H-2.8Z",
                                               "M-5 -5L0 -2.4L5 -5L2.4 0L5 5L0 2.4L-5 5L-2.4 0Z"};

constexpr char kStyle[] =
    "<style>\n"
    "text{font:12px system-ui,sans-serif;fill:#24292f}\n"
    ".title{font-size:16px;font-weight:600}.panel{font-size:13px;font-weight:600}\n"
    ".label{font-size:11px;stroke:#ffffff;stroke-width:3px;paint-order:stroke}.back{fill:#ffffff}\n"
    ".frame{fill:none;stroke:#8c959f}.grid{stroke:#d8dee4}\n"
    ".front{fill:none;stroke:#6e7781;stroke-width:1.5;stroke-dasharray:6 4}.lead{stroke:#8c959f}\n"
    "@media "
    "(prefers-color-scheme:dark){text{fill:#e6edf3}.back{fill:#0d1117}.label{stroke:#0d1117}\n"
    ".frame{stroke:#6e7681}.grid{stroke:#2a313a}.front{stroke:#9198a1}.lead{stroke:#6e7681}}\n"
    "</style>\n";

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        const std::string_view special = "&<>\"";
        constexpr std::array<const char*, 4> kNames = {"&amp;", "&lt;", "&gt;", "&quot;"};
        const size_t at = special.find(c);
        if (at != std::string_view::npos) {
            out += kNames[at];
        } else {
            out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    }
    return out;
}

std::string number(double value) { return cli::short_number(std::round(value * 100) / 100); }

std::string text_at(double x, double y, const std::string& attributes, const std::string& text) {
    return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" " + attributes + ">" +
           escaped(text) + "</text>\n";
}

std::string line(double x1, double y1, double x2, double y2, const char* kind) {
    return "<path class=\"" + std::string(kind) + "\" d=\"M" + number(x1) + " " + number(y1) + "L" +
           number(x2) + " " + number(y2) + "\"/>\n";
}

/// With more series than colours each colour comes with other marks.
std::string mark(double x, double y, size_t series) {
    const size_t round = series / kColors.size();
    return "<path fill=\"" + std::string(kColors[series % kColors.size()]) +
           "\" transform=\"translate(" + number(x) + " " + number(y) + ")\" d=\"" +
           kMarks[(series + round) % kMarks.size()] + "\"/>\n";
}

/// From data to pixels. Logarithmic axes hold logarithms to base 10.
struct Axis {
    bool logarithmic;
    double low = 0, high = 1;  // of the data, with some space around it
    double begin, end;         // pixels

    Axis(std::vector<double> values, bool log, double pixel_begin, double pixel_end)
        : logarithmic(log), begin(pixel_begin), end(pixel_end) {
        if (values.empty()) values = {1, 10};
        for (double& v : values) v = coordinate(v);
        const auto [least, most] = std::minmax_element(values.begin(), values.end());
        const double space = std::max({0.08 * (*most - *least), log ? 0.05 : 0.02 * *most, 1e-9});
        low = *least - space;
        high = *most + space;
    }
    double coordinate(double v) const { return logarithmic ? std::log10(v) : v; }
    double pixel(double v) const {
        return begin + (coordinate(v) - low) / (high - low) * (end - begin);
    }

    std::vector<double> ticks() const { return logarithmic ? logarithmic_ticks() : linear_ticks(); }

  private:
    std::vector<double> logarithmic_ticks() const {
        std::vector<double> ticks;
        for (const auto& steps : {std::vector<double>{1, 2, 5}, {1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9}}) {
            ticks.clear();
            for (double e = std::floor(low); e <= high; ++e) {
                for (const double step : steps) {
                    const double at = std::log10(step) + e;
                    if (at >= low && at <= high) ticks.push_back(step * std::pow(10, e));
                }
            }
            if (ticks.size() >= 3) break;
        }
        return ticks;
    }
    std::vector<double> linear_ticks() const {
        const double rough = (high - low) / 5;
        const double decade = std::pow(10, std::floor(std::log10(rough)));
        double step = 10 * decade;
        for (const double nice : {5.0, 2.0, 1.0}) {
            if (nice * decade >= rough) step = nice * decade;
        }
        std::vector<double> ticks;
        const auto first = static_cast<int64_t>(std::ceil(low / step));  // an integer has no -0
        for (int64_t n = first; static_cast<double>(n) * step <= high; ++n) {
            ticks.push_back(static_cast<double>(n) * step);
        }
        return ticks;
    }
};

std::string axes(const ChartPanel& panel, const Axis& x, const Axis& y, bool with_y_numbers) {
    std::string out;
    for (const double tick : x.ticks()) {
        out += line(x.pixel(tick), y.begin, x.pixel(tick), y.end, "grid");
        out +=
            text_at(x.pixel(tick), y.begin + 18, "text-anchor=\"middle\"", cli::short_number(tick));
    }
    for (const double tick : y.ticks()) {
        out += line(x.begin, y.pixel(tick), x.end, y.pixel(tick), "grid");
        if (!with_y_numbers) continue;
        out +=
            text_at(x.begin - 8, y.pixel(tick) + 4, "text-anchor=\"end\"", cli::short_number(tick));
    }
    out += "<path class=\"frame\" d=\"M" + number(x.begin) + " " + number(y.end) + "H" +
           number(x.end) + "V" + number(y.begin) + "H" + number(x.begin) + "Z\"/>\n";
    const double middle = (x.begin + x.end) / 2;
    out += text_at(middle, y.begin + 40, "text-anchor=\"middle\"", panel.x_title);
    return out + text_at(middle, y.end - 10, "class=\"panel\" text-anchor=\"middle\"", panel.title);
}

/// Steps: what is reachable at each x.
std::string front(const ChartPanel& panel, const Axis& x, const Axis& y) {
    const std::vector<size_t> indices = pareto_front(panel);
    if (indices.size() < 2) return "";
    std::string path;
    for (const size_t i : indices) {
        const ChartPoint& p = panel.points[i];
        path +=
            (path.empty() ? "M" + number(x.pixel(p.x)) + " " : "H" + number(x.pixel(p.x)) + "V") +
            number(y.pixel(p.y));
    }
    return "<path class=\"front\" d=\"" + path + "\"/>\n";
}

/// For every label its points, worst first.
std::map<std::string, std::vector<size_t>> points_by_label(const ChartPanel& panel) {
    std::map<std::string, std::vector<size_t>> groups;
    for (size_t i = 0; i < panel.points.size(); ++i) groups[panel.points[i].label].push_back(i);
    for (auto& [label, indices] : groups) {
        std::stable_sort(indices.begin(), indices.end(),
                         [&](size_t a, size_t b) { return panel.points[a].y > panel.points[b].y; });
    }
    return groups;
}

/// Points with the same label are joined by a faint line, and the label stands at its top.
std::string points(const ChartPanel& panel, const Axis& x, const Axis& y) {
    std::vector<LabelledPoint> at;
    std::string marks;
    for (const ChartPoint& p : panel.points) {
        at.push_back({x.pixel(p.x), y.pixel(p.y), 0});
        marks += mark(at.back().x, at.back().y, p.series);
    }
    std::string lines, labels;
    for (const auto& [label, indices] : points_by_label(panel)) {
        at[indices[0]].width = kCharacter * static_cast<double>(cli::display_width(label));
        for (size_t i = 1; i < indices.size(); ++i) {
            const LabelledPoint &p = at[indices[i - 1]], &q = at[indices[i]];
            lines += line(p.x, p.y, q.x, q.y, "lead");
        }
    }
    const std::vector<ChartBox> boxes =
        place_labels(at, {x.begin + 3, y.end + 3, x.end - 3, y.begin - 3});
    for (size_t i = 0; i < at.size(); ++i) {
        if (at[i].width == 0) continue;
        const ChartBox& box = boxes[i];
        const double near_x = std::clamp(at[i].x, box.left, box.right);
        const double near_y = std::clamp(at[i].y, box.top, box.bottom);
        if (std::hypot(near_x - at[i].x, near_y - at[i].y) > 12) {
            lines += line(at[i].x, at[i].y, near_x, near_y, "lead");
        }
        labels += text_at((box.left + box.right) / 2, box.bottom - 3,
                          "class=\"label\" text-anchor=\"middle\"", panel.points[i].label);
    }
    return lines + marks + labels;
}

std::string legend(const std::vector<std::string>& series, double width, double y, double* height) {
    double x = kLeft;
    std::string out;
    const double begin = y;
    for (size_t i = 0; i <= series.size(); ++i) {
        const bool is_front = i == series.size();
        const std::string name = is_front ? "Pareto front" : series[i];
        const double needed = 34 + kCharacter * 1.1 * static_cast<double>(cli::display_width(name));
        if (x > kLeft && x + needed > width) {
            x = kLeft;
            y += kLegendRow;
        }
        out += is_front ? line(x, y, x + 16, y, "front") : mark(x + 4, y, i);
        out += text_at(x + (is_front ? 22 : 16), y + 4, "", name);
        x += needed;
    }
    *height = y - begin + kLegendRow;
    return out;
}

}  // namespace

std::vector<size_t> pareto_front(const ChartPanel& panel) {
    std::vector<size_t> order(panel.points.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        const ChartPoint &p = panel.points[a], &q = panel.points[b];
        if (p.x != q.x) return (p.x < q.x) == panel.small_x_is_better;
        return p.y < q.y;
    });
    std::vector<size_t> front;
    for (const size_t i : order) {
        if (front.empty() || panel.points[i].y < panel.points[front.back()].y) front.push_back(i);
    }
    return front;
}

std::string svg_chart(const std::string& title, const std::string& y_title,
                      const std::vector<std::string>& series,
                      const std::vector<ChartPanel>& panels) {
    std::vector<double> ys;
    for (const ChartPanel& panel : panels) {
        for (const ChartPoint& p : panel.points) ys.push_back(p.y);
    }
    const double bottom = kTop + kHeight;
    const Axis y(ys, true, bottom, kTop);
    const double n = static_cast<double>(panels.size());
    const double width = kLeft + n * kWidth + (n - 1) * kGap + 30;
    std::string body;
    for (size_t i = 0; i < panels.size(); ++i) {
        std::vector<double> xs;
        for (const ChartPoint& p : panels[i].points) xs.push_back(p.x);
        const double begin = kLeft + static_cast<double>(i) * (kWidth + kGap);
        const Axis x(xs, false, begin, begin + kWidth);
        body += axes(panels[i], x, y, i == 0) + front(panels[i], x, y) + points(panels[i], x, y);
    }
    body += text_at(kLeft, 30, "class=\"title\"", title);
    body += "<text transform=\"translate(18 " + number((kTop + bottom) / 2) +
            ") rotate(-90)\" text-anchor=\"middle\">" + escaped(y_title) + "</text>\n";
    double legend_height = 0;
    body += legend(series, width - 20, bottom + kBelow + 12, &legend_height);
    const double height = bottom + kBelow + legend_height + 12;
    const std::string size = number(width) + " " + number(height);
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + size + "\" width=\"" +
           number(width) + "\" height=\"" + number(height) + "\" role=\"img\">\n<title>" +
           escaped(title) + "</title>\n" + kStyle + "<rect class=\"back\" width=\"" +
           number(width) + "\" height=\"" + number(height) + "\"/>\n" + body + "</svg>\n";
}

}  // namespace quern
