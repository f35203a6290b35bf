// A comparison told: as a Markdown table, CSV, one JSON object, or charts. All but the charts come
// from one list of figures.
#pragma once

#include <string>
#include <vector>

#include "eval/compare.h"

namespace quern {

/// The main figures in a line, for who is waiting for the table.
std::string row_line(const CompareRow& row);
std::string comparison_markdown(const CompareOptions& options, const std::vector<CompareRow>& rows);
std::string comparison_csv(const std::vector<CompareRow>& rows);
std::string comparison_json(const CompareOptions& options, const std::vector<CompareRow>& rows);
/// Divergence against file size and against generation speed; rows that do not diverge at all, such
/// as the base, have no place on its axis.
std::string comparison_svg(const CompareOptions& options, const std::vector<CompareRow>& rows);

}  // namespace quern
