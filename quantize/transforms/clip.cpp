// Clipping of weights before they are rounded on the range of their group (AWQ's second search, Lin
// et al. 2023): per row and group the limit (1 - i/20) largest |w|, i = 0..9, that has the smallest
// d^T H d, d = round(clamp(w)) - w and H the group's block of the inputs' second moments. Queries
// and keys are left alone: their errors meet in a product, where a bias costs more.
// A searched grid clips by itself.
#include <algorithm>
#include <cmath>

#include "parallel.h"
#include "transforms/transforms.h"

namespace quern {
namespace {

constexpr int kLimits = 10;
constexpr float kStep = 1.0f / 20;
constexpr std::string_view kLeftAlone[] = {"attn_q.", "attn_k."};

/// d^T H d of columns [begin, end).
float group_loss(const InputStatistics& s, const float* d, int64_t begin, int64_t end) {
    float sum = 0;
    for (int64_t i = begin; i < end; ++i) {
        const float* h = &s.hessian[static_cast<size_t>(i * s.n)];
        float product = 0;
        for (int64_t j = begin; j < end; ++j) product += h[j] * d[j];
        sum += d[i] * product;
    }
    return sum;
}

void clamp_groups(const float* w, const std::vector<float>& limits, int64_t group, int64_t cols,
                  float* out) {
    for (int64_t k = 0; k < cols; ++k) {
        const float limit = limits[static_cast<size_t>(k / group)];
        out[k] = std::min(std::max(w[k], -limit), limit);
    }
}

/// Clamps one row to the best limits of its groups.
void clip_row(const Format& f, const InputStatistics& s, int64_t cols, float* w) {
    const int64_t group = f.group_size(cols), n = f.n_groups(cols);
    std::vector<float> largest(static_cast<size_t>(n)), limits, best_limits;
    for (int64_t k = 0; k < cols; ++k) {
        float& m = largest[static_cast<size_t>(k / group)];
        m = std::max(m, std::fabs(w[k]));
    }
    std::vector<float> best(static_cast<size_t>(n), INFINITY), d(static_cast<size_t>(cols));
    std::vector<uint8_t> tile(static_cast<size_t>(f.tile_bytes(f, cols)));
    best_limits = limits = largest;
    for (int i = 0; i < kLimits; ++i) {
        const float part = 1 - static_cast<float>(i) * kStep;
        for (size_t g = 0; g < limits.size(); ++g) limits[g] = largest[g] * part;
        clamp_groups(w, limits, group, cols, d.data());
        f.encode_row(f, d.data(), 0, cols, tile.data());
        f.decode_row(f, tile.data(), 0, cols, d.data());
        for (int64_t k = 0; k < cols; ++k) d[static_cast<size_t>(k)] -= w[k];
        for (int64_t g = 0; g < n; ++g) {
            const int64_t begin = g * group;
            const float loss = group_loss(s, d.data(), begin, std::min(begin + group, cols));
            if (!(loss < best[static_cast<size_t>(g)])) continue;
            best[static_cast<size_t>(g)] = loss;
            best_limits[static_cast<size_t>(g)] = limits[static_cast<size_t>(g)];
        }
    }
    clamp_groups(w, best_limits, group, cols, w);
}

bool is_left_alone(const std::string& name) {
    return std::any_of(std::begin(kLeftAlone), std::end(kLeftAlone),
                       [&](std::string_view part) { return name.find(part) != std::string::npos; });
}

Status apply_clip(TransformContext& c) {
    for (LayerTensor& t : c.tensors.all()) {
        const std::string& name = t.source->name;
        const Format& format = c.format_of(name);
        if (!t.is_matrix() || !format.is_block() || is_left_alone(name)) continue;
        const InputStatistics& statistics = c.tap_of(name)->statistics;
        Status s = parallel_for(c.pool.size(), t.tiles(), c.cancel, [&](int, int64_t i) {
            const int64_t cols = t.cols(), count = t.tile_rows(i);
            std::vector<float> rows(static_cast<size_t>(count * cols));
            unpack_tile(t.tile(i), count, cols, rows.data());
            for (int64_t r = 0; r < count; ++r) clip_row(format, statistics, cols, &rows[r * cols]);
            pack_tile(rows.data(), count, cols, t.tile(i));
            return Status();
        });
        if (!s.ok()) return s;
        c.note(name, "clipped");
    }
    return {};
}

}  // namespace

Transform clip_transform() {
    return {
        .name = "clip",
        .summary =
            "clamps the weights of each group to the limit that rounds best (Lin et al. "
            "2023), for --grid range --shrinkage 0 --equal-tokens: awq+clip is close to the "
            "paper's AWQ",
        .needs = Needs::kHessian,
        .apply = apply_clip,
        .prepares = true,
    };
}

}  // namespace quern
