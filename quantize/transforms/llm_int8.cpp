// LLM.int8() (Dettmers et al. 2022, 2208.07339): columns whose inputs reach a threshold on the
// samples are kept out of rounding. Their weights are stored in f16 beside the matrix, and their
// inputs do not widen the int8 scales of the others (side_tensors.h, FORMAT.md). The paper looks
// for them in every batch; here they are found once.
#include <algorithm>

#include "transforms/transforms.h"

namespace quern {
namespace {

/// Columns are left out of the statistics that matrices share. Those in 8-bit floats do not keep
/// them apart, and would be rounded as if they did not count; more bits need no statistics.
bool keeps_columns_apart(const TransformContext& context, const Tap& tap) {
    return std::all_of(tap.matrices.begin(), tap.matrices.end(), [&](const std::string& matrix) {
        const Format& f = context.format_of(matrix);
        return f.is_block() || !f.is_quantized();
    });
}

Status apply_llm_int8(TransformContext& context) {
    const float threshold = context.options.outlier_threshold;
    for (Tap& tap : context.taps) {
        if (!keeps_columns_apart(context, tap)) {
            for (const std::string& matrix : tap.matrices) {
                context.note(matrix, "no outlier columns beside 8-bit floats");
            }
            continue;
        }
        for (size_t j = 0; j < tap.statistics.max_abs.size(); ++j) {
            if (tap.statistics.max_abs[j] >= threshold) {
                tap.outlier_columns.push_back(static_cast<float>(j));
            }
        }
        const size_t n = tap.outlier_columns.size();
        for (const std::string& matrix : tap.matrices) {
            if (context.format_of(matrix).is_block()) {
                context.note(matrix, std::to_string(n) + " outlier columns in f16");
            }
        }
    }
    return {};
}

constexpr TransformOption kLlmInt8Options[] = {
    {"--outlier-threshold", &TransformOptions::outlier_threshold, 1e-3f, 1e6f}};

}  // namespace

Transform llm_int8_transform() {
    return {
        .name = "llm-int8",
        .summary =
            "keeps columns with inputs of 6 or more in f16 (Dettmers et al. 2022), for "
            "formats of 8 bits; --outlier-threshold",
        .needs = Needs::kStatistics,
        .apply = apply_llm_int8,
        .adds_tensors = true,
        .options = kLlmInt8Options,
    };
}

}  // namespace quern
