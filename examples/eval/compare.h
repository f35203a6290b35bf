// One table for any set of models made from one base: sizes, perplexity under every protocol,
// divergence from the base, speed, memory, and what it took to make them. Rows are quantized here
// or given as files. Quantizing, speed and quality of a row are a child process each, so this one
// holds no model, peaks of memory are true, and a row that fails costs itself only. The base is
// evaluated once more for each row, because its logits for a few thousand positions would take
// gigabytes.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "eval/compare_rows.h"
#include "eval/evaluation.h"
#include "tensor/status.h"

namespace quern {

/// Perplexity on the windows of one protocol; without chunks, the text is too short for it.
struct ProtocolFigures {
    double perplexity = 0, error = 0;
    double ratio = 1, ratio_error = 0;  ///< to the base, paired
    int64_t chunks = 0, tokens = 0;
};

struct RowFigures {
    uint64_t file_bytes = 0;
    double linear_bits = 0;  ///< per weight of the layers' matrices, with scales
    double file_bits = 0;    ///< bits of the whole file per weight of the model
    std::array<ProtocolFigures, kPerplexityProtocols> protocols;
    /// Of the first protocol.
    double kl_mean = 0, kl_error = 0, kl_p99 = 0, kl_max = 0, top1 = 1, top1_error = 0;
    double prompt = 0, generate = 0;  ///< tokens per second
    uint64_t memory = 0;              ///< peak of a process that only runs the model; 0: unknown
    double quantize_seconds = -1;     ///< -1: unknown, or not quantized here
    uint64_t quantize_memory = 0;     ///< peak; 0: likewise
};

struct CompareRow {
    CompareSource source;
    RowFigures figures;
};

struct CompareOptions {
    std::string base;
    std::vector<CompareSource> sources;
    EvaluationSettings evaluation;  ///< text, chunks (of the first protocol), activations, cache
    std::string keep;  ///< a folder for the files made, and reused from it if they were made with
                       ///< the same settings; empty: removed after use
    cli::Common common;
    /// `done` and `total`: work, roughly proportional to time.
    std::function<void(const std::string& what, int64_t done, int64_t total)> progress;
    std::function<void(const CompareRow& row)> finished;   ///< as soon as a row is complete
    std::function<void(const std::string& text)> message;  ///< a warning, a row left out or reused
    const std::atomic<bool>* cancel = nullptr;
};

/// Appends the base's row, then one for each source, each as soon as it is complete; after an error
/// those before it stay. What is wrong with the base, the text or the files of rows is known before
/// the work. A row that cannot be made or measured is left out with a message; the comparison
/// goes on, and fails at the end.
Status compare_models(const CompareOptions& options, std::vector<CompareRow>* rows);

}  // namespace quern
