// Moving a factor per channel: exact but for f32 rounding, and kept in f32.
#include "transforms/transforms.h"

namespace quern {
namespace {

/// A vector's elements or a matrix's rows, times factors.
void scale_channels(LayerTensor* t, const std::vector<float>& factors) {
    if (!t->is_matrix()) {
        for (int64_t i = 0; i < t->cols(); ++i) t->vector()[i] *= factors[static_cast<size_t>(i)];
        return;
    }
    for (size_t i = 0; i < factors.size(); ++i) t->row_factors[i] *= factors[i];
    for (int64_t tile = 0; tile < t->tiles(); ++tile) {
        float* cell = t->tile(tile);
        const float* lanes = &factors[static_cast<size_t>(tile * kTileRows)];
        const int64_t n = t->tile_rows(tile);
        for (int64_t k = 0; k < t->cols(); ++k, cell += kTileRows) {
            for (int64_t r = 0; r < n; ++r) cell[r] *= lanes[r];
        }
    }
}

void scale_columns(LayerTensor* t, const std::vector<float>& factors) {
    for (size_t i = 0; i < factors.size(); ++i) t->col_factors[i] *= factors[i];
    for (int64_t tile = 0; tile < t->tiles(); ++tile) {
        float* cell = t->tile(tile);
        for (int64_t k = 0; k < t->cols(); ++k, cell += kTileRows) {
            for (int64_t r = 0; r < kTileRows; ++r) cell[r] *= factors[static_cast<size_t>(k)];
        }
    }
}

}  // namespace

std::vector<float> column_scales(const ScaleFold& fold, const std::vector<float>& scales) {
    std::vector<float> columns;
    columns.reserve(fold.channel_of_column.size());
    for (const int32_t channel : fold.channel_of_column) {
        columns.push_back(scales[static_cast<size_t>(channel)]);
    }
    return columns;
}

void rescale(InputStatistics* s, const std::vector<float>& scales) {
    const auto n = static_cast<size_t>(s->n);
    std::vector<float> inverse(n);
    for (size_t i = 0; i < n; ++i) {
        inverse[i] = 1 / scales[i];
        s->mean_abs[i] *= inverse[i];
        s->mean_square[i] *= inverse[i] * inverse[i];
        s->max_abs[i] *= inverse[i];
    }
    for (std::vector<float>* moments : {&s->hessian, &s->shift}) {
        for (size_t i = 0; !moments->empty() && i < n; ++i) {
            float* row = moments->data() + i * n;
            for (size_t j = 0; j < n; ++j) row[j] *= inverse[i] * inverse[j];
        }
    }
}

void apply_fold(const ScaleFold& fold, const std::vector<float>& scales,
                TransformContext& context) {
    std::vector<float> inverse;
    inverse.reserve(scales.size());
    for (const float s : scales) inverse.push_back(1 / s);
    const std::vector<float> columns = column_scales(fold, scales);
    for (const Tensor* t : fold.producers) scale_channels(context.tensors.find(t->name), inverse);
    for (const Tensor* t : fold.consumers) scale_columns(context.tensors.find(t->name), columns);
    rescale(&context.tap_of(fold.consumers[0]->name)->statistics, columns);
}

}  // namespace quern
