// The key quern.report of GGUF files: where the values of their tensors come from (Provenance),
// which GGUF has no place for. A string of lines, a tensor each:
//
//   name \t source \t method \t relative error \t calibration \t settings \n
//
// Keys stand in front of the data and errors are known behind it, so room is kept beforehand;
// spaces fill what is left of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tensor/metadata.h"
#include "tensor/model_file.h"

namespace quern {

inline constexpr std::string_view kGgufReportKey = "quern.report";

/// Of the string for so many tensors, in bytes.
size_t gguf_report_room(size_t tensors);
/// Cut where it would be longer than a tensor's share of the room.
std::string gguf_report_line(const std::string& name, const Provenance& provenance);

/// Moves the key, if there is one, to the tensors that it tells of. What makes no sense in it, or
/// is of tensors that are not there, counts nothing.
void take_gguf_report(Metadata* metadata, std::vector<FileTensor>* tensors);

}  // namespace quern
