// What the quantizing and the converting command share: running with progress and Ctrl-C, and
// telling the result.
#pragma once

#include <string>
#include <vector>

#include "common/program.h"
#include "common/same_file.h"
#include "quantize/quantize.h"

namespace quern {

struct ConversionSettings {
    std::string in;
    std::string out;
    std::string report;                 ///< a file for the report; empty: none
    std::vector<cli::NamedFile> texts;  ///< other files that are read, such as a recipe
    bool allow_nonfinite = false;
    bool json = false;
};

/// The options that both commands take.
cli::OptionGroup conversion_options(ConversionSettings* settings);

/// `options` has the recipe (empty: converts without loss), the method and its calibration; the
/// rest is filled in here.
Status run_conversion(const ConversionSettings& settings, const cli::Common& common,
                      QuantizeOptions options);

}  // namespace quern
