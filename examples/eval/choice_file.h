// The file of a multiple-choice test (HellaSwag's, Zellers et al. 2019): a JSON object per line
// with "ctx", "endings" and "label", the number of the right ending from 0; other fields are not
// looked at.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/status.h"

namespace quern {

struct ChoiceItem {
    int64_t line = 0;  ///< of the file, from 1
    std::string context;
    std::vector<std::string> endings;
    size_t label = 0;
};

/// Reads the items of a file's text; kBadFile names line, field, found and expected.
Result<std::vector<ChoiceItem>> parse_choices(std::string_view text);

}  // namespace quern
