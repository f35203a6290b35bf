// The readers that ModelFile::open() chooses from. Each gets the whole file, whose magic matched.
#pragma once

#include <memory>
#include <string>

#include "files/mapped_file.h"
#include "tensor/model_file.h"

namespace quern {

using OpenedFile = Result<std::unique_ptr<ModelFile>>;

OpenedFile open_gguf(MappedFile file, const std::string& path, const ModelFile::Options& options);
OpenedFile open_quern(MappedFile file, const std::string& path, const ModelFile::Options& options);

}  // namespace quern
