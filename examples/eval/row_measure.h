// The figures of one row, measured in the process that calls (compare.h: a child).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "eval/child_process.h"
#include "eval/compare.h"

namespace quern {

/// What all rows share.
struct RowConditions {
    std::string base;
    EvaluationSettings evaluation;
    cli::Common common;
    std::vector<int32_t> tokens;  ///< of the text
    int32_t bos = -1;             ///< of windows
    /// Windows of each of perplexity_protocols(); 0: the text is too short.
    std::array<int64_t, kPerplexityProtocols> windows{};

    /// That a model evaluates under all protocols.
    int64_t tokens_to_evaluate() const;
};

/// The same part of the text under every protocol; `chunks` of the first, 0: all.
std::array<int64_t, kPerplexityProtocols> windows_of_protocols(size_t tokens, int64_t chunks);

/// Bits per weight; weights are those of the base, whatever a row's file adds.
void add_sizes(const ModelFile& base, const ModelFile& model, RowFigures* figures);
Status add_speed(const RowConditions& conditions, const std::string& path, ChildLink* link,
                 RowFigures* figures);
Status add_base_perplexity(const RowConditions& conditions, ChildLink* link, RowFigures* figures);
/// Perplexity and divergence, with the activations that were asked for.
Status add_divergence(const RowConditions& conditions, const std::string& path, ChildLink* link,
                      RowFigures* figures);

}  // namespace quern
