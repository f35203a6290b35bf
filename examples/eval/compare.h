// One table for any set of models made from one base: sizes, perplexity under every protocol,
// divergence from the base, speed, memory. Rows are quantized here or given as files. Two models
// are in memory at a time, the base and that of the row: the base is evaluated once more for each
// row, because its logits for a few thousand positions would take gigabytes.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "eval/divergence.h"
#include "eval/evaluation.h"
#include "eval/speed.h"
#include "quantize/quantize.h"
#include "tensor/status.h"

namespace quern {

inline constexpr std::string_view kImportanceSuffix = "+importance";

/// Where a row's model comes from.
struct CompareSource {
    /// As quern-quantize takes it; "+importance" behind it calibrates methods that need not.
    std::string method;  ///< "file" for models that are there already
    std::string format;  ///< of most matrices; of a file: its name
    std::string path;    ///< of a file; empty: the row is quantized from the base
};

/// Perplexity on the windows of one protocol.
struct ProtocolFigures {
    double perplexity = 0, error = 0;
    double ratio = 1, ratio_error = 0;  ///< to the base, paired
    int64_t chunks = 0, tokens = 0;
};

struct CompareRow {
    CompareSource source;
    uint64_t file_bytes = 0;
    double linear_bits = 0;                  ///< per weight of the layers' matrices, with scales
    double file_bits = 0;                    ///< bits of the whole file per weight of the model
    std::vector<ProtocolFigures> protocols;  ///< as perplexity_protocols()
    /// Of the first protocol.
    double kl_mean = 0, kl_error = 0, kl_p99 = 0, kl_max = 0, top1 = 1, top1_error = 0;
    Speed speed;
    double quantize_seconds = -1;  ///< -1: not quantized here
};

struct CompareOptions {
    std::string base;
    std::vector<CompareSource> sources;
    EvaluationSettings evaluation;   ///< text, chunks (of the first protocol), activations, cache
    std::string keep;                ///< a folder for the files made; empty: removed after use
    CalibrationOptions calibration;  ///< of methods that need it
    cli::Common common;
    std::function<void(const std::string& what, int64_t tokens_done, int64_t tokens_total)>
        progress;
    std::function<void(const std::string& text)> warning;  ///< a row is left out
    const std::atomic<bool>* cancel = nullptr;
};

/// Appends the base's row, then one for each source, each as soon as it is complete; after an error
/// those before it stay. A method that refuses a format costs its row only.
Status compare_models(const CompareOptions& options, std::vector<CompareRow>* rows);

}  // namespace quern
