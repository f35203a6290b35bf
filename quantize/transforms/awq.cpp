// AWQ, activation-aware weight quantization (Lin et al. 2023, 2306.00978): columns that meet large
// activations are scaled up before rounding, and what makes those activations is scaled down.
//
//   s_c = a_c^r, r = 0, 1/20 ... 19/20         a_c = mean |x_c| on the samples (the paper)
//   s_c = a_c^r / w_c^(1-r)                    w_c = mean |w| / largest |w| of the group (AutoAWQ)
//   s  /= sqrt(max s * min s)
//
// For every place where a factor can move (architecture.h: ScaleFold), the candidate with the
// smallest loss tr(D H D^T), D = round(W s) / s - W, summed over the matrices that read the value.
// A cheap loss from the diagonal of H ranks all candidates, the exact one decides between the best
// and s = 1, so the loss never rises. The paper's second search, of clipping, is clip.cpp.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <new>
#include <numeric>

#include "calibration/output_loss.h"
#include "methods/methods.h"
#include "parallel.h"
#include "transforms/transforms.h"

namespace quern {
namespace {

constexpr int kSteps = 20;
constexpr int kFinalists = 3;
constexpr float kSmallest = 1e-4f;

struct AwqCandidate {
    std::string text;
    std::vector<float> scales;   ///< by channel
    std::vector<float> columns;  ///< by column of the consumers
    double loss = 0;
};

/// A tile of a consumer.
struct Item {
    LayerTensor* tensor;
    const Format* format;
    int64_t tile;
};

std::vector<Item> consumer_tiles(const ScaleFold& fold, TransformContext& c) {
    std::vector<Item> items;
    for (const Tensor* consumer : fold.consumers) {
        LayerTensor* t = c.tensors.find(consumer->name);
        for (int64_t i = 0; i < t->tiles(); ++i) {
            items.push_back({t, &c.format_of(consumer->name), i});
        }
    }
    return items;
}

// ---------------------------------------------------------------- candidates

/// Of the columns that belong to a channel.
std::vector<float> mean_by_channel(const ScaleFold& fold, const std::vector<float>& by_column) {
    std::vector<float> sums(static_cast<size_t>(fold.channels));
    std::vector<float> counts(sums.size());
    for (size_t j = 0; j < by_column.size(); ++j) {
        const auto channel = static_cast<size_t>(fold.channel_of_column[j]);
        sums[channel] += by_column[j];
        counts[channel] += 1;
    }
    for (size_t i = 0; i < sums.size(); ++i) sums[i] /= std::max(counts[i], 1.0f);
    return sums;
}

/// Mean over rows of |w| relative to the largest of its group, by column.
std::vector<float> relative_weights(const ScaleFold& fold, TransformContext& c) {
    const auto cols = fold.channel_of_column.size();
    std::vector<double> sums(cols);
    std::vector<float> rows(kTileRows * cols);
    int64_t n = 0;
    for (const Item& item : consumer_tiles(fold, c)) {
        const int64_t count = item.tensor->tile_rows(item.tile);
        const auto group = static_cast<size_t>(
            item.format->is_block() ? item.format->group_size(static_cast<int64_t>(cols)) : cols);
        unpack_tile(item.tensor->tile(item.tile), count, static_cast<int64_t>(cols), rows.data());
        n += count;
        for (size_t r = 0; r < static_cast<size_t>(count); ++r) {
            const float* row = &rows[r * cols];
            for (size_t begin = 0; begin < cols; begin += group) {
                const size_t end = std::min(begin + group, cols);
                float largest = 0;
                for (size_t k = begin; k < end; ++k) largest = std::max(largest, std::fabs(row[k]));
                for (size_t k = begin; k < end; ++k) {
                    sums[k] += static_cast<double>(std::fabs(row[k]) / (largest + 1e-6f));
                }
            }
        }
    }
    std::vector<float> means(cols);
    for (size_t k = 0; k < cols; ++k)
        means[k] = static_cast<float>(sums[k] / static_cast<double>(n));
    return means;
}

AwqCandidate make_candidate(const ScaleFold& fold, std::string text, std::vector<float> scales) {
    for (float& s : scales) s = std::isfinite(s) ? std::max(s, kSmallest) : 1.0f;
    const auto [low, high] = std::minmax_element(scales.begin(), scales.end());
    const float middle = std::sqrt(*low * *high);
    for (float& s : scales) s /= middle;
    AwqCandidate candidate{std::move(text), std::move(scales), {}};
    candidate.columns = column_scales(fold, candidate.scales);
    return candidate;
}

/// The first is s = 1.
std::vector<AwqCandidate> make_candidates(const ScaleFold& fold, TransformContext& c) {
    const InputStatistics& statistics = c.tap_of(fold.consumers[0]->name)->statistics;
    const std::vector<float> a = mean_by_channel(fold, statistics.mean_abs);
    const std::vector<float> w = mean_by_channel(fold, relative_weights(fold, c));
    std::vector<AwqCandidate> candidates;
    for (int i = 0; i < kSteps; ++i) {
        const float ratio = static_cast<float>(i) / kSteps;
        std::vector<float> plain(a.size()), both(a.size());
        for (size_t k = 0; k < a.size(); ++k) {
            plain[k] = std::pow(a[k], ratio);
            both[k] = plain[k] / (std::pow(w[k], 1 - ratio) + kSmallest);
        }
        char text[32];
        std::snprintf(text, sizeof text, "%.2f", static_cast<double>(ratio));
        candidates.push_back(make_candidate(fold, std::string("awq a^") + text, std::move(plain)));
        candidates.push_back(make_candidate(fold, std::string("awq a/w ") + text, std::move(both)));
    }
    return candidates;
}

// ---------------------------------------------------------------- losses

/// Rounds rows * columns; `out` becomes the difference to rows, in the units of rows.
void difference(const std::vector<float>& rows, const std::vector<float>& columns, int64_t count,
                const Format& format, const Rounding* rounding, std::vector<float>* out) {
    const auto cols = static_cast<int64_t>(columns.size());
    std::vector<uint8_t> tile(static_cast<size_t>(format.tile_bytes(format, cols)));
    std::vector<float> inverse(columns.size());
    for (size_t k = 0; k < columns.size(); ++k) inverse[k] = 1 / columns[k];
    out->resize(rows.size());
    for (int64_t r = 0; r < count; ++r) {
        const float* w = &rows[static_cast<size_t>(r * cols)];
        float* scaled = out->data() + r * cols;
        for (int64_t k = 0; k < cols; ++k) scaled[k] = w[k] * columns[static_cast<size_t>(k)];
    }
    if (rounding) {
        rounding->encode_tile(out->data(), count, cols, tile.data());
    } else {
        format.encode_tile(out->data(), count, cols, tile.data());
    }
    for (int64_t r = 0; r < count; ++r) {
        const float* w = &rows[static_cast<size_t>(r * cols)];
        float* d = out->data() + r * cols;
        format.decode_row(format, tile.data(), r, cols, d);
        for (int64_t k = 0; k < cols; ++k) d[k] = d[k] * inverse[static_cast<size_t>(k)] - w[k];
    }
}

/// sum d^2 weight, in eight lanes so that the compiler can vectorize.
float weighted_square(const float* d, const float* weight, int64_t n) {
    float lanes[8] = {};
    int64_t k = 0;
    for (; k + 8 <= n; k += 8) {
        for (int j = 0; j < 8; ++j) lanes[j] += d[k + j] * d[k + j] * weight[k + j];
    }
    for (; k < n; ++k) lanes[0] += d[k] * d[k] * weight[k];
    return std::accumulate(lanes, lanes + 8, 0.0f);
}

/// Fills AwqCandidate::loss from the diagonal of H and grids of plain ranges.
Status rank_candidates(const ScaleFold& fold, TransformContext& c,
                       std::vector<AwqCandidate>* candidates) {
    const InputStatistics& statistics = c.tap_of(fold.consumers[0]->name)->statistics;
    const std::vector<Item> items = consumer_tiles(fold, c);
    const size_t n = candidates->size();
    std::vector<double> losses(items.size() * n);
    Status s = parallel_for(
        c.pool.size(), static_cast<int64_t>(items.size()), c.cancel, [&](int, int64_t at) {
            const Item& item = items[static_cast<size_t>(at)];
            const int64_t cols = item.tensor->cols(), count = item.tensor->tile_rows(item.tile);
            std::vector<float> rows(static_cast<size_t>(kTileRows * cols)), d;
            unpack_tile(item.tensor->tile(item.tile), count, cols, rows.data());
            for (size_t i = 0; i < n; ++i) {
                difference(rows, (*candidates)[i].columns, count, *item.format, nullptr, &d);
                double sum = 0;
                for (int64_t r = 0; r < count; ++r) {
                    const float row = weighted_square(&d[static_cast<size_t>(r * cols)],
                                                      statistics.mean_square.data(), cols);
                    sum += static_cast<double>(row);
                }
                losses[static_cast<size_t>(at) * n + i] = sum;
            }
            return Status();
        });
    for (size_t at = 0; at < items.size(); ++at) {
        for (size_t i = 0; i < n; ++i) (*candidates)[i].loss += losses[at * n + i];
    }
    return s;
}

/// tr(D H D^T) over all consumers with the grids that will be used.
Result<double> exact_loss(const ScaleFold& fold, TransformContext& c,
                          const AwqCandidate& candidate) {
    const InputStatistics& statistics = c.tap_of(fold.consumers[0]->name)->statistics;
    InputStatistics scaled{
        statistics.n, statistics.mean_abs, statistics.mean_square, statistics.max_abs, {}};
    rescale(&scaled, candidate.columns);
    double loss = 0;
    for (const Tensor* consumer : fold.consumers) {
        LayerTensor* t = c.tensors.find(consumer->name);
        const Format& format = c.format_of(consumer->name);
        const auto rounding = nearest_rounding(format, &scaled, c.rounding.grid);
        AlignedMemory memory = allocate_aligned(t->bytes());
        if (!memory) throw std::bad_alloc();
        auto* tiles = reinterpret_cast<float*>(memory.get());
        Status s = parallel_for(c.pool.size(), t->tiles(), c.cancel, [&](int, int64_t i) {
            std::vector<float> rows(static_cast<size_t>(kTileRows * t->cols())), d;
            const int64_t count = t->tile_rows(i);
            unpack_tile(t->tile(i), count, t->cols(), rows.data());
            difference(rows, candidate.columns, count, format, rounding.get(), &d);
            pack_tile(d.data(), count, t->cols(), tiles + i * t->tile_floats());
            return Status();
        });
        if (!s.ok()) return s;
        auto part = output_loss(tiles, t->rows(), statistics, c.pool);
        if (!part.ok()) return part;
        loss += *part;
    }
    return loss;
}

// ---------------------------------------------------------------- the search

/// Nothing is gained where no reader loses bits.
bool any_has_few_bits(const ScaleFold& fold, const TransformContext& c) {
    return std::any_of(fold.consumers.begin(), fold.consumers.end(),
                       [&](const Tensor* t) { return c.format_of(t->name).is_quantized(); });
}

Status search_fold(const ScaleFold& fold, TransformContext& c) {
    if (!any_has_few_bits(fold, c)) return {};
    std::vector<AwqCandidate> candidates = make_candidates(fold, c);
    if (Status s = rank_candidates(fold, c, &candidates); !s.ok()) return s;
    if (c.cancel && c.cancel->load()) return {Code::kInterrupted, "interrupted"};
    std::stable_sort(candidates.begin() + 1, candidates.end(),
                     [](const AwqCandidate& a, const AwqCandidate& b) { return a.loss < b.loss; });
    candidates.resize(1 + kFinalists);
    for (AwqCandidate& candidate : candidates) {
        auto loss = exact_loss(fold, c, candidate);
        if (!loss.ok()) return loss.status();
        candidate.loss = *loss;
    }
    const auto best = std::min_element(
        candidates.begin(), candidates.end(),
        [](const AwqCandidate& a, const AwqCandidate& b) { return a.loss < b.loss; });
    if (best == candidates.begin()) {
        for (const Tensor* t : fold.consumers) c.note(t->name, "awq 1");
        return {};
    }
    char gain[32];
    std::snprintf(gain, sizeof gain, " (loss x %.3f)", best->loss / candidates[0].loss);
    for (const Tensor* t : fold.consumers) c.note(t->name, best->text + gain);
    apply_fold(fold, best->scales, c);
    return {};
}

Status apply_awq(TransformContext& context) {
    for (const ScaleFold& fold : context.folds) {
        if (Status s = search_fold(fold, context); !s.ok()) return s;
    }
    return {};
}

}  // namespace

Transform awq_transform() {
    return {
        .name = "awq",
        .summary =
            "scales columns by their activations before rounding (Lin et al. 2023); alone "
            "with rtn, or awq+gptq",
        .needs = Needs::kHessian,
        .apply = apply_awq,
        .prepares = true,
    };
}

}  // namespace quern
