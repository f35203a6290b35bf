// How a model is quantized, as options: what quern-quantize takes, and a row of quern-eval compare.
#pragma once

#include <string>
#include <vector>

#include "common/options.h"
#include "common/same_file.h"
#include "quantize/quantize.h"

namespace quern::cli {

/// Where the options' values go.
struct QuantizationSettings {
    std::string format;
    std::string recipe;  ///< file
    std::vector<std::string> rules;
    std::string calibration;    ///< file; empty: the text in `options`
    int64_t sample_tokens = 0;  ///< 0: not given
    std::string grid;           ///< empty: not given
    std::string for_format;     ///< empty: not given
    std::string order = "group-aware";
    bool refine = false;
    QuantizeOptions options;
};

std::vector<OptionGroup> quantization_groups(QuantizationSettings* settings);

/// What the settings ask for; reads the recipe and the calibration text.
Result<QuantizeOptions> quantize_options(const QuantizationSettings& settings);

/// Options that would do nothing are refused. (--seed is every program's, needed or not.)
Status check_effects(const QuantizationSettings& settings);

/// The files that quantize_options() reads.
std::vector<NamedFile> quantization_inputs(const QuantizationSettings& settings);

}  // namespace quern::cli
