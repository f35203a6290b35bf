// What a comparison remembers of the files that it keeps: beside NAME.quern a NAME.json with the
// settings that made it, so that the next comparison knows which files it can take as they are and
// which it can go on with (quantize_file's OUT.partial); and its figures of quality, so that they
// are not measured again. Speed and memory are of the machine as it is, and always measured.
#pragma once

#include <cstdint>
#include <string>

#include "eval/row_measure.h"
#include "tensor/status.h"

namespace quern {

struct RowRecord {
    std::string settings;      ///< all that decides about the file, as lines "key: value"
    double seconds = -1;       ///< of quantizing, so far if it is not complete; -1: unknown
    uint64_t peak_memory = 0;  ///< of quantizing, bytes; 0: unknown
    uint64_t file_bytes = 0;   ///< 0: the file is not complete
    std::string conditions;    ///< all that decides about the quality; empty: not measured
    RowFigures figures;        ///< those of quality
};

/// "DIR/NAME.json" of "DIR/NAME.quern".
std::string record_path(const std::string& model);
/// An empty record if there is none that can be read.
RowRecord read_record(const std::string& model);
Status write_record(const std::string& model, const RowRecord& record);

/// Whether the file is there, and was made with these settings.
bool is_complete(const RowRecord& record, const std::string& model, const std::string& settings);

/// `base_hash`: hash_file() of the model that the row is made from, as a text.
Result<std::string> row_settings(const CompareSource& source, const std::string& base_hash);
/// All that decides about the quality of the row's file, lines "key: value".
Result<std::string> quality_conditions(const RowConditions& conditions, const std::string& model);

}  // namespace quern
