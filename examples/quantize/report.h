// What a conversion did, for people (a table by role and format) and for programs (JSON).
#pragma once

#include <string>
#include <vector>

#include "quantize/quantize.h"

namespace quern {

/// 0 for no weights.
double bits_per_weight(uint64_t bytes, int64_t weights);

/// Tensors of one role that went from one type to one format.
struct ReportGroup {
    TensorClass tensor_class;
    std::string source;
    std::string format;
    bool copied = false;
    int64_t tensors = 0;
    int64_t weights = 0;
    uint64_t bytes = 0;
    double squared_error = 0;
    double squared_weight = 0;
    double loss_share = 0;  ///< of the predicted loss, if formats were chosen
};

/// In the order of TensorClass, then of first appearance.
std::vector<ReportGroup> group_report(const QuantizeReport& report);

/// The files and the method that a report is about.
struct ReportTitle {
    std::string in;
    std::string out;
    std::string method;
};

std::string report_table(const ReportTitle& title, const QuantizeReport& report);
/// One line; `with_tensors` adds an entry per tensor.
std::string report_json(const ReportTitle& title, const QuantizeReport& report, bool with_tensors);

}  // namespace quern
