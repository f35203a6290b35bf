// SmoothQuant (Xiao et al. 2022, 2211.10438): columns with large inputs are hard to store as int8
// inputs, columns with large weights as int8 weights; a factor moves the difficulty between both.
//
//   s_c = max|x_c|^alpha / max|w_c|^(1 - alpha)      (equation 4), divided by sqrt(max s min s)
//
// The paper folds into norms only; here every place where a factor can move gets one. Unless alpha
// is given it is the one of a grid, with s = 1 among them, whose expected error of the products is
// least. A value that is rounded in steps of D has an error of D^2 / 12 on average, so a product
// with weights w s in steps of D_w and inputs x / s in steps of D_x has
//
//   1/12 sum over rows and columns of  D_w^2 E[x^2] / s^2  +  D_x^2 w^2 s^2
//
// D_w by group and row, D_x by chunk of inputs, or all of them if their range is static.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "parallel.h"
#include "transforms/transforms.h"

namespace quern {
namespace {

constexpr float kAlphas[] = {0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f, 0.9f};

struct SmoothCandidate {
    std::string text;
    std::vector<float> scales;   ///< by channel
    std::vector<float> columns;  ///< by column of the consumers
    double error = 0;
};

/// Of a consumer's columns, over its rows.
struct ColumnSums {
    std::vector<float> max_abs;
    std::vector<double> square;
};

ColumnSums column_sums(const LayerTensor& t) {
    ColumnSums sums{std::vector<float>(static_cast<size_t>(t.cols())),
                    std::vector<double>(static_cast<size_t>(t.cols()))};
    for (int64_t tile = 0; tile < t.tiles(); ++tile) {
        const float* cell = t.tile(tile);
        for (size_t k = 0; k < sums.square.size(); ++k, cell += kTileRows) {
            float square = 0;
            for (int64_t r = 0; r < t.tile_rows(tile); ++r) {
                sums.max_abs[k] = std::max(sums.max_abs[k], std::fabs(cell[r]));
                square += cell[r] * cell[r];
            }
            sums.square[k] += static_cast<double>(square);
        }
    }
    return sums;
}

/// Of the columns that belong to a channel.
std::vector<float> largest_by_channel(const ScaleFold& fold, const std::vector<float>& by_column) {
    std::vector<float> largest(static_cast<size_t>(fold.channels));
    for (size_t j = 0; j < by_column.size(); ++j) {
        float& channel = largest[static_cast<size_t>(fold.channel_of_column[j])];
        channel = std::max(channel, by_column[j]);
    }
    return largest;
}

/// Channels without inputs or weights keep s = 1.
SmoothCandidate make_candidate(const ScaleFold& fold, const std::vector<float>& a,
                               const std::vector<float>& w, float alpha) {
    SmoothCandidate c;
    float low = HUGE_VALF, high = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        const float s = std::pow(a[i], alpha) / std::pow(w[i], 1 - alpha);
        const bool usable = a[i] > 0 && w[i] > 0 && std::isfinite(s) && s > 0;
        c.scales.push_back(usable ? s : 0);
        if (!usable) continue;
        low = std::min(low, s);
        high = std::max(high, s);
    }
    const float middle = std::sqrt(low) * std::sqrt(high);
    for (float& s : c.scales) s = s > 0 ? s / middle : 1;
    c.columns = column_scales(fold, c.scales);
    char text[32];
    std::snprintf(text, sizeof text, "smoothquant %.2f", static_cast<double>(alpha));
    c.text = text;
    return c;
}

// ---------------------------------------------------------------- expected errors

/// max over each group of `size` columns
std::vector<float> group_maxima(const std::vector<float>& by_column, int64_t size) {
    std::vector<float> maxima;
    for (size_t k = 0; k < by_column.size(); ++k) {
        if (k % static_cast<size_t>(size) == 0) maxima.push_back(0);
        maxima.back() = std::max(maxima.back(), by_column[k]);
    }
    return maxima;
}

/// sum of D_x^2 w^2 s^2
double input_error(const InputStatistics& x, const ColumnSums& w, const SmoothCandidate& c,
                   int64_t group) {
    std::vector<float> inputs;
    for (size_t k = 0; k < c.columns.size(); ++k) inputs.push_back(x.max_abs[k] / c.columns[k]);
    const std::vector<float> largest = group_maxima(inputs, group);
    double sum = 0;
    for (size_t k = 0; k < c.columns.size(); ++k) {
        const float step = largest[k / static_cast<size_t>(group)] / 127 * c.columns[k];
        sum += static_cast<double>(step * step) * w.square[k];
    }
    return sum;
}

/// sum of D_w^2 E[x^2] / s^2 over the rows of a tile
double weight_error(const InputStatistics& x, const LayerTensor& t, int64_t tile,
                    const Format& format, const SmoothCandidate& c) {
    const auto cols = static_cast<size_t>(t.cols());
    const auto group = static_cast<size_t>(format.group_size(t.cols()));
    const float levels = std::ldexp(1.0f, format.bits) - 1;
    double sum = 0;
    for (size_t begin = 0; begin < cols; begin += group) {
        float largest[kTileRows] = {};
        double energy = 0;
        for (size_t k = begin; k < std::min(begin + group, cols); ++k) {
            const float* cell = t.tile(tile) + static_cast<int64_t>(k) * kTileRows;
            for (int64_t r = 0; r < kTileRows; ++r) {
                largest[r] = std::max(largest[r], std::fabs(cell[r]) * c.columns[k]);
            }
            energy += static_cast<double>(x.mean_square[k] / (c.columns[k] * c.columns[k]));
        }
        for (int64_t r = 0; r < t.tile_rows(tile); ++r) {
            const float step = 2 * largest[r] / levels;
            sum += static_cast<double>(step * step) * energy;
        }
    }
    return sum;
}

/// Adds what a product with `t` would have to every candidate's error.
Status add_errors(const LayerTensor& t, const ColumnSums& sums, const InputStatistics& x,
                  TransformContext& context, std::vector<SmoothCandidate>* candidates) {
    const Format& format = context.format_of(t.source->name);
    const int64_t group = context.static_activations ? t.cols() : kChunkCols;  // of inputs
    const size_t n = candidates->size();
    std::vector<double> errors(static_cast<size_t>(t.tiles()) * n);
    Status s = parallel_for(context.pool.size(), t.tiles(), context.cancel, [&](int, int64_t tile) {
        for (size_t i = 0; i < n; ++i) {
            errors[static_cast<size_t>(tile) * n + i] =
                weight_error(x, t, tile, format, (*candidates)[i]);
        }
        return Status();
    });
    for (size_t i = 0; i < errors.size(); ++i) (*candidates)[i % n].error += errors[i];
    for (SmoothCandidate& c : *candidates) c.error += input_error(x, sums, c, group);
    return s;
}

// ---------------------------------------------------------------- the transform

/// Only products with block formats have int8 inputs.
bool all_take_int8(const ScaleFold& fold, const TransformContext& context) {
    return std::all_of(fold.consumers.begin(), fold.consumers.end(),
                       [&](const Tensor* t) { return context.format_of(t->name).is_block(); });
}

Status smooth_fold(const ScaleFold& fold, TransformContext& context) {
    if (!all_take_int8(fold, context)) return {};
    const InputStatistics& x = context.tap_of(fold.consumers[0]->name)->statistics;
    std::vector<ColumnSums> sums;
    std::vector<float> largest(fold.channel_of_column.size());
    for (const Tensor* consumer : fold.consumers) {
        sums.push_back(column_sums(*context.tensors.find(consumer->name)));
        for (size_t k = 0; k < largest.size(); ++k) {
            largest[k] = std::max(largest[k], sums.back().max_abs[k]);
        }
    }
    const std::vector<float> a = largest_by_channel(fold, x.max_abs),
                             w = largest_by_channel(fold, largest);
    std::vector<SmoothCandidate> candidates;
    if (context.options.alpha >= 0) {
        candidates.push_back(make_candidate(fold, a, w, context.options.alpha));
    } else {
        const std::vector<float> ones(a.size(), 1.0f);
        candidates.push_back({"smoothquant 1", ones, column_scales(fold, ones)});
        for (const float alpha : kAlphas) candidates.push_back(make_candidate(fold, a, w, alpha));
        for (size_t i = 0; i < sums.size(); ++i) {
            const LayerTensor& t = *context.tensors.find(fold.consumers[i]->name);
            Status s = add_errors(t, sums[i], x, context, &candidates);
            if (!s.ok()) return s;
        }
    }
    const auto best = std::min_element(
        candidates.begin(), candidates.end(),
        [](const SmoothCandidate& l, const SmoothCandidate& r) { return l.error < r.error; });
    for (const Tensor* t : fold.consumers) context.note(t->name, best->text);
    apply_fold(fold, best->scales, context);
    return {};
}

Status apply_smoothquant(TransformContext& context) {
    for (const ScaleFold& fold : context.folds) {
        if (Status s = smooth_fold(fold, context); !s.ok()) return s;
    }
    return {};
}

constexpr TransformOption kSmoothQuantOptions[] = {{"--alpha", &TransformOptions::alpha, 0, 1}};

}  // namespace

Transform smoothquant_transform() {
    return {
        .name = "smoothquant",
        .summary =
            "moves scale from int8 inputs to weights (Xiao et al. 2022), for formats of 8 "
            "bits; --alpha",
        .needs = Needs::kStatistics,
        .apply = apply_smoothquant,
        .prepares = true,
        .options = kSmoothQuantOptions,
    };
}

}  // namespace quern
