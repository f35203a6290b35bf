// Writes a .quern file (spec: ggml-like/FORMAT.md). finish() writes directory and commit record.
#pragma once

#include <memory>
#include <string>

#include "tensor/metadata.h"
#include "tensor/model_writer.h"
#include "tensor/status.h"

namespace quern {

class QuernWriter : public ModelWriter {
  public:
    static Result<std::unique_ptr<QuernWriter>> create(const std::string& path,
                                                       const Metadata& metadata);
};

}  // namespace quern
