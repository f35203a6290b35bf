// Counting weights, operations and bytes.
#include "bench/work.h"

#include <algorithm>
#include <map>

#include "quantize/recipe.h"
#include "tensor/system.h"

namespace quern {
namespace {

/// Adds an evaluation of n tokens, the first at `position`.
void add_evaluation(const ModelWork& model, int64_t position, int64_t n, int64_t n_logits,
                    Cost* cost) {
    cost->operations += 2 * (model.linear_weights * static_cast<double>(n) +
                             model.head_weights * static_cast<double>(n_logits));
    cost->bytes += model.linear_bytes + (n_logits > 0 ? model.head_bytes : 0) +
                   model.cache_bytes_per_token * static_cast<double>(position + n);
}

}  // namespace

ModelWork work_of(const ModelFile& file) {
    ModelWork work;
    std::map<const Format*, double> weights;
    const FileTensor* embedding = nullptr;
    const FileTensor* head = nullptr;
    for (const FileTensor& t : file.tensors()) {
        if (t.rank != 2 || t.format == nullptr) continue;
        const TensorClass kind = classify_tensor(t.name, t.rank);
        if (kind == TensorClass::kEmbedding) embedding = &t;
        if (kind == TensorClass::kHead) head = &t;
        if (kind == TensorClass::kEmbedding || kind == TensorClass::kHead) continue;
        work.linear_weights += static_cast<double>(t.elements());
        work.linear_bytes += static_cast<double>(t.format->matrix_bytes(t.rows(), t.cols()));
        weights[t.format] += static_cast<double>(t.elements());
    }
    if (head == nullptr) head = embedding;
    if (head != nullptr) {
        work.head_weights = static_cast<double>(head->elements());
        work.head_bytes =
            static_cast<double>(head->format->matrix_bytes(head->rows(), head->cols()));
        work.format = head->format;
    }
    double most = 0;
    for (const auto& [format, n] : weights) {
        if (n > most) work.format = format;
        most = std::max(most, n);
    }
    if (work.format != nullptr) work.format = &product_format(*work.format, has_bf16_products());
    return work;
}

Cost prompt_cost(const ModelWork& model, int64_t depth, int64_t tokens, int64_t chunk) {
    Cost cost;
    for (int64_t done = 0; done < tokens; done += chunk) {
        const int64_t n = std::min(chunk, tokens - done);
        add_evaluation(model, depth + done, n, done + n == tokens ? 1 : 0, &cost);
    }
    return cost;
}

Cost generate_cost(const ModelWork& model, int64_t depth, int64_t tokens, int64_t sequences) {
    Cost cost;
    for (int64_t i = 0; i < tokens; ++i) {
        add_evaluation(model, depth + i, 1, 1, &cost);
        const auto more = static_cast<double>(sequences - 1);
        cost.operations += 2 * (model.linear_weights + model.head_weights) * more;
        cost.bytes += model.cache_bytes_per_token * static_cast<double>(depth + i + 1) * more;
    }
    return cost;
}

Limit limit_of(const Cost& cost, const Limits& limits, const Format& format) {
    Limit compute{"f32", limits.f32};
    if (format.inputs == InputKind::kInt8) compute = {"int8", limits.int8};
    if (format.inputs == InputKind::kBf16 && limits.bf16 > 0) compute = {"bf16", limits.bf16};
    if (compute.value > 0) compute.seconds = cost.operations / compute.value;
    const Limit read{"read", limits.read, limits.read > 0 ? cost.bytes / limits.read : 0};
    return compute.seconds > read.seconds ? compute : read;
}

}  // namespace quern
