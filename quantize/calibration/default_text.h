// The text that models are calibrated on when the user gives none (quantize/calibration/
// make_default_text.py wrote it).
#pragma once

#include <string>
#include <string_view>

namespace quern {

inline constexpr std::string_view kDefaultTextName = "the built-in text";
std::string default_text();

}  // namespace quern
