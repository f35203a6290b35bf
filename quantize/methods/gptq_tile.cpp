// Left-looking: what a block takes from all columns before it is one product, then its own columns
// follow one by one. Grids are chosen on the weights as they are when their group is reached.
#include "methods/gptq_tile.h"

#include <algorithm>

#include "lanes.h"

namespace quern {

GptqTile::GptqTile(const GptqProblem& p, const float* w, int64_t rows)
    : p_(p), out_(*p.format, p.cols()), losses_(kLanes) {
    const auto size = static_cast<size_t>(p.cols() * kLanes);
    weights_.resize(size);
    differences_.resize(size);
    grids_.resize(static_cast<size_t>(p.format->n_groups(p.cols())));
    to_lanes(w, rows, p.cols(), weights_.data());
    for (int64_t k = 0; k < p.cols(); ++k) {
        if (p.dead[k]) std::fill_n(&weights_[k * kLanes], kLanes, 0.0f);
    }
    fix_units();
}

void GptqTile::round() {
    if (p_.plan.blocks.front().group < 0) fix_grids();
    for (const ColumnBlock& block : p_.plan.blocks) round_block(block);
}

std::vector<float> GptqTile::differences_by_column() const {
    std::vector<float> by_column(differences_.size());
    for (int64_t i = 0; i < p_.cols(); ++i) {
        std::copy_n(&differences_[i * kLanes], kLanes, &by_column[p_.plan.columns[i] * kLanes]);
    }
    return by_column;
}

/// The grids of columns[begin, end) with values w [end - begin][16].
LaneGrids GptqTile::choose_grids(const float* w, const std::vector<int64_t>& columns, int64_t begin,
                                 int64_t end) const {
    if (p_.options.grid == GridChoice::kRange) {
        return range_grids(*p_.format, units_, w, end - begin);
    }
    std::vector<float> importance(static_cast<size_t>((end - begin) * kLanes));
    for (int64_t i = begin; i < end; ++i) {
        std::fill_n(&importance[(i - begin) * kLanes], kLanes, p_.importance[columns[i]]);
    }
    return searched_grids(*p_.format, units_, w, importance.data(), end - begin);
}

/// Units are the row's, so they cannot wait for the updated weights. Those tend to be larger.
void GptqTile::fix_units() {
    constexpr float kHeadroom = 1.2f;
    std::vector<float> importance;
    if (p_.options.grid != GridChoice::kRange) {
        for (const float v : p_.importance) importance.insert(importance.end(), kLanes, v);
    }
    units_ = choose_units(*p_.format, weights_.data(),
                          importance.empty() ? nullptr : importance.data(), p_.cols(), kHeadroom);
    out_.set_units(units_);
}

void GptqTile::fix_grids() {
    std::vector<int64_t> natural(p_.plan.columns);
    std::sort(natural.begin(), natural.end());
    const int64_t size = p_.format->group_size(p_.cols());
    for (size_t g = 0; g < grids_.size(); ++g) {
        const int64_t begin = static_cast<int64_t>(g) * size;
        const int64_t end = std::min(begin + size, p_.cols());
        grids_[g] = choose_grids(&weights_[begin * kLanes], natural, begin, end);
        out_.set_grids(static_cast<int64_t>(g), grids_[g]);
    }
}

/// The weights of a block that make up best for the errors of all columns before it, were they not
/// to be rounded: the recursion of the targets with e = 0. `targets` lack the block's own part.
std::vector<float> GptqTile::updated_weights(const ColumnBlock& block,
                                             const std::vector<float>& targets) const {
    std::vector<float> updated(targets), d(targets.size());
    for (int64_t i = block.begin; i < block.end; ++i) {
        const int64_t k = (i - block.begin) * kLanes;
        accumulate_one(d.data(), &p_.ratios[i * p_.cols() + block.begin], i - block.begin,
                       &updated[k]);
        const float* w = &weights_[p_.plan.columns[i] * kLanes];
        for (int r = 0; r < kLanes; ++r) d[k + r] = w[r] - updated[k + r];
    }
    return updated;
}

void GptqTile::round_block(const ColumnBlock& block) {
    const auto [begin, end, group] = block;
    const int64_t cols = p_.cols();
    std::vector<float> targets(static_cast<size_t>((end - begin) * kLanes));
    for (int64_t i = begin; i < end; ++i) {
        std::copy_n(&weights_[p_.plan.columns[i] * kLanes], kLanes, &targets[(i - begin) * kLanes]);
    }
    for (int64_t i = begin; i < end; i += 2) {
        accumulate_rows(differences_.data(), &p_.ratios[i * cols], cols, begin, i + 1 < end,
                        &targets[(i - begin) * kLanes]);
    }
    if (group >= 0) {
        const std::vector<float> updated = updated_weights(block, targets);
        grids_[group] = choose_grids(updated.data(), p_.plan.columns, begin, end);
        out_.set_grids(group, grids_[group]);
    }
    for (int64_t i = begin; i < end; ++i) {
        const int64_t column = p_.plan.columns[i];
        float* target = &targets[(i - begin) * kLanes];
        accumulate_one(&differences_[begin * kLanes], &p_.ratios[i * cols + begin], i - begin,
                       target);
        uint8_t codes[kLanes];
        float values[kLanes];
        nearest_codes(grids_[group_of(column)], target, codes, values);
        out_.set_codes(column, codes);
        const float damping = p_.damped_diagonal[column] - p_.hessian[column * cols + column];
        for (int r = 0; r < kLanes; ++r) {
            const float d = weights_[column * kLanes + r] - values[r], e = target[r] - values[r];
            differences_[i * kLanes + r] = d;
            losses_[r] += static_cast<double>(e * e * p_.squared_pivots[i]) -
                          static_cast<double>(d * d * damping);
        }
    }
}

/// R = D H is kept up to date.
void GptqTile::refine() {
    const int64_t cols = p_.cols();
    std::vector<float> d = differences_by_column();
    std::vector<float> r(d.size());
    for (int64_t i = 0; i < cols; i += 2) {
        accumulate_rows(d.data(), p_.hessian + i * cols, cols, cols, i + 1 < cols, &r[i * kLanes]);
    }
    for (int64_t position = 0; position < cols; ++position) {
        const int64_t i = p_.plan.columns[position];
        const float* h = p_.hessian + i * cols;
        const float diagonal = p_.damped_diagonal[i];
        float target[kLanes], values[kLanes], change[kLanes];
        for (int k = 0; k < kLanes; ++k) {
            const float v = d[i * kLanes + k];
            const float slope = r[i * kLanes + k] + (diagonal - h[i]) * v;
            target[k] = weights_[i * kLanes + k] - v + slope / diagonal;
        }
        uint8_t codes[kLanes];
        nearest_codes(grids_[group_of(i)], target, codes, values);
        out_.set_codes(i, codes);
        bool changed = false;
        for (int k = 0; k < kLanes; ++k) {
            const float now = weights_[i * kLanes + k] - values[k];
            change[k] = now - d[i * kLanes + k];
            d[i * kLanes + k] = differences_[position * kLanes + k] = now;
            changed |= change[k] != 0;
        }
        for (int64_t j = 0; changed && j < cols; ++j) {
            for (int k = 0; k < kLanes; ++k) r[j * kLanes + k] += h[j] * change[k];
        }
    }
    std::fill(losses_.begin(), losses_.end(), 0.0);
    for (size_t i = 0; i < d.size(); ++i) {
        losses_[i % kLanes] += static_cast<double>(d[i] * r[i]);
    }
}

}  // namespace quern
