// Whether two names mean one file, so that no result overwrites what it is made from.
#pragma once

#include <string>
#include <vector>

#include "tensor/status.h"

namespace quern::cli {

/// A file and what the command line calls it: "--csv", "IN".
struct NamedFile {
    std::string what;
    std::string path;
};

/// Links are followed; the files need not exist.
bool same_file(const std::string& a, const std::string& b);

/// Refuses an output that is an input or another output. An empty path and "-" are no file.
Status check_outputs(const std::vector<NamedFile>& outputs, const std::vector<NamedFile>& inputs);

}  // namespace quern::cli
