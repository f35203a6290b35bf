// The container of the output, by its name: GGUF for *.gguf, .quern for everything else.
#pragma once

#include <memory>
#include <string>

#include "plan.h"
#include "tensor/model_writer.h"

namespace quern {

/// Will `out` be written as GGUF?
bool is_gguf_name(const std::string& out);

/// Can `out` be written at all? Leaves nothing behind.
Status check_writable(const std::string& out);
/// Has the folder of `out` room for `bytes`, of which `partial` are OUT.partial's? Better to know
/// before minutes of work; writing reports whatever this cannot foresee.
Status check_space(const std::string& out, uint64_t bytes, uint64_t partial);

/// Fills in what the file will store for each tensor. Fails if the container cannot hold one, or if
/// its readers would not understand the model.
Status plan_output(const std::string& out, Plan* plan);

Result<std::unique_ptr<ModelWriter>> create_output(const std::string& out, const Plan& plan);

}  // namespace quern
